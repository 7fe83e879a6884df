"""Prometheus' recording rules that give the proxies' numbers the names and labels of another mesh.

Flagger's built-in queries ask each provider's own metrics. Where its data plane is Istio's by translation, these are
made of Istio's: by configuration of the real Prometheus, not by an exporter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

REQUESTS = "istio_requests_total"
DURATION = "istio_request_duration_milliseconds"


@dataclass(frozen=True)
class Record:
    """One metric: its name, what it is made of, and its labels.

    ``labels`` maps a label to a text in which ``{workload}``, ``{namespace}``, ``{service}``, ``{home}`` (the Service's
    namespace) and ``{code}`` stand for what Istio's metric says. No workload answered a request that reached no pod,
    but it was meant for a Service, ``{port}`` of it. ``{route}`` is the NAME of a routing that is called PROVIDER/NAME.
    ``select`` are matchers of Istio's labels. ``seconds`` says that the metric counts seconds, where Istio's counts
    milliseconds.
    """

    name: str
    source: str
    labels: Mapping[str, str]
    select: str = ""
    seconds: bool = False

    def rule(self) -> Json:
        """The rule as Prometheus reads it."""
        return {"record": self.name, "expr": self._expression()}

    def _expression(self) -> str:
        made = f"{self.source}{{{self.select}}}"
        for label, text in self.labels.items():
            made = _labelled(made, label, text)
        if self.seconds and self.source.endswith("_bucket"):
            return f'label_replace({made}, "le", "${{1}}e-3", "le", "([0-9.]+)")'
        return f"{made} / 1000" if self.seconds and self.source.endswith("_sum") else made


_SOURCES = {
    "workload": "destination_workload",
    "namespace": "destination_workload_namespace",
    "service": "destination_service_name",
    "home": "destination_service_namespace",
    "code": "response_code",
    "port": "destination_port",
    "route": "route",
}
_PATTERNS = {"route": "[^/;]*/([^;]*)"}


def _labelled(expression: str, label: str, text: str) -> str:
    """The expression with a label whose text names others: joined with a sign that no name has, then taken apart."""
    named = [name for name in _SOURCES if f"{{{name}}}" in text]
    replacement = text.format(**{name: f"${{{number}}}" for number, name in enumerate(named, 1)})
    pattern = ";".join(_PATTERNS.get(name, "([^;]*)") for name in named)
    joined = ", ".join(f'"{_SOURCES[name]}"' for name in named)
    if not named:
        return f'label_replace({expression}, "{label}", "{replacement}", "", "")'
    whole = f'label_join({expression}, "joined", ";", {joined})'
    return f'label_replace({whole}, "{label}", "{replacement}", "joined", "{pattern}")'


def config(groups: Mapping[str, Iterable[Record]]) -> Json:
    """The content of a rule file: one group for each provider."""
    return {"groups": [{"name": name, "rules": [one.rule() for one in records]} for name, records in groups.items()]}


def of_envoy(labels: Mapping[str, str], select: str = "") -> tuple[Record, ...]:
    """Envoy's own metrics about its clusters, with the labels by which a provider tells them apart."""
    return (
        Record("envoy_cluster_upstream_rq", REQUESTS, {**labels, "envoy_response_code": "{code}"}, select),
        Record("envoy_cluster_upstream_rq_time_bucket", f"{DURATION}_bucket", labels, select),
    )
