"""Each step does what Python does with the same words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from scenes import CANARY, events

from canarylab import faults
from canarylab.errors import CanarylabError, EnvironmentFault, UsageError
from canarylab.journey import Change
from canarylab.model.timeline import FlaggerSaid, Timeline
from canarylab.observe.record import Record
from canarylab.scenario.document import StepEntry
from canarylab.scenario.stage import Stage
from canarylab.scenario.step import Step
from canarylab.scenario.steps import STEPS
from canarylab.scenario.steps.wait import Wait

CHECKS = """
def note(stage, words):
    stage.folder.joinpath("said").write_text(words)

def wrong(stage):
    assert 1 + 1 == 3, "sums differ"
"""


class Cluster:
    """Keeps what kubectl is asked, and answers with one text."""

    name, kubeconfig, toolset = "test", Path("/nowhere"), None

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []
        self.answer = ""

    def kubectl(self, *args: str) -> str:
        self.asked.append(args)
        return self.answer

    def failure(self) -> None:
        return None


class Journey:
    """Keeps what it is told to do."""

    def __init__(self) -> None:
        self.canary, self.record, self.done = CANARY, Record(), list[tuple[Any, ...]]()
        self.stack = self
        self.cluster = Cluster()

    def __getattr__(self, name: str) -> Any:
        return lambda *args: self.done.append((name, *args))


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(Journey(), tmp_path)  # type: ignore[arg-type]


def step(name: str, value: Any) -> Step:
    entry = StepEntry.model_validate({name: value}, by_alias=True, by_name=False)
    assert isinstance(entry.verb, Step)
    return entry.verb


def done(stage: Stage, name: str, value: Any) -> Any:
    """What a step had the journey do."""
    step(name, value).do(stage)
    return stage.journey.done  # type: ignore[attr-defined]


def asked(stage: Stage, name: str, value: Any) -> tuple[str, ...]:
    """What a step asked kubectl."""
    step(name, value).do(stage)
    found: tuple[str, ...] = stage.journey.stack.cluster.asked[-1]  # type: ignore[attr-defined]
    return found


def test_the_first_revision_is_the_trigger_and_one_on_its_way_comes_beside_it(stage: Stage) -> None:
    assert done(stage, "set-image", "6.9.1") == [("begin", Change(tag="6.9.1"))]
    stage.journey.record._events += list(events())[:8]  # on its way
    assert done(stage, "set-image", {"arguments": ["--x"], "env": {"A": "b"}})[-1] == (
        "also", Change(arguments=("--x",), env={"A": "b"}),
    )  # fmt: skip


def test_a_revision_after_the_end_is_the_next_trigger(stage: Stage) -> None:
    stage.journey.record._events += list(events())
    assert done(stage, "set-image", "6.9.2") == [("begin", Change(tag="6.9.2"))]


def test_gates(stage: Stage) -> None:
    assert done(stage, "gate", "open") == [("gate", "open", "gate")]
    assert done(stage, "gate", {"word": "close", "of": "rollback"})[-1] == ("gate", "close", "rollback")


def test_objects_are_patched_deleted_and_reached_by_kubectl(stage: Stage) -> None:
    assert asked(stage, "patch", {"object": "canary/podinfo", "to": {"a": None}})[-1] == '--patch={"a": null}'
    assert "--type=json" in asked(stage, "patch", {"object": "a/b", "operations": [{"op": "remove", "path": "/a"}]})
    assert asked(stage, "delete", "service/podinfo") == ("delete", "service/podinfo", "-n", "shop", "--wait=false")
    assert asked(stage, "kubectl", ["get", "pods"]) == ("--namespace", "shop", "get", "pods")


def test_a_program_runs_without_a_shell_and_knows_where(stage: Stage) -> None:
    step("run", ["sh", "-c", "echo $NAMESPACE > said; cat said"]).do(stage)
    assert (stage.folder / "said").read_text() == "shop\n"
    with pytest.raises(CanarylabError, match="false ended with 1"):
        step("run", ["false"]).do(stage)
    step("run", {"command": ["sh", "-c", "echo done; exit 3"], "exits": 3, "says": "done"}).do(stage)
    with pytest.raises(CanarylabError, match="echo did not say 'a', but: b"):
        step("run", {"command": ["echo", "b"], "says": "a"}).do(stage)
    with pytest.raises(CanarylabError, match="nowhere did not run"):
        step("run", ["nowhere"]).do(stage)
    with pytest.raises(CanarylabError, match=r"did not run: .*timed out"):
        step("run", {"command": ["sleep", "9"], "within": 0.01}).do(stage)


def test_a_function_is_called_with_the_stage(stage: Stage) -> None:
    (stage.folder / "checks.py").write_text(CHECKS)
    step("python", {"call": "checks.py:note", "give": {"words": "done"}}).do(stage)
    assert (stage.folder / "said").read_text() == "done"
    with pytest.raises(UsageError, match=r"`checks.py:nothing` cannot be called"):
        step("python", "checks.py:nothing").do(stage)
    with pytest.raises(UsageError, match=r"`no.such.module:f` cannot be called"):
        step("python", "no.such.module:f").do(stage)


def test_a_function_that_fails_is_told_with_its_line(stage: Stage) -> None:
    (stage.folder / "checks.py").write_text(CHECKS)
    with pytest.raises(CanarylabError, match=r"AssertionError: sums differ") as caught:
        step("python", "checks.py:wrong").do(stage)
    assert caught.value.where == f"{stage.folder / 'checks.py'}:6"


def test_a_fault_begins_is_known_by_its_name_and_ends(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[str] = []

    class Applied:
        def end(self) -> None:
            ended.append("abort")

    monkeypatch.setattr(faults, "begin", lambda _journey, _fault: Applied())
    step("fault", {"abort": {"percent": 50}}).do(stage)
    assert [what for what, _ in stage.left()] == ["fault abort"]
    step("stop-fault", "abort").do(stage)
    assert ended == ["abort"]
    with pytest.raises(UsageError, match="the fault abort has not begun"):
        step("stop-fault", "abort").do(stage)


@pytest.mark.parametrize(
    ("value", "seen"),
    [
        ("Progressing 25%", True), ("Progressing 50%", False), ("end", False),
        ({"phase": "Progressing"}, True), ({"phase": "Progressing", "weight": 0}, False),
        ({"phase": "Progressing", "failed": 0, "iteration": 0}, True),
        ({"said": "canary weight 25"}, True), ({"said": "canary weight 25", "times": 2}, False),
    ],
)  # fmt: skip
def test_what_is_waited_for_is_seen_in_the_record(value: Any, seen: bool) -> None:
    waits = step("wait", value)
    assert isinstance(waits, Wait)
    record = [one for one in events() if one.at <= 20]
    assert waits.seen(Timeline(record)) is seen
    assert waits.seen(Timeline([])) is False


def test_the_end_is_waited_for() -> None:
    waits = step("wait", "end")
    assert isinstance(waits, Wait)
    assert waits.seen(Timeline(list(events())))


def test_waiting_for_an_object_ends_with_what_it_should_have_held(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster: Any = stage.journey.stack.cluster
    cluster.answer = json.dumps({"status": {"ready": 1, "more": 2}})
    step("wait", {"object": "deployment/x", "has": {"status": {"ready": 1}}}).do(stage)
    monkeypatch.setattr("canarylab.journey.acts.pause", lambda _journey, _seconds: None)
    with pytest.raises(EnvironmentFault, match="did not come to hold"):
        step("wait", {"object": "deployment/x", "has": {"status": {"ready": 2}}, "within": 3.0}).do(stage)


def test_every_step_names_the_same_in_python() -> None:
    assert all(kind.python for kind in STEPS.values())


def test_what_is_begun_is_undone_in_reverse_order_and_once(stage: Stage) -> None:
    for word in ("first", "second"):
        stage.afterwards(word, lambda: None)
    assert [what for what, _ in stage.left()] == ["second", "first"]
    assert stage.left() == []


def test_words_of_flagger_before_the_trigger_count_where_there_is_none() -> None:
    waits = step("wait", {"said": "Initialization done"})
    assert isinstance(waits, Wait)
    assert waits.seen(Timeline([FlaggerSaid(1, 1, "log", "info", "Initialization done! podinfo")]))
