"""What a verdict says of records that show what was expected, and of records with one thing wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest
from records import CANARY, TICK, answers, events, route, workload

from canarylab.model import compare
from canarylab.model.expectation import Expectation, Stage, bound, promotion, rollback
from canarylab.model.timeline import CanarySeen, Event, FlaggerSaid, Gap, Timeline, event
from canarylab.model.traffic import Answer, Crowd
from canarylab.model.verdict import Evidence, Verdict, judge

PROMOTION, ROLLBACK = promotion(CANARY), rollback(CANARY)


def verdict(expected: Expectation, record: list[Event], *, failing: bool = False, seed: int = 1) -> Verdict:
    timeline = Timeline(record)
    return judged(timeline, answers(timeline, failing=failing, seed=seed), expected)


def judged(timeline: Timeline, served: list[Answer], expected: Expectation) -> Verdict:
    return judge(Evidence(CANARY, timeline, [Crowd("users", served)]), expected)


def wrong(found: Verdict) -> list[str]:
    return [one.claim for one in found.findings if not one.holds]


def test_the_stages_of_a_promotion() -> None:
    assert [str(stage) for stage in PROMOTION.stages] == [
        "Initialized 0%", "Progressing 0%", "Progressing 20%", "Progressing 40%",
        "Promoting 40%", "Finalising 0%", "Succeeded 0%",
    ]  # fmt: skip
    assert (PROMOTION.route, PROMOTION.ticks) == ((0, 20, 40, 0), 6)


def test_the_stages_of_a_rollback() -> None:
    assert ROLLBACK.stages[2:] == (
        Stage("Progressing", 20), Stage("Progressing", 20, 1), Stage("Progressing", 20, 2), Stage("Failed"),
    )  # fmt: skip
    assert rollback(CANARY, at=40).route == (0, 20, 40, 0)
    assert rollback(CANARY).outcome == "rolled back"


def test_the_bound_covers_every_tick_and_both_deadlines() -> None:
    assert bound(CANARY) > PROMOTION.ticks * TICK + 2 * CANARY.deadline


def test_a_record_as_expected_holds() -> None:
    assert verdict(PROMOTION, list(events(PROMOTION))).holds
    assert verdict(ROLLBACK, list(events(ROLLBACK)), failing=True).holds


def test_a_rollback_is_no_promotion() -> None:
    found = verdict(PROMOTION, list(events(ROLLBACK)), failing=True)
    assert "the Canary was promoted" in wrong(found)
    assert "expected: Initialized 0% > Progressing 0% > Progressing 20%" in str(found)


def test_a_failed_check_on_the_way_is_told() -> None:
    record = list(events(PROMOTION))
    at = next(number for number, one in enumerate(record) if isinstance(one, CanarySeen) and one.weight == 40)
    record.insert(at, replace(record[at], weight=20, failed=1))  # type: ignore[call-arg]
    assert wrong(verdict(PROMOTION, record)) == ["the Canary was promoted", "Flagger's rules explain the record"]


def test_a_tick_that_is_not_the_planned_one_is_shown_beside_it() -> None:
    found = str(verdict(PROMOTION, list(events(ROLLBACK)), failing=True))
    assert "WRONG every tick as it was planned" in found
    assert ">   3 Progressing 40%, route 40%    3 Progressing 20%, 1 failed, route 20%" in found


def test_a_tick_that_came_late_is_told() -> None:
    record = [replace(one, at=one.at + 20) if one.at >= 40 else one for one in events(PROMOTION)]
    assert "3.0 ticks after the step before it instead of 1" in str(verdict(PROMOTION, record))


def spoken(expected: Expectation, source: str = "log") -> list[Event]:
    """The record, with what Flagger says in it."""
    texts = [one.text for one in compare.words(expected.plan)] if expected.plan else []
    said = [FlaggerSaid(9 + n / 9, 9 + n / 9, source, "info", text) for n, text in enumerate(texts)]
    return sorted([*events(expected), *said], key=lambda one: one.at)


def test_words_that_were_planned_and_never_said_are_told() -> None:
    assert verdict(PROMOTION, spoken(PROMOTION)).holds
    silent = [one for one in spoken(PROMOTION) if "Copying" not in getattr(one, "text", "")]
    found = verdict(PROMOTION, silent)
    assert wrong(found) == ["Flagger said what was planned"]
    assert "never, or not in this order: Copying web.shop template spec to web-primary.shop" in str(found)


@pytest.mark.parametrize(
    "record",
    [
        list(events(PROMOTION)),
        spoken(PROMOTION, "events")[:-1],
        [*spoken(PROMOTION), Gap(99, 99, "log", "Flagger's container was replaced")],
        spoken(ROLLBACK),
    ],
    ids=["nothing heard", "by Events", "a gap", "other ticks"],
)
def test_nothing_is_claimed_of_words_that_may_not_have_been_heard(record: list[Event]) -> None:
    assert "Flagger said what was planned" not in [one.claim for one in verdict(PROMOTION, record).findings]


def test_no_claim_passes_over_a_gap() -> None:
    record = [*events(PROMOTION), Gap(99, 99, "route", "listed again")]
    assert wrong(verdict(PROMOTION, record)) == ["nothing was missed"]


def test_a_weight_that_the_route_skipped_is_told() -> None:
    record = [one for one in events(PROMOTION) if getattr(one, "canary", None) != 20]
    assert "the route's weights" in wrong(verdict(PROMOTION, record))


def test_a_primary_that_kept_its_image_was_not_promoted() -> None:
    record = list(events(PROMOTION))
    record.append(workload(90, "primary", "web:1", 2))
    assert wrong(verdict(PROMOTION, record)) == ["the primary's images"]


def test_a_target_that_still_runs_is_told() -> None:
    record = [*events(ROLLBACK), workload(90, "target", "web:2", 2)]
    assert wrong(verdict(ROLLBACK, record, failing=True)) == ["the target is scaled to zero"]


def test_nothing_is_claimed_about_workloads_where_the_target_is_a_service() -> None:
    timeline = Timeline(list(events(PROMOTION)))
    served = [Crowd("users", answers(timeline, failing=False))]
    found = judge(Evidence(replace(CANARY, kind="Service"), timeline, served), PROMOTION)
    claims = {one.claim for one in found.findings}
    assert not claims & {"the primary's images", "the target is scaled to zero"}


def test_a_split_that_is_not_the_weights_is_told() -> None:
    record = list(events(PROMOTION))
    told = [route(one.at, 25) if getattr(one, "canary", None) == 20 else one for one in record]
    timeline = Timeline(record)
    served = answers(Timeline(told), failing=False, per_second=400)
    found = judged(timeline, served, PROMOTION)
    assert wrong(found) == ["users: answers at weight 20"]


def test_nothing_is_claimed_about_the_split_of_answers_that_do_not_tell_their_pod() -> None:
    timeline = Timeline(list(events(PROMOTION)))
    nameless = [replace(one, pod="") for one in answers(timeline, failing=False)]
    assert "users: answers at weight 20" in wrong(judged(timeline, nameless, PROMOTION))
    untold = judge(Evidence(CANARY, timeline, [Crowd("users", nameless, told=False)]), PROMOTION)
    assert untold.holds
    assert not any("at weight" in one.claim for one in untold.findings)


def test_where_no_route_was_seen_there_is_no_time_with_a_weight() -> None:
    assert Timeline(()).windows() == []


def test_a_small_skew_at_every_weight_shows_over_all_of_them() -> None:
    timeline = Timeline(list(events(PROMOTION)))
    served, moved = answers(timeline, failing=False), 0
    for number, one in enumerate(served):
        if 19 < one.sent < 51 and "primary" in one.pod and number % 11 == 0:
            served[number], moved = replace(one, pod="web-7c9d-x"), moved + 1
    assert moved
    assert wrong(judged(timeline, served, PROMOTION)) == ["users: answers over all weights"]


def test_what_is_wrong_stands_first() -> None:
    record = [*events(PROMOTION), workload(90, "primary", "web:1", 2)]
    assert str(verdict(PROMOTION, record)).startswith("WRONG the primary's images")


def test_too_few_answers_prove_nothing() -> None:
    timeline = Timeline(list(events(PROMOTION)))
    few = answers(timeline, failing=False, per_second=20)
    found = judged(timeline, few, PROMOTION)
    assert "300 answers or more" in str(found)


def test_one_user_who_failed_spoils_a_promotion() -> None:
    timeline = Timeline(list(events(PROMOTION)))
    served = answers(timeline, failing=False)
    served[-1] = replace(served[-1], status=503)
    assert "users: success rate" in wrong(judged(timeline, served, PROMOTION))


def test_users_who_fail_while_the_canary_has_no_traffic_are_told() -> None:
    timeline = Timeline(list(events(ROLLBACK)))
    served = answers(timeline, failing=True)
    broken = [replace(one, status=503) if 55 < one.sent < 55.1 else one for one in served]
    assert wrong(judged(timeline, broken, ROLLBACK)) == ["users: answers while the canary has no traffic"]


def test_more_failures_than_the_weights_imply_are_told() -> None:
    timeline = Timeline(list(events(ROLLBACK)))
    served = answers(timeline, failing=True)
    broken = [replace(one, status=503, pod="web-primary-5f6b-y") if 30 < one.sent < 36 else one for one in served]
    assert "users: success rate" in wrong(judged(timeline, broken, ROLLBACK))


def test_chance_alone_almost_never_spoils_a_verdict() -> None:
    record = list(events(PROMOTION))
    assert sum(not verdict(PROMOTION, record, seed=seed).holds for seed in range(100)) <= 4


def test_what_came_before_the_trigger_does_not_count() -> None:
    earlier = [CanarySeen(-9, -9, "canary", "0", "Failed", 0, 0, 0), Gap(-8, -8, "canary", "long ago")]
    assert verdict(PROMOTION, [*earlier, *events(PROMOTION)]).holds


def test_events_survive_being_written_down() -> None:
    record = [*events(ROLLBACK), Gap(99, 99, "route", "listed again")]
    assert [event(one.facts()) for one in record] == record


def test_users_whom_an_ab_test_does_not_match_stay_with_the_primary() -> None:
    timeline = Timeline(list(events(PROMOTION)))
    strangers = [Answer(at / 50, at / 50 + 0.002, 200, "web-primary-5f6b-y") for at in range(3500)]
    matched = Crowd("insiders", answers(timeline, failing=False))
    apart = Evidence(CANARY, timeline, [matched, Crowd("others", strangers, matching=False)])
    assert judge(apart, PROMOTION).holds
    mixed = Evidence(CANARY, timeline, [matched, Crowd("others", strangers)])
    assert "others: answers at weight 20" in wrong(judge(mixed, PROMOTION))
