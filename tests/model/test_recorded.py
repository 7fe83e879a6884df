"""Plans beside what Flagger 1.44.0 really did: records of a local cluster, each with its Canary and what was done.

``recorded/NAME.jsonl`` holds the Canary and the assumption in its first line, and an event in each other one. Gates
that a person opened are marked ``by_hand``: how often they refused was not planned.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from canarylab.model import compare, plan
from canarylab.model.canary import Canary
from canarylab.model.plan import Assumption, Closed, Plan
from canarylab.model.replay import unexplained
from canarylab.model.rollout import Route, State
from canarylab.model.timeline import Timeline, event

RECORDS = sorted((Path(__file__).parent / "recorded").glob("*.jsonl"))
each = pytest.mark.parametrize("file", RECORDS, ids=lambda file: file.stem)


def read(file: Path) -> tuple[Plan, Timeline, bool]:
    """The plan, the record, and whether gates were opened by hand."""
    head, *events = map(json.loads, file.read_text().splitlines())
    assumed: dict[str, Any] = head["assumed"]
    made = Assumption(
        closed=tuple(Closed(gate, times) for gate, times in assumed.get("closed", {}).items()),
        rerouted=frozenset(assumed.get("rerouted", ())),
        revoked_at=assumed.get("revoked_at", 0),
        revisions=frozenset(assumed.get("revisions", ())),
        promotable=lambda _state: not assumed.get("primary_fails", False),
    )
    phase, weight = assumed.get("start", ("Initialized", 0))
    start = State(phase, weight, route=Route(weight))
    canary = Canary.parse(head["canary"]).played("istio")
    record = Timeline([event(one) for one in events]).since_trigger()
    return plan.make(canary, made, start), record, assumed.get("by_hand", False)


@each
def test_the_plan_is_what_flagger_did_tick_for_tick(file: Path) -> None:
    made, record, by_hand = read(file)
    assert ">" not in compare.side_by_side(compare.rows(made, record, by_hand=by_hand))


@each
def test_the_plan_has_flaggers_words(file: Path) -> None:
    made, record, by_hand = read(file)
    assert compare.unheard(made, record, by_hand=by_hand) == ()


@each
def test_the_table_explains_the_record_unless_the_canary_was_edited(file: Path) -> None:
    made, record, _ = read(file)
    edited = any(seen.rerouted for seen in made.seen)
    assert (unexplained(made.canary, record.stages(), record.route()) is not None) is edited


@each
def test_another_plan_differs(file: Path) -> None:
    made, record, by_hand = read(file)
    other = plan.make(made.canary, Assumption(startable=lambda _state: False))
    assert not all(row.same for row in compare.rows(other, record, by_hand=by_hand))
