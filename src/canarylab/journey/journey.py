"""A journey: brings an application with its canary and users to a steady state, ships a revision, and records."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

from canarylab import flagger
from canarylab.errors import EnvironmentFault
from canarylab.journey import steady, users
from canarylab.journey.application import Application, Change
from canarylab.journey.outcome import Outcome
from canarylab.journey.steady import Prometheus
from canarylab.kube import apply, parts, rest
from canarylab.kube.parts import Part
from canarylab.model import expectation, traffic
from canarylab.model.canary import Canary
from canarylab.model.expectation import TERMINAL
from canarylab.model.timeline import CanarySeen, Timeline, Triggered
from canarylab.model.verdict import Evidence
from canarylab.observe.observer import PLURALS, Observer
from canarylab.observe.record import Record
from canarylab.observe.routes import ROUTES
from canarylab.report.dossier import Dossier
from canarylab.stack import Stack

Json = dict[str, Any]

_PATCH = "application/strategic-merge-patch+json"
_INITIALISING_TICKS = 6  # three are usual: create the primary, see it ready, initialise
_LOG_BOUND = 3.0  # seconds for a log line that follows a status; milliseconds are usual


class Journey:
    """One application on one stack. ``folder`` is for the record, and for a dossier if something fails."""

    def __init__(self, stack: Stack, application: Application, folder: Path) -> None:
        self.stack, self.application, self.folder = stack, application, folder
        self.canary = Canary.parse(application.canary)
        self.provider = self.canary.provider or stack.flagger.provider
        self._api = stack.cluster.api_client()
        self._observer: Observer | None = None
        self.outcomes: list[Outcome] = []
        self.explained: Path | None = None
        self.record = Record()

    @property
    def host(self) -> str:
        """Where users reach the application."""
        return f"{self.canary.apex}.{self.canary.namespace}:{self.canary.port}"

    @property
    def prometheus(self) -> Prometheus:
        return Prometheus(f"http://127.0.0.1:{self.stack.cluster.ports['prometheus']}")

    def start(self) -> Observer:
        """Everything up to the steady state: application, load tester, canary initialised, users answered."""
        space = self.canary.namespace
        app = Part("application", self.application.objects, space)
        parts.install(
            self._api, app, flagger.tester(self.stack.cluster.toolset, space), failure=self.stack.cluster.failure
        )
        observer = self._observe()
        apply.apply(self._api, [self.application.canary], namespace=space)
        limit = self.canary.deadline + _INITIALISING_TICKS * self.canary.interval
        self._await(lambda seen: seen.phase() == "Initialized", limit, "the canary was not initialised")
        lifetime = 2 * expectation.bound(self.canary)
        apply.apply(self._api, [users.pod(self.application, self.host, lifetime)], namespace=space)
        self.steady_state()
        return observer

    def _observe(self) -> Observer:
        route = ROUTES.get(self.provider)
        self._observer = Observer(
            self.stack.cluster.api_client, self.canary, route, self.stack.flagger.namespace, self.record
        )
        self._observer.start()
        return self._observer

    def steady_state(self) -> dict[str, float | None]:
        """What Flagger's own queries say of the primary now; NotSteady when users or queries get no answer."""
        return steady.require(self.canary, self.provider, self.prometheus, lambda: self._answers(tail=50))

    def ship(self, change: Change) -> Outcome:
        """Ships a revision and returns when its rollout has ended; a bound is computed from the canary's ticks."""
        observer = self._observer or self.start()
        self.record.append(Triggered, "trigger", what=str(change))
        where = apply.path("apps/v1", PLURALS[self.canary.kind], self.canary.namespace, self.canary.target)
        rest.send(self._api, "PATCH", where, body=self.application.patch(change), content_type=_PATCH)
        stuck = self.record.wait(ended, expectation.bound(self.canary), self.stack.cluster.failure)
        observer.settle()
        self.record.wait(_closing_words, _LOG_BOUND)
        words = f"the rollout did not end: {stuck}" if stuck else ""
        self.outcomes.append(Outcome(self._evidence(), words, self.explain))
        return self.outcomes[-1]

    def _evidence(self) -> Evidence:
        return Evidence(self.canary, self.record.timeline, self._answers())

    def _answers(self, tail: int = 0) -> list[traffic.Answer]:
        """What users were answered until now; nothing where there are no users yet."""
        try:
            return users.answers(self._api, self.canary.namespace, tail)
        except rest.Refused:
            return []

    def _await(self, until: Any, limit: float, what: str) -> None:
        why = self.record.wait(until, limit, self.stack.cluster.failure)
        if why:
            where = f"canary/{self.canary.namespace}/{self.canary.name}"
            raise EnvironmentFault(f"{what}: {why}", where=where, next_step=f"read {self.explain(why)}")

    def explain(self, text: str) -> Path:
        """Writes a dossier with everything that explains a failure, and returns its folder."""
        made = Dossier(self.folder, self.stack.cluster, self.stack.flagger.namespace)
        self.explained = made.write(text, self._evidence(), self._metrics)
        return self.explained

    def _metrics(self) -> dict[str, float | None]:
        """What Flagger's queries say of the new revision now."""
        return steady.values(self.prometheus, self.canary, self.provider, self.canary.target)

    def stop(self) -> None:
        """Ends the watches and the users; the rest goes with the namespace."""
        if self._observer is not None:
            self._observer.stop()
        where = apply.path("v1", "pods", self.canary.namespace, users.NAME)
        with contextlib.suppress(rest.Refused, EnvironmentFault):
            rest.send(self._api, "DELETE", where, body={"gracePeriodSeconds": 0})


def ended(seen: Timeline) -> bool:
    """Whether a rollout began after the trigger and has reached a terminal phase."""
    phases = [one.phase for one in seen.since_trigger().of(CanarySeen)]
    return len(phases) > 1 and "Progressing" in phases[1:] and phases[-1] in TERMINAL


def _closing_words(seen: Timeline) -> bool:
    said = seen.since_trigger().reasons()
    return any(text.startswith(("Promotion completed", "Canary failed")) for text in said)
