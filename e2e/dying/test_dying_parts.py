"""Every part of a cluster dies, or stands still for 20 seconds, while a canary is on its way: it goes on."""

from __future__ import annotations

import signal
import time
from itertools import pairwise

import pytest
from processes import PARTS, SUPERVISOR, Part

from canarylab.journey import Change, Journey
from canarylab.model.timeline import CanarySeen, Timeline
from canarylab.observe.record import Record

STANDSTILL = 20.0
TICKS_BOUND = 60.0  # seconds for a tick after everything runs again: six ticks
FAILURE_BOUND = 30.0


def next_tick(record: Record) -> None:
    """Waits until Flagger has changed the Canary once more."""
    before = len(list(record.timeline.of(CanarySeen)))
    why = record.wait(lambda seen: len(list(seen.of(CanarySeen))) > before or ended(seen), TICKS_BOUND)
    assert not why, f"no tick of Flagger: {why}"


def ended(seen: Timeline) -> bool:
    return seen.phase() in ("Succeeded", "Failed")


def assert_never_back(seen: Timeline) -> None:
    """The route's weights only grow, whatever died; what was jumped over was jumped over in a gap."""
    weights = seen.since_trigger().route()
    assert list(weights) == sorted(weights), f"the weights went back: {weights}"
    skipped = [(a, b) for a, b in pairwise(weights) if b - a > 2]
    assert not skipped or seen.gaps(), f"weights skipped without a gap in the record: {skipped}"


@pytest.mark.exclusive
def test_every_part_is_killed(patient: Journey) -> None:
    name = patient.stack.cluster.name
    patient.begin(Change(tag="6.9.1"))
    patient.reach("Progressing", 2)
    for part in PARTS:
        old = part.signal(name, signal.SIGKILL)
        part.wait_for_another(name, old)
        next_tick(patient.record)
    assert patient.record.timeline.phase() == "Progressing"
    assert_never_back(patient.record.timeline)


@pytest.mark.exclusive
@pytest.mark.parametrize("parts", [PARTS[:7], (*PARTS[7:], SUPERVISOR)], ids=["control-plane", "workloads"])
def test_every_part_stands_still(patient: Journey, parts: tuple[Part, ...]) -> None:
    name = patient.stack.cluster.name
    patient.begin(Change(tag="6.9.1"))
    patient.reach("Progressing", 2)
    for part in parts:
        part.signal(name, signal.SIGSTOP)
        try:
            time.sleep(STANDSTILL)
        finally:
            part.signal(name, signal.SIGCONT)
        next_tick(patient.record)
        assert part.pids(name), f"{part.name} is gone"
    assert_never_back(patient.record.timeline)


@pytest.mark.exclusive
def test_a_dead_supervisor_is_named_at_once(patient: Journey) -> None:
    patient.begin(Change(tag="6.9.1"))
    patient.reach("Progressing", 2)
    SUPERVISOR.signal(patient.stack.cluster.name, signal.SIGKILL)
    killed = time.monotonic()
    outcome = patient.finish()
    assert time.monotonic() - killed < FAILURE_BOUND
    assert "the supervisor of cluster" in outcome.stuck
