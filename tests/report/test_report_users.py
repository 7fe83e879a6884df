"""Users' answers, counted for seconds and weights."""

from __future__ import annotations

import rollouts
from hypothesis import given
from hypothesis import strategies as st

from canarylab.model.timeline import Timeline
from canarylab.model.traffic import Answer, Crowd
from canarylab.model.verdict import Evidence
from canarylab.report import users

TIMELINE = Timeline(tuple(rollouts.events(rollouts.PROMOTION)))


def seen(answers: list[Answer]) -> users.Users:
    return users.of(Evidence(rollouts.CANARY, TIMELINE, [Crowd("users", answers)]))[0]


def test_a_second_counts_what_was_sent_in_it() -> None:
    answers = [
        Answer(1000.1, 1000.11, 200, "web-primary-1"),
        Answer(1000.9, 1001.0, 500),
        Answer(1001.0, 1001.002, 200, "web-1"),
    ]
    first, second = seen(answers).seconds
    assert (first.at, first.answers, first.failed, first.canary, first.p50, first.p99) == (1000, 2, 1, 1, 10.0, 100.0)
    assert (second.at, second.answers, second.failed, second.canary, second.p50) == (1001, 1, 0, 1, 2.0)


def test_answers_long_before_the_trigger_are_left_out() -> None:
    told = [Answer(at, at + 0.1, 200, "web-primary-1") for at in (900.0, 989.0, 990.0, 1000.0)]
    assert seen(told).answers == 2


@given(st.lists(st.tuples(st.floats(990, 1090), st.floats(0, 9), st.sampled_from([0, 200, 404, 500, 503]))))
def test_no_answer_is_lost_or_counted_twice(answers: list[tuple[float, float, int]]) -> None:
    told = [Answer(sent, sent + took, status, "web-primary-1") for sent, took, status in answers]
    found = seen(told)
    assert found.answers == len(told)
    assert found.failed == sum(not one.good for one in told)
    assert all(one.p50 <= one.p99 for one in found.seconds)


def test_a_split_has_the_bounds_of_its_weight() -> None:
    found = rollouts.PROMOTED.users[0].splits
    assert [one.weight for one in found] == [20, 40]
    assert all(one.holds and one.least < one.total * one.weight / 100 < one.most for one in found)
    assert [(round(one.start - 1000, 1), round(one.end - 1000, 1)) for one in found] == [(15.9, 25.9), (25.9, 45.9)]
