"""A metric's series about one namespace are missing: Prometheus drops them as it scrapes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, ClassVar

from canarylab.errors import UsageError
from canarylab.faults import prometheus
from canarylab.faults.fault import LOCAL, PLATFORM, Fault, Plan, described
from canarylab.faults.measure import Reading
from canarylab.faults.platform import scraping
from canarylab.faults.prometheus import Prometheus
from canarylab.faults.site import Site

Json = dict[str, Any]

# The labels in which a series may name the namespace that it is about.
_SPACES = ("destination_workload_namespace", "kubernetes_namespace", "namespace")


@dataclass(frozen=True)
class SeriesMissing(Fault):
    """As if a label were named otherwise, or an exporter had lost it: queries find nothing, and Flagger says so."""

    name: ClassVar[str] = "series-missing"
    about: ClassVar[str] = "a metric has no series about the canary's namespace any more"
    measured: ClassVar[str] = "by asking Prometheus for the series; at the end they are there again"
    family: ClassVar[str] = PLATFORM
    exclusive: ClassVar[bool] = True
    rungs: ClassVar[tuple[str, ...]] = (LOCAL,)
    meshes: ClassVar[tuple[str, ...]] = ("istio",)

    metric: str = described("the metric's name", "istio_requests_total")

    def plan(self, site: Site) -> Plan:
        asked = " or ".join(f'{self.metric}{{{label}="{site.namespace}"}}' for label in _SPACES)
        series = len(Prometheus(site).ask(asked))
        if not series:
            raise UsageError(f"{self.metric} has no series about {site.namespace}", where="Prometheus")

        def missing() -> Reading:
            left = len(Prometheus(site).ask(asked))
            return Reading(int(not left), 1, f"question for {self.metric} was answered with nothing")

        return scraping.plan(
            site, lambda configuration: without(configuration, self.metric, site.namespace), missing, prometheus.ROUND
        )


def without(configuration: Json, metric: str, namespace: str) -> Json:
    """Every job drops the metric's series that name the namespace."""
    named = rf"{re.escape(metric)};(.*;)?{re.escape(namespace)}(;.*)?"
    drop = {"source_labels": ["__name__", *_SPACES], "separator": ";", "regex": named, "action": "drop"}
    jobs = [
        {**job, "metric_relabel_configs": [*job.get("metric_relabel_configs", ()), drop]}
        for job in configuration["scrape_configs"]
    ]
    return {**configuration, "scrape_configs": jobs}
