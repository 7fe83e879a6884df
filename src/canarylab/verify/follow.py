"""Follows the rollouts of some Canaries side by side until each of them is over, and gives the case of each.

The shell of this package: it holds the observers and the clock; ``progress`` and ``judge`` decide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from canarylab.clock import Clock, SystemClock
from canarylab.errors import CanarylabError
from canarylab.flagger.reasons import Kind
from canarylab.flagger.running import Running
from canarylab.kube import rest
from canarylab.kube.apply import path
from canarylab.meshes import providers
from canarylab.model import expectation, timeline
from canarylab.model.canary import Canary
from canarylab.model.timeline import Timeline
from canarylab.observe.events import EVENTS
from canarylab.observe.observer import Observer
from canarylab.observe.record import Record
from canarylab.report.case import Case, Right
from canarylab.verify import judge, progress, rights, stuck
from canarylab.verify.inquiry import Inquiry
from canarylab.verify.judge import Evidence
from canarylab.verify.progress import Limits, Standing
from canarylab.verify.stuck import Found
from canarylab.verify.subject import Subject

REQUIRED = frozenset({timeline.CANARY})  # everything else is told as far as the account may see it
_WORDS_BOUND = 3.0  # seconds for what Flagger says of an end that its status shows already
_LAST_WORDS = frozenset({Kind.DONE, Kind.FAILED})


@dataclass(frozen=True)
class Settings:
    """``make`` makes clients. ``timeout`` and ``start_within`` are in seconds; no timeout: the rollout's own bound."""

    make: Callable[[], Any]
    start_within: float
    timeout: float | None = None
    flagger: Running | None = None
    flagger_namespace: str = ""
    prometheus: str = ""
    clock: Clock = field(default_factory=SystemClock)


class Follow:
    """One Canary, from when it is followed on to its case."""

    def __init__(self, settings: Settings, subject: Subject) -> None:
        self.subject, self._settings = subject, settings
        self._route = providers.route(subject.canary.provider)
        end = settings.timeout if settings.timeout is not None else expectation.bound(subject.canary)
        self._limits = Limits(settings.start_within, end)
        record = Record(settings.clock)
        self.observer = Observer(
            settings.make, subject.canary, self._route, settings.flagger_namespace, record, required=REQUIRED
        )
        self._since = settings.clock.monotonic()
        self._missing: list[Right] = []
        self._pods: list[str] = []
        self._looked = 0  # the tick in which pods were looked at last

    @property
    def record(self) -> Timeline:
        return self.observer.record.timeline

    def standing(self) -> Standing:
        return progress.standing(self.record, self._since, self._settings.clock.monotonic(), self._limits)

    def over(self) -> bool:
        """Whether there is no use in following it any longer."""
        self._look()
        return self.standing().over or timeline.CANARY in self.observer.refusals() or not self.observer.exists()

    def _look(self) -> None:
        """Looks at the pods once in each tick in which a workload is not ready: after a rollback they are gone."""
        tick = stuck.unready(self.subject.canary, self.record)
        if tick > self._looked:
            self._looked, inquiry = tick, self._inquiry()
            self._pods = inquiry.pods() or self._pods
            self._missing += inquiry.missing

    def _inquiry(self) -> Inquiry:
        settings = self._settings
        return Inquiry(settings.make(), self.subject, settings.flagger, settings.prometheus)

    def case(self) -> Case:
        """Its case; asks for what explains it unless it was promoted."""
        standing, lost, at = self.standing(), self._lost(), self._settings.clock.monotonic()
        if standing is Standing.ENDED:
            self._settle()
        evidence = Evidence(self.subject, self.record, standing, at, lost, self._edited())
        case = judge.judge(evidence)
        if case.holds or standing is Standing.NEVER:
            return case
        return judge.judge(replace(evidence, found=self._ask()))

    def rights(self) -> list[Right]:
        """What this account was refused."""
        where, refused = self._settings.flagger_namespace, self.observer.refusals()
        return [*rights.of_sources(self.subject.canary, self._route, where, refused), *self._missing]

    def _lost(self) -> str:
        """Why nothing more is to be seen of the Canary."""
        if refused := self.observer.refusals().get(timeline.CANARY):
            return f"the Canary cannot be followed: {refused.what}; {rights.canaries(self.subject.canary.namespace)}"
        if not self.observer.exists():
            return "the Canary was deleted"
        silent = self.observer.silent()
        return f"the API server does not answer any more: {silent}" if silent else ""

    def _settle(self) -> None:
        """Waits for what belongs to the end: every watch up to now, and Flagger's last words."""
        try:
            self.observer.settle()
        except CanarylabError:
            return  # what was seen until now is judged
        if not self.observer.refusals().keys() >= {timeline.LOG, EVENTS}:
            self.observer.record.wait(_closing_words, _WORDS_BOUND)

    def _edited(self) -> bool:
        """Whether the Canary now decides another timeline than the one that it is held against."""
        canary = self.subject.canary
        where = path("flagger.app/v1beta1", "canaries", canary.namespace, canary.name)
        try:
            now = Canary.parse(rest.send(self._settings.make(), "GET", where))
        except (CanarylabError, KeyError, TypeError):
            return False  # it is gone, or no Canary that can be read
        return now.played(canary.provider, canary.flagger) != canary

    def _ask(self) -> Found:
        inquiry = self._inquiry()
        silent = {one.what for one in judge.said(progress.rollout(self.record)) if one.kind is Kind.NO_VALUES}
        pods = inquiry.pods() or self._pods
        queries = inquiry.queries(silent)
        self._missing += inquiry.missing
        return Found(tuple(pods), tuple(queries))


def _closing_words(seen: Timeline) -> bool:
    return any(one.kind in _LAST_WORDS for one in judge.said(progress.rollout(seen)))


def start(settings: Settings, subjects: Iterable[Subject]) -> list[Follow]:
    """Follows each of them; EnvironmentFault when one cannot be listed."""
    follows = [Follow(settings, one) for one in subjects]
    try:
        for one in follows:
            one.observer.start()
    except CanarylabError:
        stop(follows)
        raise
    return follows


def stop(follows: Iterable[Follow]) -> None:
    for one in follows:
        one.observer.stop()
