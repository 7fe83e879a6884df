"""The Prometheus that Flagger asks, asked through the API server's proxy: past the mesh and its faults."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from canarylab.faults.measure import Reading
from canarylab.faults.site import Site
from canarylab.kube.apply import path

Json = dict[str, Any]

NAME, PORT = "prometheus", 9090
SCRAPE = 2.0  # seconds between scrapes of the proxies (fixtures/prometheus)
WINDOW = 3 * SCRAPE  # seconds over which a counter is looked at: between two and four scrapes
ROUND = 30.0  # seconds for a count to show what a fault does: the pod's start and a few windows


@dataclass(frozen=True)
class Prometheus:
    """The mesh's own, on a site."""

    site: Site

    @property
    def proxy(self) -> str:
        return path("v1", "services", self.site.mesh_namespace, f"{NAME}:{PORT}") + "/proxy"

    def ask(self, query: str) -> list[Json]:
        """The result of an instant query: a vector."""
        found = self.site.get(f"{self.proxy}/api/v1/query", {"query": query})
        result: list[Json] = found["data"]["result"]
        return result

    def count(self, query: str) -> float:
        """The sum of a vector of counters; 0 where there is none."""
        return sum(float(one["value"][1]) for one in self.ask(query))

    def targets(self) -> list[Json]:
        """What it scrapes now."""
        found = self.site.get(f"{self.proxy}/api/v1/targets", {"state": "active"})
        active: list[Json] = found["data"]["activeTargets"]
        return active

    def grown(self, hits: str, all_: str, what: str) -> Reading:
        """By how much two counters grow within a window."""
        before = self.count(hits), self.count(all_)
        time.sleep(WINDOW)
        after = self.count(hits), self.count(all_)
        return Reading(round(after[0] - before[0]), round(after[1] - before[1]), what)
