"""A runner is killed in the middle of each fault: the next command reverts it, and says so.

Another process than the runner's sees the fault before, and its end after.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from cases import EXCLUSIVE, SHARED, Case

from canarylab import faults
from canarylab.faults import measure, steps
from canarylab.faults.fault import Plan
from canarylab.faults.site import Site
from canarylab.faults.steps import Reach
from canarylab.journey import Journey

BEGIN_BOUND = 120
# Its look edits the Service again where Flagger was quicker; the second look at a memory that grows comes too late.
UNSEEN = ("service-edited", "memory-growth")
RUNNER = """
import json, sys, time
from pathlib import Path
import stage
from canarylab import faults, stack
from canarylab.journey import Journey
cluster, namespace, name, given = sys.argv[1:]
journey = Journey(stack.attach(cluster), stage.application(namespace), Path("unused"))
print(faults.begin(journey, faults.make(name, json.loads(given))).words, flush=True)
time.sleep(600)
"""


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A state folder of the test's own, so that no other command meets its faults."""
    monkeypatch.setenv("CANARYLAB_STATE", str(tmp_path))


@contextmanager
def looking(site: Site, plan: Plan) -> Iterator[None]:
    """What the measuring needs is there."""
    reach = Reach(lambda: site.api)
    for action in plan.tools:
        assert action.do is not None
        action.do.run(reach)
    yield
    for action in plan.tools:
        assert action.undo is not None
        steps.undo(action.undo, reach)


def killed_in_the_middle(journey: Journey, name: str, given: dict[str, Any], plan: Plan) -> str:
    """Begins a fault in a process of its own, sees it, and kills that process; the fault in words."""
    words = [
        sys.executable,
        "-c",
        RUNNER,
        journey.stack.cluster.name,
        journey.canary.namespace,
        name,
        json.dumps(given),
    ]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parent) as runner:
        try:
            assert runner.stdout is not None
            told = runner.stdout.readline().strip()
            if told and name not in UNSEEN:
                measure.until(plan.look, plan.in_force, plan.bound)
        finally:
            runner.kill()
    assert told.startswith(name)
    return told


def canarylab(*arguments: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", "canarylab", *arguments]
    return subprocess.run(words, capture_output=True, text=True, check=True, timeout=BEGIN_BOUND)


def check(journey: Journey, case: Case) -> None:
    name, given = case
    site = Site.of(journey)
    plan = faults.make(name, given).plan(site)
    with looking(site, plan):
        told = killed_in_the_middle(journey, name, given, plan)
        where = f"{journey.stack.cluster.name}/{journey.canary.namespace}"
        assert f"{where}  {told}  (its runner is dead)" in canarylab("faults").stdout
        assert f"reverted the fault {told} of {where}, whose runner was killed" in canarylab("list").stderr
        look, bound = plan.end()
        measure.until(look, plan.over, bound)
    assert json.loads(canarylab("faults", "--json").stdout)["faults"] == []
    print(f"{told}: reverted by the next command")


@pytest.mark.nightly
@pytest.mark.exclusive
@pytest.mark.parametrize("cases", [SHARED, EXCLUSIVE], ids=["shared", "exclusive"])
def test_the_next_command_reverts_what_a_killed_runner_left(alone: Journey, cases: tuple[Case, ...]) -> None:
    once = dict(reversed(cases))
    for name in dict.fromkeys(name for name, _ in cases):
        check(alone, (name, once[name]))
