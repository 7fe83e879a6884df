"""The runner: a thin shell that brings a scenario's application up, does its steps, and undoes everything.

What happens is written into the journey's record; what it means is judged elsewhere, by pure functions.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from canarylab import meshes
from canarylab.errors import CanarylabError
from canarylab.gitops import Delivery
from canarylab.journey import Application, Journey, Outcome, acts, capture, played
from canarylab.model.canary import Canary
from canarylab.model.expectation import Expectation
from canarylab.model.verdict import Evidence, Verdict
from canarylab.observe.record import Record
from canarylab.scenario import applications, sense, unrouted
from canarylab.scenario.claim import Claim, Seen
from canarylab.scenario.document import Entry, Scenario
from canarylab.scenario.expect.plan import Plan
from canarylab.scenario.judge import judge
from canarylab.scenario.load import File
from canarylab.scenario.result import Judged, Result, Status, Trouble
from canarylab.scenario.stage import Stage
from canarylab.scenario.step import Step
from canarylab.scenario.steps.fault import OneFault
from canarylab.stack import Stack


@dataclass(frozen=True)
class Prepared:
    """A scenario that knows its namespace, and its application."""

    file: File
    scenario: Scenario
    application: Application
    namespace: str

    def unfit(self, rung: str, mesh: str) -> str:
        """Why it cannot run there, known before anything is started; empty if it can."""
        for _, entry in sense.entries(self.scenario):
            if isinstance(entry.verb, OneFault):
                why = entry.verb.fault().unfit(rung, mesh, self.application)
                if why:
                    return why
        canary = Canary.parse(self.application.canary)
        routed = canary.played(meshes.get(mesh).provider).routed
        return "" if routed else unrouted.why(self.scenario, canary)


def prepare(file: File, namespace: str, mesh: str = "") -> Prepared:
    """Puts in what the run knows: first the namespace, which makes the application, then the names that come of it.

    The application is as the mesh plays it.
    """
    folder = file.path.parent
    given = file.bound(namespace=namespace, canary="canary", target="target").given
    canary = Canary.parse(applications.build(given, namespace, folder).canary)
    scenario = file.bound(namespace=namespace, canary=canary.name, target=canary.target)
    return Prepared(file, scenario, played.on(mesh, applications.build(scenario.given, namespace, folder)), namespace)


@dataclass
class Run:
    """One run of one scenario. ``pause`` is called with the result of a failed one, before anything is undone;
    ``record`` gets the events, ``folder`` a dossier if there is one.
    """

    prepared: Prepared
    stack: Stack
    folder: Path
    record: Record = field(default_factory=Record)
    pause: Callable[[Result], None] = lambda _result: None
    troubles: list[Trouble] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.journey = Journey(self.stack, self.prepared.application, self.folder, self.record)
        self._stage = Stage(self.journey, self.prepared.file.path.parent, git=self._delivery())
        self._began = time.monotonic()

    def run(self) -> Result:
        """Everything, the clean-up too, whatever happens on the way."""
        try:
            result = self._judged(self._act())
            if result.status is Status.FAILED:
                self._do("catch", self.prepared.scenario.catch)
                self.pause(result)
        finally:
            self._clean_up()
        return replace(result, troubles=tuple(self.troubles), seconds=time.monotonic() - self._began)

    def _delivery(self) -> Delivery | None:
        """The application's way by git, if that is given."""
        git = self.prepared.scenario.given.git
        return Delivery(self.journey, git.settings()) if git else None

    def _act(self) -> Outcome:
        """The steps, and the wait for the end; the evidence as it then is."""
        scenario = self.prepared.scenario
        self._prepare()
        if self._stage.git:
            self._stage.afterwards("git", self._stage.git.stop)
        self.journey.start()
        self._do("steps", scenario.steps)
        if self.troubles or scenario.until == "steps":
            return self.journey.look()
        return self.journey.finish()

    def _prepare(self) -> None:
        """The steps before everything; a failure of one ends the run."""
        self._do("prepare", self.prepared.scenario.prepare)
        for trouble in self.troubles:
            raise CanarylabError(f"{trouble.what}: {trouble.error}", where=trouble.where) from trouble.error

    def _do(self, section: str, entries: Sequence[Any], *, all_of_them: bool = False) -> None:
        """Does steps in order until one does not work; ``all_of_them`` are done in ``finally``."""
        for number, entry in enumerate(entries):
            try:
                _step(entry).do(self._stage)
            except CanarylabError as error:
                where = self.prepared.file.place(section, number, entry.name)
                self.troubles.append(Trouble(section, f"{entry.name}: {entry.verb.words()}", where, error))
                if not all_of_them:
                    return

    def _judged(self, outcome: Outcome) -> Result:
        scenario, file = self.prepared.scenario, self.prepared.file
        seen = self._seen(outcome.evidence)
        upstream = scenario.upstream
        observed = upstream.observed if upstream else ()
        result = Result(
            title=scenario.title,
            file=file.name,
            namespace=self.prepared.namespace,
            expected=judge(file, scenario.expect, ("expect",), seen, outcome.stuck),
            observed=judge(file, observed, ("upstream", "observed"), seen),
            troubles=tuple(self.troubles),
            upstream=f"fluxcd/flagger#{upstream.issue}" if upstream else "",
            applies=bool(upstream and upstream.applies(self.stack.flagger.version)),
            summary=outcome.summary,
            said=outcome.reasons,
            again=again(file),
        )
        outcome.verdicts.append((_whole(scenario, seen), _verdict(result.expected)))
        if result.status is Status.FAILED:
            result = replace(result, dossier=self.journey.explain(str(result)))
        return result

    def _seen(self, evidence: Evidence) -> Seen:
        """The evidence with the answers to what the claims have to ask."""
        given, journey = self.prepared.scenario.given, self.journey
        kept = given.alerts or bool(given.listens)
        claims = list(_claims(self.prepared.scenario))
        queries = {query for claim in claims for query in claim.queries(evidence)}
        references = {name for claim in claims for name in claim.references()}
        return Seen(
            evidence,
            sent=capture.sent(self.stack.cluster, self.prepared.namespace) if kept else (),
            values={query: journey.prometheus.value(query.text, query.wall) for query in queries},
            objects={name: acts.get(journey, name) for name in references},
            folder=self.prepared.file.path.parent,
        )

    def _clean_up(self) -> None:
        """``finally``, then everything that was begun, in reverse order; each failure is kept."""
        self._do("finally", self.prepared.scenario.finally_, all_of_them=True)
        for what, undo in self._stage.left():
            try:
                undo()
            except CanarylabError as error:
                self.troubles.append(Trouble("clean-up", what, self.prepared.file.name, error))

    def close(self) -> None:
        """Ends the watches and the users; until then the evidence can be had."""
        self.journey.stop()


def _step(entry: Entry) -> Step:
    step = entry.verb
    assert isinstance(step, Step)  # noqa: S101 - of a list of steps
    return step


def _claims(scenario: Scenario) -> Iterator[Claim]:
    for _, entry in sense.entries(scenario):
        if isinstance(entry.verb, Claim):
            yield entry.verb


def _whole(scenario: Scenario, seen: Seen) -> Expectation | None:
    """The whole rollout that is expected, where a claim tells it."""
    plans = [entry.verb for entry in scenario.expect if isinstance(entry.verb, Plan)]
    return plans[0].expected(seen) if plans else None


def _verdict(judged: Sequence[Judged]) -> Verdict:
    return Verdict(tuple(finding for one in judged for finding in one.findings))


def again(file: File) -> str:
    """The command that runs a scenario once more."""
    given = "".join(f" --set {name}={value}" for name, value in file.given.items())
    return f"canarylab run {file.name}{given}"
