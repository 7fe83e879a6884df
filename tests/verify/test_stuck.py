"""What a canary waits for, from what Flagger said since its last step and from its phase."""

from __future__ import annotations

import pytest
from situations import GATED, IDLE, NO_VALUES, RATE, SUBJECT, UNDER_WAY, said, seen

from canarylab.model.timeline import Event, Timeline
from canarylab.verify.stuck import NOTHING, causes, explain, short

WAITING: list[Event] = [*UNDER_WAY, seen(25, "Progressing", 20, 1), said(25, NO_VALUES)]
TICKS: list[Event] = [
    *WAITING, seen(35.3, "Progressing", 20, 2), said(35.3, RATE),
    seen(44.9, "Progressing", 20, 3), said(44.8, NO_VALUES),
]  # fmt: skip


def test_each_reason_is_told_with_its_ticks_the_last_one_first() -> None:
    assert [str(one) for one in causes(SUBJECT.canary, Timeline(TICKS))] == [
        "no values for request-duration, in 2 ticks, from tick 3 to tick 5",
        "success rate 91.20% < 99%, in tick 4",
    ]


def test_what_was_said_before_the_last_step_is_over() -> None:
    assert causes(SUBJECT.canary, Timeline([*TICKS, seen(55, "Progressing", 40)])) == []


def test_the_short_form_is_the_last_reason() -> None:
    assert short(SUBJECT, Timeline(WAITING)) == "no values for request-duration, in tick 3"


@pytest.mark.parametrize("events", [IDLE, [], UNDER_WAY, [*WAITING, seen(55, "Failed")]])
def test_a_canary_that_waits_for_nothing_has_no_short_form(events: list[Event]) -> None:
    assert short(SUBJECT, Timeline(events)) == ""


def test_a_gate_that_flagger_named_long_ago_is_known_by_the_phase() -> None:
    assert short(GATED, Timeline([seen(0, "WaitingPromotion")])) == "the gate ask (confirm-promotion) is closed"
    assert short(GATED, Timeline([seen(0, "Waiting")])) == ""


def test_a_gate_that_flagger_named_is_told_once() -> None:
    record = [seen(0, "WaitingPromotion"), said(0, "Halt web.shop advancement waiting for promotion approval ask")]
    told = explain(GATED, Timeline(record), NOTHING, 50)
    assert told == [
        "it is at WaitingPromotion 0%, since 50 s",
        "the gate ask (confirm-promotion) is closed, in tick 1",
    ]


def test_a_flagger_that_does_nothing_is_told() -> None:
    told = explain(SUBJECT, Timeline(UNDER_WAY), NOTHING, 75)
    assert told == [
        "it is at Progressing 20%, since 60 s",
        "Flagger has said and changed nothing for 60 s; see whether it runs",
    ]
