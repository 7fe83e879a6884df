"""The cluster that a demo plays on: its Canaries are followed by watches from when they appear, never by the screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from canarylab.clock import Clock, SystemClock
from canarylab.errors import CanarylabError
from canarylab.flagger import queries
from canarylab.journey import Application, Journey
from canarylab.kube import rest
from canarylab.kube.apply import path
from canarylab.model import expectation
from canarylab.model.timeline import CanarySeen
from canarylab.observe.observer import PLURALS
from canarylab.record import asserted, turns
from canarylab.record.capture import Turn
from canarylab.record.script import Assert, CanaryName, Step
from canarylab.stack import Stack

Json = dict[str, Any]
DoStep = Callable[[Journey, str], None]

_AGAIN = 0.5  # seconds between looks for a Canary that is not there yet
_INITIALISING_TICKS = 6  # three are usual: create the primary, see it ready, initialise
_SUCCESS = "request-success-rate"
_CREDENTIALS = ("token", "password", "client-key-data", "client-certificate-data")


class Joined(Journey):
    """A journey with an application that somebody else has installed; it only looks."""

    def start(self) -> None:
        self._started = True
        self._observer.start()


class Ground:
    """Canaries on one stack. ``folder`` is for a dossier; ``do_step`` does a step of a scenario on a journey."""

    def __init__(
        self, stack: Stack, canaries: Sequence[CanaryName], folder: Path, do_step: DoStep, clock: Clock | None = None
    ) -> None:
        self._stack, self._canaries, self._folder, self._do_step = stack, canaries, folder, do_step
        self._clock = clock or SystemClock()
        self._journeys: dict[CanaryName, Journey] = {}
        self._looked = float("-inf")
        self._settled: dict[CanaryName, int] = {}  # how many events there were when something was last found to hold

    def look(self) -> None:
        """Follows those Canaries that are there now."""
        self._looked = self._clock.monotonic()
        for name in self._canaries:
            if name not in self._journeys and (application := self._application(name)):
                self._journeys[name] = Joined(self._stack, application, self._folder)
                self._journeys[name].start()

    def _application(self, name: CanaryName) -> Application | None:
        """The Canary with its target, as the API has them; None while they are not there."""
        api = self._stack.cluster.api_client()
        try:
            canary = rest.send(api, "GET", path("flagger.app/v1beta1", "canaries", name.namespace, name.name))
            ref = canary["spec"]["targetRef"]
            target = rest.send(api, "GET", path("apps/v1", PLURALS[ref["kind"]], name.namespace, ref["name"]))
        except rest.Refused as error:
            if error.status == 404:
                return None
            raise
        return Application.of([target, canary], name.namespace, where=str(name))

    def failure(self) -> str | None:
        """What ended the cluster."""
        return self._stack.cluster.failure()

    def _journey(self, name: CanaryName) -> Journey | None:
        """The journey of a Canary, which may have appeared meanwhile."""
        if name not in self._journeys and self._clock.monotonic() - self._looked >= _AGAIN:
            self.look()
        return self._journeys.get(name)

    def holds(self, asked: Assert) -> bool:
        """Whether a Canary is as it has to be; CanarylabError when it has come to another end."""
        journey = self._journey(asked.canary)
        if journey is None:
            return False
        seen = journey.record.timeline
        if asserted.holds(seen, asked):
            self._settled[asked.canary] = len(seen.events)
            return True
        if why := asserted.missed(seen.events[self._settled.get(asked.canary, 0) :], asked):
            raise CanarylabError(why)
        return False

    def bound(self, asked: Assert) -> float:
        """Seconds after which it would have come: a rollout's own, or those of initialising."""
        journey = self._journey(asked.canary)
        if journey is None or asked.wanted.get("phase") in ("Initializing", "Initialized"):
            interval, deadline = (journey.canary.interval, journey.canary.deadline) if journey else (10.0, 60)
            return deadline + _INITIALISING_TICKS * interval
        return expectation.bound(journey.canary)

    def until_check(self, canary: CanaryName) -> float:
        """Seconds until Flagger will just have looked; 0 where it has not been seen to do so yet."""
        journey = self._journey(canary)
        if journey is None:
            return 0.0
        return asserted.until_check(journey.record.timeline, journey.canary.interval, self._clock.monotonic())

    def do(self, step: Step) -> None:
        """Does a step of a scenario, on the first Canary of the demo."""
        self.look()
        if not self._journeys:
            what = "a step needs a Canary, and none of the demo's is there yet"
            raise CanarylabError(what, next_step="assert its phase before the step")
        self._do_step(next(iter(self._journeys.values())), step.step)

    def turns(self) -> list[Turn]:
        """The stages that rollouts have come to, with users' success rate at that time."""
        found = [one for journey in self._journeys.values() for one in self._turns(journey)]
        return sorted(found, key=lambda one: one.at)

    def _turns(self, journey: Journey) -> list[Turn]:
        walls = {one.at: one.wall for one in journey.record.timeline.of(CanarySeen)}
        canary = journey.canary
        found = turns.of(journey.record.timeline, turns.checks(canary), canary.interval)
        return [replace(one, success=self._success(journey, walls[one.at])) for one in found]

    def _success(self, journey: Journey, wall: float) -> float | None:
        """What Flagger's own query says of the new revision at a second of the wall clock."""
        canary = journey.canary
        query = queries.queries(canary, journey.provider, canary.target).get(_SUCCESS)
        try:
            return journey.prometheus.value(query, wall) if query else None
        except CanarylabError:
            return None  # the panel has a gap there

    def secrets(self) -> list[str]:
        """The values of the cluster's credentials."""
        users = yaml.safe_load(self._stack.cluster.kubeconfig.read_text())["users"]
        return [str(one["user"][name]) for one in users for name in _CREDENTIALS if name in one["user"]]

    def close(self) -> None:
        """Ends the watches."""
        for one in self._journeys.values():
            one.stop()
