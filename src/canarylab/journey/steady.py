"""The steady state before a trigger: without it, nothing that comes after means anything.

The Canary is Initialized (or an earlier rollout has ended), users are answered, Prometheus answers as Flagger
wants it (``vector(1)`` is 1), and the very queries that Flagger will make of the new revision return values
when they are asked about the primary, which serves the users now.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import tenacity

from canarylab.clusters.ways import Way
from canarylab.errors import CanarylabError, EnvironmentFault
from canarylab.flagger import queries
from canarylab.model.canary import Canary
from canarylab.model.traffic import Answer
from canarylab.report.case import Measured

T = TypeVar("T")

_ENOUGH = 20  # answers in a row without an error
_PAUSE = 0.5


class NotSteady(EnvironmentFault):
    """What has to be there before a revision is shipped is not."""


@dataclass(frozen=True)
class Prometheus:
    """Prometheus's HTTP API by a way to it."""

    way: Way

    def value(self, query: str, wall: float | None = None) -> float | None:
        """The one value of a query, now or at a second since the epoch.

        None where there is none, as Flagger sees it (empty or NaN).
        """
        asked = {"query": query} if wall is None else {"query": query, "time": f"{wall:.3f}"}
        try:
            found = self.way.get("/api/v1/query", asked)["data"]["result"]
        except (CanarylabError, KeyError, TypeError) as error:
            raise EnvironmentFault(f"Prometheus does not answer: {error}", where=self.way.where) from error
        value = float(found[0]["value"][1]) if found else math.nan
        return None if math.isnan(value) else value


def values(prometheus: Prometheus, canary: Canary, provider: str, workload: str) -> dict[str, float | None]:
    """Each of Flagger's queries about a workload, with its value now."""
    asked = queries.queries(canary, provider, workload)
    return {name: prometheus.value(query) for name, query in asked.items()}


def measured(prometheus: Prometheus, canary: Canary, provider: str, workload: str) -> list[Measured]:
    """The same with the queries and their limits, as a dossier tells it."""
    found, limits = values(prometheus, canary, provider, workload), {one.name: one for one in canary.metrics}
    return [
        Measured(name, query, found[name], limits[name].least, limits[name].most)
        for name, query in queries.queries(canary, provider, workload).items()
    ]


def require(
    canary: Canary,
    provider: str,
    prometheus: Prometheus,
    crowds: Sequence[Callable[[], list[Answer]]],
    patience: float,
) -> dict[str, float | None]:
    """Returns the values when the state is steady; NotSteady says what is missing, and what to look at.

    ``crowds`` give the last answers to each kind of users; ``patience`` are the seconds that each look may take.
    """
    if _patiently(lambda: prometheus.value("vector(1)"), patience) != 1:
        raise NotSteady("Prometheus does not answer vector(1) with 1, which Flagger asks", where=prometheus.way.where)
    for answers in crowds:
        _users_are_answered(canary, answers, patience)

    def asked() -> dict[str, float | None]:
        found = values(prometheus, canary, provider, canary.primary)
        missing = [name for name, value in found.items() if value is None]
        if missing:
            raise NotSteady(
                f"no values for {', '.join(missing)} of {canary.primary}, which users reach",
                where=f"canary/{canary.namespace}/{canary.name}",
                next_step="ask Prometheus for the metric without labels, and see which of the query's labels is "
                f"missing: {'; '.join(queries.queries(canary, provider, canary.primary).values())}",
            )
        return found

    return _patiently(asked, patience)


def _users_are_answered(canary: Canary, answers: Callable[[], list[Answer]], patience: float) -> None:
    def asked() -> None:
        last = answers()[-_ENOUGH:]
        bad = [one for one in last if not one.good]
        if bad or len(last) < _ENOUGH:
            seen = f"{len(bad)} of the last {len(last)} answers failed" if last else "no answer at all"
            where, next_step = f"http://{canary.apex}.{canary.namespace}:{canary.port}", "kubectl logs users"
            raise NotSteady(f"users are not answered: {seen}", where=where, next_step=next_step)

    _patiently(asked, patience)


def _patiently(ask: Callable[[], T], patience: float) -> T:
    """Asks until the answer is there; its own error after the bound."""
    for attempt in tenacity.Retrying(
        stop=tenacity.stop_after_delay(patience),
        wait=tenacity.wait_fixed(_PAUSE),
        retry=tenacity.retry_if_exception_type(CanarylabError),
        reraise=True,
    ):
        with attempt:
            return ask()
    raise AssertionError  # tenacity reraises
