"""Grafana's dashboards as questions for Prometheus: what each panel asks, and which of it gets an answer. Pure.

No Grafana can be had as a Go module, a wheel or a package, and its schema of today refuses dashboards of version 16,
which Grafana's own pages migrate as they load them. What a dashboard is good for can be told without it: whether its
queries, with its variables filled in, have values in the Prometheus that it is provisioned with.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Json = Mapping[str, Any]

_VARIABLE = re.compile(r"\$(\w+)|\$\{(\w+)\}")
_METRIC = re.compile(r"([a-zA-Z_:][\w:]*)\s*\{")


@dataclass(frozen=True)
class Query:
    """One query of a panel, in PromQL."""

    panel: str
    text: str

    @property
    def metrics(self) -> list[str]:
        """The metrics that it names, each once."""
        return list(dict.fromkeys(_METRIC.findall(self.text)))

    @property
    def unfilled(self) -> list[str]:
        """The variables that nobody has filled in."""
        return [plain or braced for plain, braced in _VARIABLE.findall(self.text)]


def queries(dashboard: Json, variables: Mapping[str, str]) -> list[Query]:
    """The queries of all panels, with the variables filled in that are given."""
    return list(_queries(dashboard.get("panels", ()), variables))


def _queries(panels: list[Json], variables: Mapping[str, str]) -> Iterator[Query]:
    for panel in panels:
        yield from _queries(panel.get("panels", ()), variables)  # of a row that is folded
        for target in panel.get("targets", ()):
            yield Query(panel.get("title", ""), filled(target["expr"].strip(), variables))


def filled(text: str, variables: Mapping[str, str]) -> str:
    """A text with variables (``$name`` or ``${name}``); those that are not given stay."""
    return _VARIABLE.sub(lambda found: variables.get(found[1] or found[2], found[0]), text)


def answered(wanted: list[Query], ask: Callable[[str], Json]) -> dict[Query, bool]:
    """Whether each query has a value; ``ask`` gives Prometheus' answer to ``/api/v1/query``."""
    return {query: bool(ask(query.text).get("data", {}).get("result")) for query in wanted}
