"""Pulled images as the node sees them: recipes, accounts, the order of files, and the puller beside a cluster."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mirror
import pushed
import pytest
import yaml

from canarylab import paths
from canarylab.clusters.local import cluster
from canarylab.clusters.local.cri import images, plan
from canarylab.clusters.local.cri.accounts import Accounts
from canarylab.clusters.local.cri.images import Catalogue, Recipe
from canarylab.clusters.local.cri.shelf import PullFailed, Shelf
from canarylab.errors import EnvironmentFault, UsageError
from canarylab.images import puller
from canarylab.images.asking import Puller
from canarylab.images.problem import PullFault

CONFIG = {
    "Entrypoint": ["./web"],
    "Cmd": ["--port=80"],
    "Env": ["A=image", "B=with=more"],
    "User": "app",
    "WorkingDir": "/srv",
    "StopSignal": "SIGINT",
}
DIGEST = f"sha256:{'ab' * 32}"


def entry(**given: Any) -> Recipe:
    return images.recipe({"pattern": "*", "pull": True, **given}, "test")


class Words:
    """A pod's own command and arguments."""

    def __init__(self, command: list[str], args: list[str]) -> None:
        self.command, self.args = command, args


def test_an_images_configuration_is_its_recipe() -> None:
    made = entry().of("/root", CONFIG)
    assert (made.argv, made.args, made.workdir, made.user) == (("./web",), ("--port=80",), "/srv", "app")
    assert (made.env, made.stop_signal, made.root) == ({"A": "image", "B": "with=more"}, "SIGINT", "/root")


def test_what_an_entry_says_goes_before_the_image() -> None:
    made = entry(env={"A": "entry"}, user="7", workdir="/w", stopSignal="SIGQUIT", args=["-v"]).of("/root", CONFIG)
    assert (made.env["A"], made.user, made.workdir, made.stop_signal) == ("entry", "7", "/w", "SIGQUIT")
    assert (made.argv, made.args) == (("./web",), ("-v",))
    assert entry(entrypoint=["sh"]).of("/root", CONFIG).args == ()


@pytest.mark.parametrize(
    ("config", "pod", "argv"),
    [
        ({"Cmd": ["sh"]}, ([], []), ["sh"]),
        ({"Cmd": ["sh"]}, ([], ["ls"]), ["ls"]),
        (CONFIG, ([], []), ["./web", "--port=80"]),
        (CONFIG, ([], ["-v"]), ["./web", "-v"]),
        (CONFIG, (["sh"], []), ["sh"]),
    ],
)
def test_a_pods_words_replace_an_images(
    config: dict[str, Any], pod: tuple[list[str], list[str]], argv: list[str]
) -> None:
    assert plan.argv(Words(*pod), entry().of("/root", config)) == argv


def test_an_image_without_a_command_says_so() -> None:
    with pytest.raises(plan.Invalid, match="the image says no command"):
        plan.argv(Words([], []), entry().of("/root", {}))


@pytest.mark.parametrize("key", [{"at": "/x"}, {"python": True}, {"version": {"placeholder": "p"}}, {"path": "/x"}])
def test_what_an_image_that_is_pulled_cannot_have_is_refused(key: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"cannot be said of an image that is pulled|give exactly one of"):
        entry(**key)


def test_accounts_are_of_the_images_own_root(tmp_path: Path) -> None:
    """Also where its files are links that are absolute: they lead within it."""
    (tmp_path / "usr").mkdir()
    (tmp_path / "etc").mkdir()
    (tmp_path / "usr/passwd").write_text("app:x:100:101::/home/app:/bin/sh\n")
    (tmp_path / "etc/passwd").symlink_to("/usr/passwd")
    known = Accounts.of({}, str(tmp_path))
    assert (known.user("app"), known.home(100), known.home(7)) == ((100, 101), "/home/app", "/")
    assert plan.image_user(entry(user="app").of(str(tmp_path), {})) == (100, 101)


class Fake:
    """Stands in for the puller."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Mapping[str, str]]] = []

    def pull(self, image: str, credential: Mapping[str, str]) -> dict[str, Any]:
        self.asked.append((image, credential))
        return {"named": f"r.io/web@{DIGEST}", "digest": DIGEST, "root": "/root", "size": 5, "config": CONFIG}


def shelf(tmp_path: Path, puller: Any, *entries: dict[str, Any]) -> Shelf:
    file = tmp_path / "images.yaml"
    file.write_text(yaml.safe_dump({"images": entries or [{"pattern": "r.io/*", "pull": True}]}))
    return Shelf(tmp_path / "state", [file], {}, puller=puller)


def test_the_node_asks_the_puller_and_remembers_what_it_said(tmp_path: Path) -> None:
    fake = Fake()
    pulled = shelf(tmp_path, fake).pull("r.io/web:1", {"username": "u"})
    assert fake.asked == [("r.io/web:1", {"username": "u"})]
    again = shelf(tmp_path, None)  # as after a restart
    found = again.find(f"r.io/web@{DIGEST}")
    assert found == pulled
    assert (found.ref, found.repo_digest, again.recipe(found).root) == (pulled.ref, pulled.ref, "/root")


def test_an_entry_that_came_too_late_is_told(tmp_path: Path) -> None:
    with pytest.raises(PullFailed, match="started without a way to registries") as caught:
        shelf(tmp_path, None).pull("r.io/web:1")
    assert "--pull" in str(caught.value)


def test_what_has_all_pulled_stands_before_every_other_file() -> None:
    pull, ours, other = paths.fixtures() / "pull.yaml", paths.fixtures() / "images.yaml", Path("other.yaml")
    assert cluster.catalogues((other, pull)) == (pull, ours, other)
    assert cluster.catalogues((other,)) == (ours, other)
    read = Catalogue.read([pull, ours])
    assert [read.find(name).pull for name in ("busybox", "ghcr.io/team/web:1")] == [False, True]  # type: ignore[union-attr]
    assert (read.pulls, Catalogue.read([ours]).pulls) == (True, False)


@dataclass(frozen=True)
class Beside:
    """The puller's process, and the end of its socket that a cluster would hold."""

    asking: Puller
    control: socket.socket
    started: subprocess.Popen[str]


@pytest.fixture
def process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Beside]:
    """The puller as a cluster starts it; it ends when the other end is closed, or this fixture waits for ever."""
    monkeypatch.setenv("CANARYLAB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("HOME", str(tmp_path))
    control, theirs = puller.ends()
    with control, (tmp_path / "log").open("w") as log:
        with theirs:
            command = [sys.executable, "-m", puller.__name__, str(theirs.fileno())]
            started = subprocess.Popen(command, pass_fds=[theirs.fileno()], stdout=log, stderr=log, text=True)
        yield Beside(Puller(control), control, started)
    assert started.wait(timeout=30) == 0


@pytest.mark.usefixtures("registry")
def test_the_puller_answers_with_a_root_and_ends_with_its_cluster(
    process: Beside, registry: str, programs: dict[str, Path], tmp_path: Path
) -> None:
    layout = pushed.image(tmp_path / "layout", [pushed.tar(pushed.Entry("f", b"text"))], CONFIG)
    named = pushed.push(programs["crane"], layout, f"{registry}/team/puller:1")
    told = process.asking.pull(f"{registry}/team/puller:1", {})
    assert (told["named"], told["config"]) == (named, CONFIG)
    assert (Path(told["root"]) / "f").read_text() == "text"
    assert named in (tmp_path / "log").read_text()
    assert oct((tmp_path / "cache/images").stat().st_mode & 0o777) == "0o700"


@pytest.mark.parametrize(
    ("image", "words"), [("127.0.0.1:1/web:1", "cannot be reached: connection refused"), ("UPPER", "is no name")]
)
def test_the_puller_says_why_not_and_no_secret(process: Beside, tmp_path: Path, image: str, words: str) -> None:
    with pytest.raises(PullFault, match=words):
        process.asking.pull(image, {"username": "u", "password": "opensesame"})
    assert words in (tmp_path / "log").read_text()
    assert "opensesame" not in (tmp_path / "log").read_text()


def test_a_puller_ends_with_its_cluster_also_while_a_registry_stands_still(
    process: Beside, registry: str, programs: dict[str, Path], tmp_path: Path
) -> None:
    """The fixture waits for its end, which no mirror may put off."""
    layout = pushed.image(tmp_path / "layout", [pushed.tar(pushed.Entry("f", os.urandom(100_000)))])
    pushed.push(programs["crane"], layout, f"{registry}/team/still:1")
    with mirror.before(registry) as failing:
        reached = threading.Event()

        def stand_still(asked: mirror.Asked, data: bytes) -> None:
            reached.set()
            mirror.stand_still(asked, data)

        failing.faults = [stand_still] * 4
        asking = threading.Thread(target=_refused, args=(process.asking, f"{failing.host}/team/still:1"))
        asking.start()
        assert reached.wait(timeout=30)
        process.control.close()
        assert process.started.wait(timeout=30) == 0
        asking.join()


def _refused(asking: Puller, image: str) -> None:
    with pytest.raises(EnvironmentFault, match="has ended"):
        asking.pull(image, {})


def test_a_credential_of_any_size_ends_no_puller(process: Beside) -> None:
    with pytest.raises(PullFault, match="too large"):
        process.asking.pull("r.io/web:1", {"password": "x" * 300_000})
    with pytest.raises(PullFault, match="is no name"):
        process.asking.pull("UPPER", {"password": "x" * 200_000})


def test_a_puller_that_is_gone_is_told(process: Beside) -> None:
    asking, started = process.asking, process.started
    started.terminate()
    started.wait(timeout=30)
    started.returncode = 0  # as the fixture wants it of one that ended by itself
    with pytest.raises(EnvironmentFault, match="the process that pulls this cluster's images has ended"):
        asking.pull("r.io/web:1", {})


def test_a_wrong_pull_entry_is_refused_with_its_file(tmp_path: Path) -> None:
    file = tmp_path / "images.yaml"
    file.write_text(json.dumps({"images": [{"pattern": "a", "pull": True, "root": "/"}]}))
    with pytest.raises(UsageError, match="unknown key root"):
        Catalogue.read([file])


def test_pull_is_an_images_file_of_ours(pytester: pytest.Pytester) -> None:
    config = pytester.parseconfig("--pull", "--images", os.devnull)
    assert config.getoption("--images") == [str(paths.fixtures() / "pull.yaml"), os.devnull]
