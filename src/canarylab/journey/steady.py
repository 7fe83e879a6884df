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

import requests
import tenacity

from canarylab.errors import CanarylabError, EnvironmentFault
from canarylab.flagger import queries
from canarylab.model.canary import Canary
from canarylab.model.traffic import Answer
from canarylab.report.case import Measured

T = TypeVar("T")

_ENOUGH = 20  # answers in a row without an error
_PAUSE = 0.5
# Seconds after which a query about traffic that flows has had its samples, whatever window it looks back over:
# two scrapes make a rate, and ten times that is for a machine that is busy.
_SAMPLES_BOUND = 30.0


class NotSteady(EnvironmentFault):
    """What has to be there before a revision is shipped is not."""


@dataclass(frozen=True)
class Prometheus:
    """Prometheus's HTTP API at a URL."""

    url: str

    def value(self, query: str, wall: float | None = None) -> float | None:
        """The one value of a query, now or at a second since the epoch.

        None where there is none, as Flagger sees it (empty or NaN).
        """
        asked = {"query": query} if wall is None else {"query": query, "time": f"{wall:.3f}"}
        try:
            answer = requests.get(f"{self.url}/api/v1/query", params=asked, timeout=5)
            found = answer.json()["data"]["result"]
        except (requests.RequestException, ValueError, KeyError) as error:
            raise EnvironmentFault(f"Prometheus does not answer: {error}", where=self.url) from error
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
    canary: Canary, provider: str, prometheus: Prometheus, crowds: Sequence[Callable[[], list[Answer]]]
) -> dict[str, float | None]:
    """Returns the values when the state is steady; NotSteady says what is missing, and what to look at.

    ``crowds`` give the last answers to each kind of users.
    """
    if _patiently(lambda: prometheus.value("vector(1)")) != 1:
        raise NotSteady("Prometheus does not answer vector(1) with 1, which Flagger asks", where=prometheus.url)
    for answers in crowds:
        _users_are_answered(canary, answers)

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

    return _patiently(asked)


def _users_are_answered(canary: Canary, answers: Callable[[], list[Answer]]) -> None:
    def asked() -> None:
        last = answers()[-_ENOUGH:]
        bad = [one for one in last if not one.good]
        if bad or len(last) < _ENOUGH:
            seen = f"{len(bad)} of the last {len(last)} answers failed" if last else "no answer at all"
            where, next_step = f"http://{canary.apex}.{canary.namespace}:{canary.port}", "kubectl logs users"
            raise NotSteady(f"users are not answered: {seen}", where=where, next_step=next_step)

    _patiently(asked)


def _patiently(ask: Callable[[], T]) -> T:
    """Asks until the answer is there; its own error after the bound."""
    for attempt in tenacity.Retrying(
        stop=tenacity.stop_after_delay(_SAMPLES_BOUND),
        wait=tenacity.wait_fixed(_PAUSE),
        retry=tenacity.retry_if_exception_type(CanarylabError),
        reraise=True,
    ):
        with attempt:
            return ask()
    raise AssertionError  # tenacity reraises
