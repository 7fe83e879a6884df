"""Each claim holds where it should, and fails with what was seen where it should not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from scenes import CANARY, events, holds, judged, read, rolled_back, seen, without_weight

from canarylab.journey.capture import Sent
from canarylab.model.expectation import expect
from canarylab.model.plan import ENDLESS, Closed
from canarylab.model.timeline import CanarySeen, FaultBegan, FaultEnded
from canarylab.scenario.claim import Query, Seen
from canarylab.scenario.expect import CLAIMS
from canarylab.scenario.expect.plan import Plan
from canarylab.scenario.judge import judge

ALERTS = tuple(Sent("/alerts", {"attachments": [{"text": text}]}) for text in ("New revision", "ok"))
HOOKS = (
    Sent("/hooks/pre-rollout", {"phase": "Progressing"}),
    Sent("/hooks/event", {"phase": "Progressing", "metadata": {"eventMessage": "Advance 25"}}),
)
TRUE = {
    "plan": "- plan: all-pass",
    "sequence": "- sequence: [Progressing 0%, Progressing 25%, Progressing 50%, Promoting 50%, Finalising 0%, "
    "Succeeded 0%]",
    "route": "- route: [0, 25, 50, 0]",
    "never-above": "- never-above: 50",
    "same-weight": "- same-weight: always",
    "reaches": "- reaches: {phase: Progressing, weight: 25, within: 2}",
    "ends": "- ends: Succeeded",
    "primary-image": '- primary-image: "*/podinfo:${tag}"',
    "said": "- said: [canary weight 25, Promotion completed!]",
    "never-said": "- never-said: [Canary failed!]",
    "split": "- split: {at: 50}",
    "users": '- users: {success: "= 100%", p50: "<= 3ms", p99: "< 1s", during: weight 25, answers: 300}',
}
FALSE = {
    "plan": "- plan: {checks-fail-from: 50}",
    "sequence": "- sequence: [Progressing 0%, Succeeded 0%]",
    "route": "- route: [0, 25, 50, 100, 0]",
    "never-above": "- never-above: 49",
    "reaches": "- reaches: {weight: 50, within: 2}",
    "ends": "- ends: Failed",
    "primary-image": '- primary-image: "*/podinfo:6.9.0"',
    "said": "- said: [Promotion completed!, canary weight 25]",
    "never-said": "- never-said: [canary weight 50]",
    "split": "- split: {at: 50, share: 40}",
    "users": '- users: {p99: "< 1ms"}',
}


@pytest.mark.parametrize("name", TRUE)
def test_a_claim_holds_against_a_run_that_shows_it(name: str, tmp_path: Path) -> None:
    assert holds(tmp_path, TRUE[name], seen()), judged(tmp_path, TRUE[name], seen())


@pytest.mark.parametrize("name", FALSE)
def test_a_claim_fails_against_a_run_that_does_not(name: str, tmp_path: Path) -> None:
    assert not holds(tmp_path, FALSE[name], seen())


def test_every_claim_is_tried_here() -> None:
    assert set(CLAIMS) == {*TRUE, "alerts", "follows-git", "hooks", "metric", "object", "python"}


def test_a_function_of_ones_own_says_what_is_wrong(tmp_path: Path) -> None:
    source = (
        "def few(seen, most=0):\n    count = len(seen.record.stages())\n    return f'{count} stages' * (count > most)\n"
    )
    (tmp_path / "checks.py").write_text(source)
    run = replace(seen(), folder=tmp_path)
    assert holds(tmp_path, "- python: {call: checks.py:few, give: {most: 7}}", run)
    (found,) = judged(tmp_path, "- python: checks.py:few", run)
    assert "seen:     7 stages" in str(found)


def asked(folder: Path, given: str, claim: str, run: Seen) -> bool:
    """Whether a claim holds for a scenario with more in its ``given``."""
    given = f"given: {{application: podinfo-short, {given}}}"
    file = read(folder, f"title: t\n{given}\nsteps: [{{set-image: next}}]\nexpect:\n  - {claim}\n")
    return all(one.holds for one in judge(file, file.scenario.expect, ("expect",), run))


def test_alerts_are_exactly_those_expected(tmp_path: Path) -> None:
    run = replace(seen(), sent=ALERTS)
    assert asked(tmp_path, "alerts: true", "alerts: [New revision, ok]", run)
    assert not asked(tmp_path, "alerts: true", "alerts: [New revision]", run)
    assert not asked(tmp_path, "alerts: true", "alerts: [ok, New revision]", run)


def test_calls_of_webhooks_come_in_order(tmp_path: Path) -> None:
    run = replace(seen(), sent=HOOKS)
    assert asked(tmp_path, "listens: [event]", 'hooks: ["pre-rollout Progressing", "event Progressing: Advance"]', run)
    assert asked(tmp_path, "listens: [event]", 'hooks: ["event Progressing: Advance"]', run)
    assert not asked(tmp_path, "listens: [event]", 'hooks: {calls: ["event Progressing"], exactly: true}', run)


def test_a_metric_is_asked_about_the_end_of_a_part(tmp_path: Path) -> None:
    claim = '- metric: {query: up, value: ">= 1", at: weight 25}'
    assert holds(tmp_path, claim, replace(seen(), values={Query("up", 29.0): 1.0}))
    assert not holds(tmp_path, claim, replace(seen(), values={Query("up", 29.0): None}))


def test_an_object_holds_what_is_asked_for_and_may_hold_more(tmp_path: Path) -> None:
    there = replace(seen(), objects={"configmap/a": {"kind": "ConfigMap", "data": {"a": "b", "c": "d"}}})
    assert holds(tmp_path, "- object: {name: configmap/a, has: {data: {a: b}}}", there)
    assert not holds(tmp_path, "- object: {name: configmap/a, has: {data: {a: x}}}", there)
    assert holds(tmp_path, "- object: {name: configmap/a, has: null}", replace(seen(), objects={"configmap/a": None}))


def test_a_status_that_differs_from_the_route_for_long_is_told(tmp_path: Path) -> None:
    record = [
        replace(one, phase="WaitingPromotion", weight=0) if isinstance(one, CanarySeen) and one.weight == 50 else one
        for one in events()
    ]
    (found,) = judged(tmp_path, "- same-weight: always", seen(record))
    assert "WaitingPromotion 0% in the status and 50% in the route for 10 s" in str(found)


def test_users_during_a_fault_are_those_between_its_begin_and_its_end(tmp_path: Path) -> None:
    begun = FaultBegan(31, 31, "act", 21.0, "1", "abort", "abort", "all of it")
    over = FaultEnded(40, 40, "act", 39.0, "1", "abort", "abort", "none")
    record = sorted([*events(), begun, over], key=lambda one: one.at)
    assert holds(tmp_path, '- users: {success: "= 100%", during: fault abort, answers: 700}', seen(record))
    assert not holds(tmp_path, '- users: {success: "= 100%", during: fault abort, answers: 800}', seen(record))


def test_users_before_the_trigger_and_after_the_end(tmp_path: Path) -> None:
    assert holds(tmp_path, '- users: {success: "= 100%", during: before, answers: 190}', seen())
    assert holds(tmp_path, '- users: {success: "= 100%", during: after, answers: 390}', seen())
    assert not holds(tmp_path, '- users: {success: "= 100%", during: phase Waiting}', seen())


def test_a_plan_after_a_rollback_starts_from_it(tmp_path: Path) -> None:
    second = [replace(one, at=one.at + 100) for one in events()][4:]
    assert holds(tmp_path, "- plan: all-pass", seen([*rolled_back(), *second]))


def test_a_plan_starts_from_what_was_seen_before_the_trigger(tmp_path: Path) -> None:
    record = [replace(one, failed=1) if isinstance(one, CanarySeen) and one.at == 0 else one for one in events()]
    assert holds(tmp_path, "- plan: all-pass", seen(record))


def test_a_plan_with_a_mirror_counts_no_stage_twice() -> None:
    mirrored = expect(replace(CANARY, mirror=True))
    assert [str(one) for one in mirrored.stages[1:3]] == ["Progressing 0%", "Progressing 25%"]


def test_a_gate_of_a_plan_refuses_from_a_weight_on(tmp_path: Path) -> None:
    gates = "confirm-rollout: 1, confirm-promotion: forever, confirm-traffic-increase: {from: 25, times: 2}"
    given = "given: {application: podinfo-short, gates: [confirm-rollout, confirm-promotion, confirm-traffic-increase]}"
    text = f"title: t\n{given}\nsteps: [{{set-image: next}}]\nexpect:\n  - plan: {{gates: {{{gates}}}}}\n"
    claim = read(tmp_path, text).scenario.expect[0].verb
    assert isinstance(claim, Plan)
    assert claim.words().startswith("gates confirm-rollout 1, confirm-promotion forever, confirm-traffic-increase ")
    assert claim.assumption().closed == (
        Closed("confirm-rollout", 1), Closed("confirm-promotion", ENDLESS), Closed("confirm-traffic-increase", 2, 25),
    )  # fmt: skip


def test_a_claim_about_a_weight_that_never_was_fails(tmp_path: Path) -> None:
    run = seen(without_weight(list(events()), 25))
    assert not holds(tmp_path, "- split: {at: 25}", run)
    assert not holds(tmp_path, "- metric: {query: up, value: '> 0', at: weight 25}", run)
