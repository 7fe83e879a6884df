"""A journey: brings an application with its canary and users to a steady state, ships a revision, and records."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from canarylab.errors import EnvironmentFault, UsageError
from canarylab.journey import played, steady, users
from canarylab.journey.application import Application, Change, Crowd
from canarylab.journey.clocks import Clocks
from canarylab.journey.outcome import Outcome
from canarylab.journey.steady import Prometheus
from canarylab.kube import apply, parts, rest
from canarylab.kube.parts import Part
from canarylab.meshes import providers
from canarylab.meshes.providers import istio
from canarylab.model import expectation, releases, traffic
from canarylab.model.canary import Canary
from canarylab.model.expectation import TERMINAL
from canarylab.model.rollout import POST_ROLLOUT
from canarylab.model.timeline import Acted, CanarySeen, Timeline, Triggered
from canarylab.model.traffic import Answer
from canarylab.model.verdict import Evidence
from canarylab.observe.observer import Observer
from canarylab.observe.record import Record
from canarylab.report.case import Measured
from canarylab.report.dossier import Dossier
from canarylab.stack import Stack

Json = dict[str, Any]

_PATCH, _MERGE = "application/strategic-merge-patch+json", "application/merge-patch+json"
_INITIALISING_TICKS = 6  # three are usual: create the primary, see it ready, initialise
_SILENT_TICKS = 3  # after a rollout's end; a new revision is detected in the next one
_LOG_BOUND = 3.0  # seconds for a log line that follows a status; milliseconds are usual
_LIFETIME = 4  # bounds of a rollout after which users go home by themselves; a journey may ship several revisions


class Journey:
    """One application on one stack. ``folder`` is for a dossier if something fails; ``record`` gets the events."""

    def __init__(self, stack: Stack, application: Application, folder: Path, record: Record | None = None) -> None:
        self.stack, self.folder = stack, folder
        self.application = application = played.tested_by(stack.tester, application)
        read, release = Canary.parse(application.canary), releases.version(stack.flagger.version)
        self.canary = read.played(stack.flagger.provider, release)
        self.provider = self.canary.provider
        self.record = record or Record()
        self.outcomes: list[Outcome] = []
        self.explained: Path | None = None
        self._api = stack.cluster.api_client()
        # What Flagger does not know it takes for Istio.
        known = providers.playing(application.canary, self.provider) or istio.PROVIDER
        route, self._settle = known.route, known.settle
        clients, where = stack.cluster.api_client, stack.flagger.namespace
        self._observer = Observer(clients, self.canary, route, where, self.record)
        self._clocks = Clocks.of_this_machine(shared=stack.cluster.shares_clock)
        self._started = False
        self._shipped: Change | None = None
        # How objects of the application get to the cluster: first all but the Canary, then that one.
        self.deliver: Callable[[Sequence[Json]], None] = self._apply

    @property
    def host(self) -> str:
        """Where users reach the application."""
        return f"{self.canary.apex}.{self.canary.namespace}:{self.canary.port}"

    @property
    def prometheus(self) -> Prometheus:
        return Prometheus(self.stack.cluster.prometheus)

    def start(self) -> None:
        """Everything up to the steady state: application, canary initialised, users answered."""
        self._started = True
        space, cluster = self.canary.namespace, self.stack.cluster
        self._require_fit()
        self._observer.start()
        apply.apply(self._api, cluster.programs(), namespace=space)
        self.deliver([*map(cluster.adapted, self.application.objects)])
        if self.application.early:
            self._bring_users()
        self.deliver([self.application.canary])
        limit = self.canary.deadline + _INITIALISING_TICKS * self.canary.interval
        self.wait(lambda seen: seen.phase() == "Initialized", "the canary is initialised", limit)
        if not self.application.early:
            self._bring_users()
        self.steady_state()

    def _apply(self, objects: Sequence[Json]) -> None:
        """Applies objects from here, and returns when their workloads are available."""
        part = Part("application", tuple(objects), self.canary.namespace)
        parts.install(self._api, part, failure=self.stack.cluster.failure)

    def _require_fit(self) -> None:
        """UsageError when the cluster does not take the application."""
        cluster = self.stack.cluster
        if why := cluster.unfit(users.everything(self.application), self.canary.namespace):
            raise UsageError(why, where=f"cluster {cluster.name}", next_step="docs/existing.md says what runs where")

    def _bring_users(self) -> None:
        lifetime, space = _LIFETIME * expectation.bound(self.canary), self.canary.namespace
        pods = [users.pod(crowd, space, crowd.host or self.host, lifetime) for crowd in self.application.crowds]
        apply.apply(self._api, map(self.stack.cluster.adapted, pods), namespace=space)

    def steady_state(self) -> None:
        """NotSteady when users or Flagger's own queries about the primary get no answer; nothing without users."""
        if self.application.crowds:
            crowds = [lambda crowd=crowd: self._answers(crowd, tail=50) for crowd in self.application.crowds]
            steady.require(self.canary, self.provider, self.prometheus, crowds, self.stack.cluster.patience)
            for crowd in self.application.crowds:
                self._clocks.set(crowd.name, partial(self._told, crowd, 1))

    def ship(self, change: Change) -> Outcome:
        """Ships a revision and returns when its rollout has ended; a bound is computed from the canary's ticks."""
        self.begin(change)
        return self.finish()

    def begin(self, change: Change) -> None:
        """Ships a revision."""
        if not self._started:
            self.start()
        self.record.append(Triggered, "trigger", what=str(change))
        self._send(change)

    def also(self, change: Change) -> None:
        """Ships another revision while the first one is on its way."""
        self.record.append(Acted, "act", what=f"shipped as well: {change}")
        self._send(change)

    def _send(self, change: Change) -> None:
        plural, api_version = f"{self.canary.kind.lower()}s", self.application.target["apiVersion"]
        where = apply.path(api_version, plural, self.canary.namespace, self.canary.target)
        body = self.application.patch(change, self._shipped)
        rest.send(self._api, "PATCH", where, body=body, content_type=_PATCH if self.application.strategic else _MERGE)
        self._shipped = change

    def gate(self, word: str, of: str = "gate") -> None:
        """``open`` or ``close``: the load tester's gate of this canary, which is closed at first.

        It has two: ``gate``, which every kind of webhook may ask, and ``rollback``.
        """
        where = f"{self.stack.tester.proxy}/{of}/{word}"
        rest.text(self._api, "POST", where, {"name": self.canary.name, "namespace": self.canary.namespace})
        self.record.append(Acted, "act", what=f"{of}: {word}")

    def run(self, command: str) -> None:
        """Lets the load tester run a command, as a webhook of type ``cmd`` does."""
        where = f"{self.stack.tester.proxy}/"
        asked = {"name": self.canary.name, "namespace": self.canary.namespace, "phase": "Progressing"}
        rest.text(self._api, "POST", where, {**asked, "metadata": {"type": "cmd", "cmd": command}})
        self.record.append(Acted, "act", what=f"run: {command}")

    def post_to_canary(self, path: str) -> None:
        """POSTs to every pod of the new revision, past the mesh."""
        found = rest.send(self._api, "GET", apply.path("v1", "pods", self.canary.namespace), query=self._canary_pods())
        for pod in found["items"]:
            one = f"{pod['metadata']['name']}:{self.canary.port}"
            rest.text(self._api, "POST", apply.path("v1", "pods", self.canary.namespace, one) + f"/proxy{path}")
        self.record.append(Acted, "act", what=f"POST {path} to {len(found['items'])} pods of the new revision")

    def _canary_pods(self) -> dict[str, str]:
        labels = self.application.target["spec"]["selector"]["matchLabels"]
        return {"labelSelector": ",".join(f"{name}={value}" for name, value in labels.items())}

    def wait(self, until: Callable[[Timeline], bool], what: str, limit: float | None = None) -> None:
        """Waits for something in the record; EnvironmentFault with a dossier when it does not come.

        ``limit`` is in seconds. If none is given, it is the rollout's own bound, and waiting ends early where the
        rollout has ended and nothing happened since for some ticks.
        """
        failure = self.stack.cluster.failure
        still = failure if limit else lambda: failure() or self._over() or None
        why = self.record.wait(until, limit or expectation.bound(self.canary), still)
        if why:
            where = f"canary/{self.canary.namespace}/{self.canary.name}"
            raise EnvironmentFault(f"not seen: {what}: {why}", where=where, next_step=f"read {self.explain(why)}")

    def _over(self) -> str:
        return over(self.record.timeline, time.monotonic() - _SILENT_TICKS * self.canary.interval)

    def reach(self, phase: str, weight: int = 0) -> None:
        """Waits until the Canary has that phase and weight after the trigger."""
        self.wait(lambda seen: _reached(seen, phase, weight), f"{phase} {weight}%")

    def finish(self, extra_ticks: int = 0) -> Outcome:
        """Waits for the rollout's end and takes the evidence; ``extra_ticks`` are those that it was held up for."""
        limit = expectation.bound(self.canary, extra_ticks)
        stuck = self.record.wait(ended, limit, self.stack.cluster.failure)
        if not stuck:
            self._observer.settle()
            self.record.wait(lambda seen: closing_words(seen, self.canary), _LOG_BOUND)
        words = f"the rollout did not end: {stuck}" if stuck else ""
        self.outcomes.append(Outcome(self.evidence(), words, self.explain))
        return self.outcomes[-1]

    def look(self) -> Outcome:
        """The evidence now, of a rollout that need not have ended."""
        self._observer.settle()
        self.outcomes.append(Outcome(self.evidence(), "", self.explain))
        return self.outcomes[-1]

    def evidence(self) -> Evidence:
        """Everything that is known now."""
        crowds = [
            traffic.Crowd(one.name, self._answers(one), one.matching, one.told, self._settle)
            for one in self.application.crowds
        ]
        return Evidence(self.canary, self.record.timeline, crowds)

    def _answers(self, crowd: Crowd, tail: int = 0) -> list[Answer]:
        return self._clocks.here(crowd.name, self._told(crowd, tail))

    def _told(self, crowd: Crowd, tail: int = 0) -> list[Answer]:
        """The answers with the times of the crowd's own clock."""
        return users.answers(self._api, self.canary.namespace, crowd, tail)

    def explain(self, text: str) -> Path:
        """Writes a dossier with everything that explains a failure, and returns its folder."""
        made = Dossier(self.folder, self.stack.cluster, self.stack.flagger.namespace, self.stack.tester)
        self.explained = made.write(text, self.evidence(), self._metrics)
        return self.explained

    def _metrics(self) -> list[Measured]:
        """What Flagger's queries say of the new revision now."""
        return steady.measured(self.prometheus, self.canary, self.provider, self.canary.target)

    def stop(self) -> None:
        """Ends the watches and the users; the rest goes with the namespace."""
        self._observer.stop()
        for crowd in self.application.crowds:
            where = apply.path("v1", "pods", self.canary.namespace, crowd.name)
            with contextlib.suppress(rest.Refused, EnvironmentFault):
                rest.send(self._api, "DELETE", where, body={"gracePeriodSeconds": 0})


def ended(seen: Timeline) -> bool:
    """Whether a rollout began after the trigger and has reached a terminal phase."""
    phases = [one.phase for one in seen.since_trigger().of(CanarySeen)]
    return len(phases) > 1 and "Progressing" in phases[1:] and phases[-1] in TERMINAL


def over(seen: Timeline, since: float) -> str:
    """How the rollout has ended, if nothing at all happened after ``since`` (monotonic seconds); else nothing."""
    if not ended(seen) or seen.events[-1].at > since:
        return ""
    last = seen.stages()[-1]
    return f"the rollout has ended: {last.phase} {last.weight}%"


def _reached(seen: Timeline, phase: str, weight: int) -> bool:
    stages = seen.since_trigger().stages()
    return bool(stages) and (stages[-1].phase, stages[-1].weight) == (phase, weight)


def closing_words(seen: Timeline, canary: Canary) -> bool:
    """Whether Flagger's last words were heard: after a rollback those about webhooks of type post-rollout."""
    said = seen.since_trigger().reasons()
    wanted = sum(one.type == POST_ROLLOUT for one in canary.webhooks)
    asked = sum(text.startswith("Post-rollout") for text in said)
    failed = any(text.startswith(("Canary failed", "Promotion of")) for text in said)
    return (failed and asked >= wanted) or any(text.startswith("Promotion completed") for text in said)
