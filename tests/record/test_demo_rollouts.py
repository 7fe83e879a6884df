"""Chapters of rollouts, and rollouts of tests that are retold as casts."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "report"))  # for ``rollouts``

import rollouts

from canarylab.model.timeline import CanarySeen, FlaggerSaid, Timeline, event
from canarylab.record import cast as casts
from canarylab.record import of_case, of_run, turns
from canarylab.record.cast import CUT, MARKER
from canarylab.report.case import Case
from canarylab.report.store import Store

CHECKS = turns.checks(rollouts.CANARY)


def titles(case: Case) -> list[str]:
    return [one.title for one in turns.of(case.timeline, CHECKS, 10.0)]


def later(case: Case, seconds: float) -> Case:
    """The same rollout at another time, in another namespace."""
    facts = [{**one.facts(), "at": one.at + seconds} for one in case.timeline.events]
    return replace(case, timeline=Timeline(tuple(event(one) for one in facts)))


def test_a_promotion_has_a_chapter_for_each_stage() -> None:
    assert titles(rollouts.PROMOTED) == [
        "new revision", "weight 20%", "weight 40%", "Promoting", "Finalising", "Succeeded",
    ]  # fmt: skip


def test_a_rollback_has_a_chapter_for_each_failed_check() -> None:
    assert titles(rollouts.ROLLED_BACK) == [
        "new revision", "weight 20%", "weight 20%, 1 check failed", "weight 20%, 2 checks failed", "rolled back",
    ]  # fmt: skip


def test_what_was_before_the_rollout_is_no_chapter() -> None:
    seen = Timeline([one for one in rollouts.PROMOTED.timeline.events if getattr(one, "phase", "") == "Initialized"])
    assert list(turns.of(seen, {}, 10.0)) == []


def test_checks_are_counted_as_the_model_has_them() -> None:
    assert {one.checks for one in turns.of(rollouts.PROMOTED.timeline, CHECKS, 10.0)} == {1}
    first, second, *_ = rollouts.PROMOTION.steps
    skipping = replace(rollouts.PROMOTION, steps=(first, replace(second, tick=3)))
    assert list(turns.between([skipping]).values()) == [3]


def test_a_rollout_of_a_test_is_told_with_its_command_its_acts_and_its_end() -> None:
    made = of_case.compose(rollouts.PROMOTED).cast
    shown = "".join(one.data for one in made.of("o"))
    assert "◆ shipped: tag 2" in shown
    assert "weight  40%" in shown
    assert "promoted" in shown
    assert [one.data for one in made.of(MARKER)] == titles(rollouts.PROMOTED)
    assert {one.data for one in made.of(CUT)} == {"1 check later, 10 s"}


@pytest.mark.parametrize("case", rollouts.ALL[:4], ids=lambda one: one.title)
def test_the_same_rollout_gives_the_same_cast_whenever_it_was(case: Case) -> None:
    made = casts.write(of_case.compose(later(case, 123.4)).cast)
    assert made == casts.write(of_case.compose(case).cast)


def test_values_and_names_of_the_run_are_masked() -> None:
    base = rollouts.ROLLED_BACK
    said = [replace(one, text=one.text.replace("91.20", "83.7").replace("shop", "shop-12345678"))
            if isinstance(one, FlaggerSaid) else one for one in base.timeline.events]  # fmt: skip
    other = replace(base, namespace="shop-12345678", timeline=Timeline(said))
    assert of_case.compose(other).cast == of_case.compose(base).cast


def test_users_success_rate_goes_to_the_side_file() -> None:
    points = of_case.compose(rollouts.ROLLED_BACK).points
    assert points[0].turn.success == 100.0
    assert points[-1].turn.success is not None
    assert points[-1].turn.success < 90


def test_what_the_record_lacks_makes_no_chapter() -> None:
    seen = [one for one in rollouts.PROMOTED.timeline.events if not isinstance(one, CanarySeen)]
    made = of_case.compose(replace(rollouts.PROMOTED, timeline=Timeline(seen))).cast
    assert list(made.of(MARKER)) == []


def test_a_run_is_recorded_test_by_test(tmp_path: Path) -> None:
    for one in (rollouts.PROMOTED, rollouts.ROLLED_BACK):
        Store(tmp_path / "run", one.test).keep([one])
    written = of_run.write(tmp_path / "run", tmp_path / "casts")
    assert [one.name for one in written] == ["a_bad_one_is_rolled_back.cast", "a_good_one_is_promoted.cast"]
    assert of_run.write(tmp_path / "run", tmp_path / "casts") == []


def test_tests_of_the_same_name_get_a_number() -> None:
    assert of_case.slugs(["a::test_x", "b::test_x", "c::test_y[1]"]) == ["x-1", "x-2", "y-1"]
