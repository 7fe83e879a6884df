"""Asks Prometheus, by its URL or through the API server's proxy to its Service; nothing else is sent to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from canarylab.clusters.ways import Way
from canarylab.errors import EnvironmentFault
from canarylab.flagger.diagnose import Labels

Asked = Callable[[str], Sequence[Labels]]


def asking(way: Way) -> Asked:
    """Asks by a way; EnvironmentFault when nothing answers."""
    return lambda query: series(way.get("/api/v1/query", {"query": query}), way.where)


def series(answer: Any, where: str) -> list[Labels]:
    """The labels of each series of an answer."""
    try:
        if answer["status"] == "success":
            return [one["metric"] for one in answer["data"]["result"]]
        raise EnvironmentFault(f"Prometheus refuses the query: {answer.get('error')}", where=where)
    except (KeyError, TypeError) as error:
        raise EnvironmentFault("what answers is no Prometheus", where=where) from error
