"""Whole runs of ``canarylab provision`` with a Go that compiles nothing: at once, killed, interrupted, refused."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from canarylab.toolchain import spec

BOUND = 20.0
# The command line; and SIGINT as in a terminal, for tests that were started in the background.
RUN = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from canarylab.cli import main
main()
"""
FAKE = Path(__file__).parent / "fakego.py"


def wait_for(what: Callable[[], bool]) -> None:
    """Waits until it holds; fails where it does not come about."""
    deadline = time.monotonic() + BOUND
    while not what():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.02)


@dataclass
class Lab:
    """A cache and a Go of a test's own, and the runs with them."""

    folder: Path

    @property
    def cache(self) -> Path:
        return self.folder / "cache"

    @contextmanager
    def start(self, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        """A run that has ended at the end of the block, however that comes about."""
        own = {"CANARYLAB_CACHE": str(self.cache), "PATH": str(self.folder / "bin")}
        with subprocess.Popen(
            [sys.executable, "-c", RUN, "provision", "--json", *arguments],
            env={name: value for name, value in os.environ.items() if name != "KUBEBUILDER_ASSETS"} | own,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as run:
            try:
                yield run
            finally:
                run.kill()

    def run(self, *arguments: str) -> tuple[int, str, str]:
        """Exit code, standard output, standard error."""
        with self.start(*arguments) as process:
            output, errors = process.communicate(timeout=BOUND)
        return process.returncode, output, errors

    def calls(self, command: str) -> list[str]:
        lines = (self.folder / "calls").read_text().splitlines()
        return [line for line in lines if line.split()[0] == command]

    def hold(self) -> None:
        (self.folder / "hold").touch()

    def release(self) -> None:
        (self.folder / "hold").unlink()

    def builders(self) -> list[int]:
        """The Go that waits in its build, and its child."""
        wait_for((self.folder / "pids").exists)
        return [int(pid) for pid in (self.folder / "pids").read_text().split()]


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    go = tmp_path / "bin" / "go"
    go.parent.mkdir()
    go.write_text(f"#!{sys.executable}\n{FAKE.read_text()}")
    go.chmod(0o755)
    extras = [each for extra in spec.EXTRAS.values() for each in extra.programs]
    outputs = {each.package: each.output for each in (*spec.PROGRAMS, *extras) if each.package}
    (tmp_path / "outputs.json").write_text(json.dumps(outputs))
    for asset in (*spec.ASSETS, *(each for extra in spec.EXTRAS.values() for each in extra.assets)):
        source = tmp_path / "modules" / asset.source
        source.parent.mkdir(parents=True, exist_ok=True)
        source.touch() if source.suffix else source.mkdir(exist_ok=True)
    return Lab(tmp_path)


def gone(pid: int) -> bool:
    """Whether a process runs no more (one that nobody has waited for yet may still have its number)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def test_everything_is_made_and_the_next_run_need_not_ask_go(lab: Lab) -> None:
    code, output, errors = lab.run()
    assert (code, "building" in errors) == (0, True)
    told = {each["name"]: each["origin"] for each in json.loads(output)["programs"]}
    assert set(told) == {each.name for each in spec.PROGRAMS}
    assert told["kube-apiserver"] == "built with go1.99.0"
    before = lab.calls("build")
    (lab.folder / "calls").write_text("")
    assert lab.run() == (0, output, "")
    assert (len(before), (lab.folder / "calls").read_text()) == (1, "")


def test_two_at_once_build_once_and_the_second_says_for_whom_it_waits(lab: Lab) -> None:
    lab.hold()
    with lab.start() as first:
        lab.builders()
        with lab.start() as second:
            assert second.stderr
            waiting = second.stderr.readline()
            lab.release()
            assert second.wait(BOUND) == 0
        assert first.wait(BOUND) == 0
    assert f"waiting: process {first.pid} (" in waiting
    assert len(lab.calls("build")) == 1


def test_a_killed_run_ends_its_builders_and_leaves_nothing_that_counts(lab: Lab) -> None:
    lab.hold()
    with lab.start() as run:
        builders = lab.builders()
        run.kill()
    wait_for(lambda: all(gone(pid) for pid in builders))
    assert not list((lab.cache / "toolchains").glob("[!.]*"))
    lab.release()
    assert lab.run()[0] == 0
    assert not list((lab.cache / "toolchains").glob(".*"))


def test_an_interrupted_run_cleans_up_after_itself(lab: Lab) -> None:
    lab.hold()
    with lab.start() as run:
        builders = lab.builders()
        run.send_signal(signal.SIGINT)
        assert run.wait(BOUND) != 0
        assert all(gone(pid) for pid in builders)
        assert run.stderr
        assert "Traceback" not in run.stderr.read()
    assert not list((lab.cache / "toolchains").iterdir())


def test_another_release_of_flagger_is_built_as_its_own_module(lab: Lab) -> None:
    code, output, _ = lab.run("--flagger", "1.43.0")
    told = json.loads(output)
    versions = {each["name"]: each["version"] for each in told["programs"]}
    assert (code, versions["flagger"], versions["loadtester"]) == (0, "v1.43.0", "v1.43.0")
    assert "flagger-1.43.0" in told["key"]
    assert (
        lab.calls("build")[0] == "build github.com/fluxcd/flagger/cmd/flagger github.com/fluxcd/flagger/cmd/loadtester"
    )


def test_an_extra_is_built_as_its_own_module_and_the_rest_stays(lab: Lab) -> None:
    before = json.loads(lab.run()[1])
    code, output, _ = lab.run("--with", "metrics-server,contour")
    told = json.loads(output)
    folders = {each["name"]: Path(each["path"]).parent.parent.name for each in told["programs"]}
    assert (code, told["key"].split("+")[0]) == (0, before["key"])
    assert folders["contour"].startswith("contour-")
    assert folders["metrics-server"].startswith("metrics-server-")
    assert [line.split()[-1] for line in lab.calls("build")[1:]] == [
        "github.com/projectcontour/contour/cmd/contour",
        "sigs.k8s.io/metrics-server/cmd/metrics-server",
    ]


def test_an_extra_that_nobody_knows_is_wrong_usage(lab: Lab) -> None:
    code, _, errors = lab.run("--with", "nginx")
    assert code == 2
    assert "no extra named 'nginx'" in errors
    assert "contour" in errors


def test_a_release_that_nobody_has_is_refused_before_anything_is_built(lab: Lab) -> None:
    code, _, errors = lab.run("--flagger", "9.9.9")
    assert code == 3
    assert "the module proxy has no such version: github.com/fluxcd/flagger@v9.9.9" in errors
    assert lab.calls("build") == []


@pytest.mark.parametrize("version", ["latest", "1.43", "main"])
def test_what_is_no_version_of_flagger_is_wrong_usage(lab: Lab, version: str) -> None:
    code, _, errors = lab.run("--flagger", version)
    assert code == 2
    assert f"'{version}' is not a release of Flagger" in errors
    assert "1.44.0" in errors
