"""A run does its steps in order, catches, does what is final, and undoes everything in reverse order."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from scenes import CANARY, HEAD, events, read

from canarylab.errors import CanarylabError, EnvironmentFault
from canarylab.journey import Outcome
from canarylab.model.timeline import Timeline
from canarylab.model.verdict import Evidence
from canarylab.observe.record import Record
from canarylab.scenario import runner
from canarylab.scenario.result import Result, Status
from canarylab.scenario.runner import Run, prepare

GATED = HEAD.replace("podinfo-short}", "podinfo-short, gates: [confirm-rollout, rollback]}")
EXPECT = "expect:\n  - ends: Succeeded\n"


class Stack:
    """As much of a stack as a run looks at."""

    class flagger:  # noqa: N801 - an attribute
        version = "1.44.0"


class Journey:
    """Keeps what it is told to do; a gate that is to be closed is refused."""

    record_of: Sequence[Any] = ()

    def __init__(self, stack: Any, _application: Any, folder: Path, record: Record) -> None:
        self.stack, self.folder, self.record, self.canary = stack, folder, record, CANARY
        self.done: list[str] = []

    def start(self) -> None:
        self.done.append("start")

    def begin(self, change: Any) -> None:
        self.done.append(f"ship {change}")

    def gate(self, word: str, of: str) -> None:
        self.done.append(f"{of} {word}")
        if word == "close":
            raise CanarylabError("the load tester is away")

    def finish(self) -> Outcome:
        self.done.append("finish")
        return self._outcome("")

    def look(self) -> Outcome:
        self.done.append("look")
        return self._outcome("")

    def _outcome(self, stuck: str) -> Outcome:
        return Outcome(Evidence(CANARY, Timeline(list(self.record_of)), []), stuck, self.explain)

    def explain(self, _text: str) -> Path:
        self.done.append("explain")
        return self.folder

    def stop(self) -> None:
        self.done.append("stop")


@pytest.fixture(autouse=True)
def journeys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "Journey", Journey)


def ran(folder: Path, text: str, record: Sequence[Any] | None = None) -> tuple[Result, list[str]]:
    """A file's run: its result, and what was done."""
    Journey.record_of = list(events()) if record is None else record
    run = Run(prepare(read(folder, text), "shop"), Stack(), folder)  # type: ignore[arg-type]
    result = run.run()
    run.close()
    return result, run.journey.done  # type: ignore[attr-defined]


def test_a_run_that_is_as_expected(tmp_path: Path) -> None:
    result, done = ran(tmp_path, f"{GATED}  - gate: open\n{EXPECT}")
    assert (result.status, done) == (Status.PASSED, ["start", "ship tag 6.9.1", "gate open", "finish", "stop"])
    assert result.again == "canarylab run scene.yaml"


def test_what_brings_a_mesh_is_done_before_the_application_is_installed(tmp_path: Path) -> None:
    result, done = ran(tmp_path, f"{GATED}{EXPECT}prepare: [{{gate: open}}]\n")
    assert (result.status, done) == (Status.PASSED, ["gate open", "start", "ship tag 6.9.1", "finish", "stop"])


def test_nothing_is_installed_when_that_does_not_work(tmp_path: Path) -> None:
    final = "finally: [{gate: {word: open, of: rollback}}]\n"
    text = f"{GATED}{EXPECT}prepare: [{{gate: close}}, {{gate: open}}]\n{final}"
    run = Run(prepare(read(tmp_path, text), "shop"), Stack(), tmp_path)  # type: ignore[arg-type]
    with pytest.raises(CanarylabError, match=r"^gate: close: the load tester is away") as failed:
        run.run()
    assert failed.value.where == "scene.yaml:8"
    assert run.journey.done == ["gate close", "rollback open"]  # type: ignore[attr-defined]


def test_a_rollout_that_is_left_waiting_is_looked_at(tmp_path: Path) -> None:
    assert ran(tmp_path, f"{HEAD}{EXPECT}until: steps\n")[1] == ["start", "ship tag 6.9.1", "look", "stop"]


def test_a_step_that_does_not_work_ends_the_steps_but_not_the_final_ones(tmp_path: Path) -> None:
    final = "catch: [{gate: open}]\nfinally: [{gate: close}, {gate: {word: open, of: rollback}}]\n"
    result, done = ran(tmp_path, f"{GATED}  - gate: close\n  - gate: open\n{EXPECT}{final}")
    assert done == [
        "start", "ship tag 6.9.1", "gate close", "look", "explain", "gate open", "gate close", "rollback open", "stop",
    ]  # fmt: skip
    assert [(one.section, one.where) for one in result.troubles] == [
        ("steps", "scene.yaml:6"),
        ("finally", "scene.yaml:11"),
    ]
    assert result.dossier == tmp_path


def test_a_catch_that_fails_does_not_replace_the_failure(tmp_path: Path) -> None:
    result, _ = ran(tmp_path, f"{GATED}expect:\n  - ends: Failed\ncatch: [{{gate: close}}]\n")
    assert result.status is Status.FAILED
    assert [one.section for one in result.troubles] == ["catch"]
    assert not result.expected[0].holds


def test_everything_is_undone_in_reverse_order_and_each_failure_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    undone: list[str] = []

    def stop(_journey: Any, name: str) -> None:
        undone.append(name)
        raise CanarylabError(f"{name} does not stop")

    monkeypatch.setattr("canarylab.journey.acts.traffic", lambda *_: None)
    monkeypatch.setattr("canarylab.journey.acts.stop_traffic", stop)
    result, done = ran(tmp_path, f"{HEAD}  - traffic: {{start: one}}\n  - traffic: {{start: two}}\n{EXPECT}")
    assert (undone, done[-1]) == (["two", "one"], "stop")
    assert [(one.section, one.what) for one in result.troubles] == [
        ("clean-up", "traffic two"), ("clean-up", "traffic one"),
    ]  # fmt: skip
    assert result.status is Status.FAILED


def test_a_start_that_fails_is_cleaned_up_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def start(_self: Journey) -> None:
        raise EnvironmentFault("the users are not answered")

    monkeypatch.setattr(Journey, "start", start)
    run = Run(prepare(read(tmp_path, f"{GATED}{EXPECT}finally: [{{gate: open}}]\n"), "shop"), Stack(), tmp_path)  # type: ignore[arg-type]
    with pytest.raises(EnvironmentFault, match="the users are not answered"):
        run.run()
    assert run.journey.done == ["gate open"]  # type: ignore[attr-defined]


def test_the_whole_rollout_that_a_plan_expects_is_kept_for_the_report(tmp_path: Path) -> None:
    run = Run(prepare(read(tmp_path, f"{HEAD}expect:\n  - plan: all-pass\n"), "shop"), Stack(), tmp_path)  # type: ignore[arg-type]
    Journey.record_of = list(events())
    outcome = run.journey.finish()
    run._judged(outcome)
    ((expected, verdict),) = outcome.verdicts
    assert expected is not None
    assert (expected.route, verdict.holds) == ((0, 25, 50, 0), True)


def test_exactly_what_is_known_upstream_is_known(tmp_path: Path) -> None:
    known = f"upstream: {{issue: 1819, versions: '<1.45', observed: [{{ends: Succeeded}}]}}\n{HEAD}"
    assert ran(tmp_path, f"{known}expect:\n  - ends: Failed\n")[0].status is Status.KNOWN
    assert ran(tmp_path, f"{known}{EXPECT}")[0].status is Status.NEWS
    older = known.replace("<1.45", "<1.44")
    assert ran(tmp_path, f"{older}expect:\n  - ends: Failed\n")[0].status is Status.FAILED


def test_names_that_only_the_run_knows_are_put_in(tmp_path: Path) -> None:
    text = f"{HEAD}  - wait: {{object: 'deployment/${{target}}'}}\n{EXPECT}"
    prepared = prepare(read(tmp_path, text), "shop")
    assert prepared.scenario.steps[1].verb.words() == "object deployment/podinfo"
    assert prepared.application.namespace == "shop"


def test_a_fault_that_cannot_be_here_is_told_beforehand(tmp_path: Path) -> None:
    text = f"meshes: [istio]\n{HEAD}  - fault: abort\n{EXPECT}"
    prepared = prepare(read(tmp_path, text), "shop")
    assert prepared.unfit("local", "istio") == ""
    assert prepared.unfit("local", "none") == "the fault abort needs the mesh istio, not none"


@pytest.mark.parametrize(
    "line",
    [
        "steps:\n  - wait: Progressing 25%", "steps:\n  - wait: {said: canary weight 25}",
        "expect:\n  - split: {at: 25}", "expect:\n  - route: [0, 25, 0]",
        "expect:\n  - sequence: [Progressing 0%, Progressing 25%]",
        "expect:\n  - plan: {checks-fail-from: 25}", "expect:\n  - users: {success: '= 100%', during: weight 25}",
        "expect:\n  - said: [Routing all traffic to canary]", "expect:\n  - reaches: {weight: 25, within: 3}",
    ],
)  # fmt: skip
def test_what_only_a_route_can_show_does_not_apply_to_plain_kubernetes(tmp_path: Path, line: str) -> None:
    section, _, entry = line.partition("\n")
    parts = {"steps:": ["  - set-image: next"], "expect:": ["  - plan: all-pass"]}
    parts[section].append(entry)
    lists = "\n".join("\n".join([name, *entries]) for name, entries in parts.items())
    prepared = prepare(read(tmp_path, f"title: t\ngiven: {{application: podinfo-short}}\n{lists}\n"), "shop", "none")
    assert prepared.unfit("local", "istio") == ""
    assert prepared.unfit("local", "none").endswith("is about a route, and plain Kubernetes has none")


def test_an_ab_test_does_not_apply_to_plain_kubernetes(tmp_path: Path) -> None:
    given = "{application: podinfo-short, canary: {analysis: {stepWeight: null, iterations: 2, match: [{}]}}}"
    text = f"title: t\ngiven: {given}\nsteps: [{{set-image: next}}]\nexpect: [{{plan: all-pass}}]\n"
    assert prepare(read(tmp_path, text), "shop", "none").unfit("local", "none").startswith("it is an A/B test")


def test_what_needs_no_route_applies_to_plain_kubernetes(tmp_path: Path) -> None:
    text = f"{HEAD}  - wait: {{phase: Progressing}}\nexpect:\n  - plan: all-pass\n  - sequence: [Progressing 0%]\n"
    assert prepare(read(tmp_path, text), "shop", "none").unfit("local", "none") == ""
