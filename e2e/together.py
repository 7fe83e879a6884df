"""Rollouts that go on at the same time in one process: dozens of journeys cost too much as dozens of processes.

The first test that waits for its rollout begins those of all selected tests, as many at a time as the cores bear; each
test then waits for its own.
"""

from __future__ import annotations

import os
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from stories import Story

from canarylab import pytest_plugin, pytest_providers
from canarylab.clusters.local import usage
from canarylab.journey import Journey, cases
from canarylab.kube import idle
from canarylab.meshes import Provider
from canarylab.model.timeline import Timeline
from canarylab.observe.record import Record
from canarylab.report.matrix import Cell
from canarylab.report.store import Store
from canarylab.scenario import space
from canarylab.scenario.front import FOR_EACH_CORE
from canarylab.stack import Stack


@dataclass
class Rollout:
    """A provider's story on a stack: plays it, keeps its case for the report, and remembers its journey."""

    provider: Provider
    story: Story
    test: str
    root: Path
    journey: Journey | None = None
    memory: str = ""

    def play(self, stack: Stack, reproduce: str) -> None:
        """Raises what failed the rollout, after its case is kept; what runs in its namespace ends if it held."""
        name, kept = space.name(f"{self.provider.name}-{self.story.name}"), Store(self.root, self.test)
        space.create(stack.cluster, name)
        made = self.story.application(self.provider, name)
        self.journey = Journey(stack, made, self.root / name, Record(file=kept.record))
        kept.begin(name, self.journey.canary.name, reproduce)
        failure = ""
        try:
            self.story.play(self.journey)
        except Exception as error:
            failure = str(error)
            raise
        finally:
            kept.keep(cases.of(self.journey, self.test, failure=failure, reproduce=reproduce))
            self.journey.stop()
            self.memory = usage.memory(usage.of(stack.cluster.name))
        idle.stop(stack.cluster.api_client(), name)

    def properties(self) -> list[tuple[str, object]]:
        """What JUnit and the table at the end say of it."""
        held = [(pytest_providers.MEMORY, self.memory)] if self.memory else []
        plane = ("data_plane", self.provider.plane.value)
        return [*self.summaries(), *held, plane, (pytest_providers.CELL, self._cell().text())]

    def summaries(self) -> list[tuple[str, object]]:
        """What the run's end says of it, for each revision that was shipped."""
        return [(pytest_plugin.ROLLOUT, one.summary) for one in self.journey.outcomes] if self.journey else []

    @property
    def took(self) -> int:
        """Seconds from the trigger on."""
        events = self._since_trigger().events
        return round(events[-1].at - events[0].at) if events else 0

    @property
    def free(self) -> bool:
        """Whether there is a record, and no gap in it."""
        seen = self._since_trigger()
        return bool(seen.events) and not any(True for _ in seen.gaps())

    def _since_trigger(self) -> Timeline:
        return self.journey.record.timeline.since_trigger() if self.journey else Timeline()

    def _cell(self) -> Cell:
        return Cell(self.provider.name, self.provider.plane.value, self.story.name, self.took, self.free)


@dataclass
class Together:
    """The rollouts of this process by their test."""

    _futures: dict[str, Future[None]] = field(default_factory=dict)
    _rollouts: dict[str, Rollout] = field(default_factory=dict)
    _pool: ThreadPoolExecutor | None = None

    def of(self, request: pytest.FixtureRequest, stack: Stack) -> Rollout:
        """The rollout of a test when it has ended; raises what failed it."""
        if self._pool is None:
            self._begin(stack, request)
        self._futures[request.node.nodeid].exception()
        return self._rollouts[request.node.nodeid]

    def result(self, test: str) -> None:
        """Raises what failed a test's rollout."""
        self._futures[test].result()

    def _begin(self, stack: Stack, request: pytest.FixtureRequest) -> None:
        config = request.config
        for item in _own(request):
            params, test = item.callspec.params, item.nodeid
            one = Rollout(params["provider"], params["story"], test, pytest_plugin.report_root(config))
            self._rollouts[test] = one
        self._pool = ThreadPoolExecutor(FOR_EACH_CORE * (os.cpu_count() or 1))
        for test, one in self._rollouts.items():
            self._futures[test] = self._pool.submit(one.play, stack, pytest_plugin.again(config, test))

    def stop(self) -> None:
        """Waits for what still goes on; each rollout has a bound of its own."""
        if self._pool is not None:
            self._pool.shutdown()


def _own(request: pytest.FixtureRequest) -> list[pytest.Function]:
    """The tests of this file that this process runs; one of pytest-xdist's workers does not know them beforehand."""
    if hasattr(request.config, "workerinput"):
        return [request.node]
    return [one for one in request.session.items if isinstance(one, pytest.Function) and one.path == request.path]
