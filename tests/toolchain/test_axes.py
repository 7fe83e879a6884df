"""Which cells a run over versions has: both axes, what its lists name, or the full cross."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canarylab.errors import UsageError
from canarylab.toolchain import axes, profiles
from canarylab.toolchain.axes import Cell

KUBERNETES = [one.release for one in profiles.kubernetes()]
FLAGGER = list(profiles.flagger())
FIRST, LATEST = KUBERNETES[0], FLAGGER[0]


def test_every_release_of_either_is_run_with_the_newest_of_the_other() -> None:
    cells = axes.every()
    assert cells[0] == Cell(FIRST, LATEST)
    assert {one.kubernetes for one in cells if one.flagger == LATEST} == set(KUBERNETES)
    assert {one.flagger for one in cells if one.kubernetes == FIRST} == set(FLAGGER)
    assert len(cells) == len(KUBERNETES) + len(FLAGGER) - 1


def test_the_cross_has_each_with_each_once() -> None:
    assert len(set(axes.every(cross=True))) == len(KUBERNETES) * len(FLAGGER)


@given(st.lists(st.sampled_from(KUBERNETES)), st.lists(st.sampled_from(FLAGGER)), st.booleans())
def test_lists_name_cells_of_the_whole_and_what_they_leave_is_told(
    kubernetes: list[str], flagger: list[str], cross: bool
) -> None:
    cells = axes.selected(",".join(kubernetes), ",".join(flagger), cross=cross)
    assert set(cells) <= set(axes.every(cross=cross))
    assert set(axes.missing(cells)) == set(axes.every()) - set(cells)


def test_a_list_of_one_axis_runs_none_of_the_other() -> None:
    assert axes.selected("1.35, 1.36", "") == (Cell("1.35.4", LATEST), Cell("1.36.3", LATEST))
    assert axes.selected("", "v1.43.0") == (Cell(FIRST, "1.43.0"),)


def test_a_release_of_kubernetes_that_is_not_pinned_is_wrong_usage() -> None:
    with pytest.raises(UsageError, match=r"Kubernetes 1\.3 is not pinned here"):
        axes.selected("1.36,1.3", "")


def test_it_is_told_whose_support_does_not_reach_a_cell() -> None:
    assert axes.unsupported(Cell(FIRST, LATEST)) == []
    assert axes.unsupported(Cell("1.34.4", LATEST)) == ["Kubernetes (only its three newest minors get fixes)"]
    assert [each.split()[0] for each in axes.unsupported(Cell("1.18.0", LATEST))] == ["Kubernetes", "Istio", "Flagger"]
