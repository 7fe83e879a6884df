"""What the verdict is on rollouts that went well, badly, wrongly, or cannot be told."""

from __future__ import annotations

import pytest
from situations import (
    GATED,
    IDLE,
    PROMOTED,
    RATE,
    ROLLED_BACK,
    UNDER_WAY,
    evidence,
    gap,
    route,
    said,
    seen,
)

from canarylab.model.timeline import CanarySeen, Event
from canarylab.report.case import Outcome
from canarylab.verify.judge import Evidence, judge
from canarylab.verify.progress import Standing
from canarylab.verify.stuck import Found, Query


def without(events: list[Event], weight: int) -> list[Event]:
    """A record in which a weight of the Canary is missing."""
    return [
        one
        for one in events
        if not (isinstance(one, CanarySeen) and (one.phase, one.weight) == ("Progressing", weight))
    ]


def test_a_promotion_tells_how_long_it_took_and_by_which_weights() -> None:
    case = judge(evidence(PROMOTED))
    assert (case.outcome, case.why) == (Outcome.PROMOTED, "in 50 s, by 0% > 20% > 40% > 0%")
    assert (case.namespace, case.name, case.seconds) == ("shop", "web", 50)


def test_a_promotion_without_a_route_tells_the_weights_of_the_status() -> None:
    case = judge(evidence([one for one in PROMOTED if one.source != "route"]))
    assert case.why == "in 50 s, by 0% > 20% > 40%"


def test_a_rollback_tells_which_checks_failed() -> None:
    case = judge(evidence(ROLLED_BACK))
    assert (case.outcome, case.why) == (Outcome.ROLLED_BACK, "halted twice: success rate 91.20% < 99%")


def test_a_rollback_of_which_nothing_was_heard_counts_by_the_status() -> None:
    case = judge(evidence([one for one in ROLLED_BACK if one.source != "log"]))
    assert case.why == "halted twice: for 2 of them no reason was heard"


def test_a_rollback_by_a_deadline_names_it() -> None:
    why = 'canary deployment web.shop not ready: deployment "web" exceeded its progress deadline'
    case = judge(evidence([*UNDER_WAY, said(25, why), said(25, "Canary failed!"), route(25, 0), seen(25, "Failed")]))
    assert (case.outcome, case.why) == (Outcome.ROLLED_BACK, 'deployment "web" exceeded its progress deadline')


@pytest.mark.parametrize(
    ("events", "why"),
    [
        (without(PROMOTED, 20), "the Canary: Progressing 0% > Progressing 40%"),
        (without(PROMOTED, 40), "the Canary: Progressing 20% > Promoting 40%"),
        ([one for one in PROMOTED if one != route(25, 40)], "the route: 20% (the Canary: Progressing 20%) > 0%"),
    ],
)
def test_a_record_that_the_table_does_not_explain_is_wrong(events: list[Event], why: str) -> None:
    case = judge(evidence(events))
    assert (case.outcome, case.why.partition(";")[0]) == (Outcome.WRONG, why)


def test_what_is_missing_at_a_gap_is_not_wrong() -> None:
    case = judge(evidence([*without(PROMOTED, 20), gap(20)]))
    assert case.outcome is Outcome.UNKNOWN
    assert case.why == "it ended as Succeeded, but gap in what was seen of canary: listed again"


def test_a_promotion_with_a_gap_is_not_told() -> None:
    assert judge(evidence([*PROMOTED, gap(56)])).outcome is Outcome.UNKNOWN


def test_a_rollback_with_a_gap_is_one() -> None:
    assert judge(evidence([*ROLLED_BACK, gap(56)])).outcome is Outcome.ROLLED_BACK


def test_a_gap_in_the_route_is_told_and_spoils_nothing() -> None:
    case = judge(evidence([*[one for one in PROMOTED if one != route(25, 40)], gap(30, "route")]))
    assert (case.outcome, case.details) == (Outcome.PROMOTED, ("gap in what was seen of route: listed again",))


def test_a_canary_that_was_edited_is_not_called_wrong() -> None:
    case = judge(evidence(without(PROMOTED, 20), edited=True))
    assert case.outcome is Outcome.UNKNOWN
    assert "the Canary was edited meanwhile" in case.why
    assert judge(evidence(PROMOTED, edited=True)).outcome is Outcome.PROMOTED


def test_a_rollout_that_never_began_tells_the_canarys_state() -> None:
    case = judge(evidence([*IDLE, said(1, "something is amiss")], Standing.NEVER))
    assert (case.outcome, case.details) == (Outcome.UNKNOWN, ("something is amiss",))
    assert case.why == "no rollout began; the Canary is Initialized since 2026-01-01T00:00:00Z"


def test_a_state_that_came_later_is_told_instead() -> None:
    case = judge(evidence([seen(0, "Initializing"), seen(9, "Succeeded")], Standing.NEVER))
    assert case.why == "no rollout began; the Canary is Succeeded"


def test_a_server_that_is_gone_is_told() -> None:
    case = judge(evidence(UNDER_WAY, Standing.STUCK, lost="the API server does not answer any more: refused"))
    assert (case.outcome, case.why) == (Outcome.UNKNOWN, "the API server does not answer any more: refused")


def test_a_server_that_is_gone_after_the_end_changes_nothing() -> None:
    assert judge(evidence(PROMOTED, lost="refused")).outcome is Outcome.PROMOTED


def stuck(*events: Event, found: Found | None = None) -> Evidence:
    return evidence([*UNDER_WAY, *events], Standing.STUCK, at=75, found=found or Found())


def test_a_stuck_canary_tells_where_and_since_when() -> None:
    case = judge(stuck(seen(25, "Progressing", 20, 1), said(25, RATE)))
    assert (case.outcome, case.why) == (Outcome.UNKNOWN, "it did not end within 70 s: it is Progressing")
    assert case.details == ("it is at Progressing 20%, 1 failed, since 60 s", "success rate 91.20% < 99%, in tick 3")


def test_a_stuck_canary_may_have_been_cut_off_within_a_tick() -> None:
    assert judge(stuck(route(25, 40))).outcome is Outcome.UNKNOWN
    assert judge(stuck(route(25, 50))).outcome is Outcome.WRONG


def test_what_was_asked_for_explains_both_the_stuck_and_the_rolled_back() -> None:
    found = Found(("pod web-1 is not ready: x",), (Query("m", "rate(a{b='c'}[1m])", ("the label b is missing",)),))
    told = ("the query of m: rate(a{b='c'}[1m])", "the label b is missing", "pod web-1 is not ready: x")
    assert judge(stuck(found=found)).details[1:] == told
    assert judge(evidence(ROLLED_BACK, found=found)).details == told


def test_a_closed_gate_is_named_by_its_phase_alone() -> None:
    events = [*PROMOTED[:7], seen(35, "WaitingPromotion", iterations=-1)]
    case = judge(evidence(events, Standing.STUCK, about=GATED, at=95))
    assert "the gate ask (confirm-promotion) is closed" in case.details
