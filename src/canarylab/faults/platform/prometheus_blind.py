"""Prometheus scrapes nothing: it answers, and what it knows grows old."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlsplit

from canarylab.faults import prometheus
from canarylab.faults.fault import LOCAL, PLATFORM, Fault, Plan
from canarylab.faults.measure import Reading
from canarylab.faults.platform import scraping
from canarylab.faults.prometheus import Prometheus
from canarylab.faults.site import Site

Json = dict[str, Any]


@dataclass(frozen=True)
class PrometheusBlind(Fault):
    """A rate over a window is still there until the window has passed."""

    name: ClassVar[str] = "prometheus-blind"
    about: ClassVar[str] = "Prometheus scrapes nothing"
    measured: ClassVar[str] = "by Prometheus' own list of what it scrapes, against what it scraped before"
    family: ClassVar[str] = PLATFORM
    exclusive: ClassVar[bool] = True
    rungs: ClassVar[tuple[str, ...]] = (LOCAL,)
    meshes: ClassVar[tuple[str, ...]] = ("istio",)

    def plan(self, site: Site) -> Plan:
        asked = Prometheus(site)
        before = {_address(one) for one in asked.targets()}

        def lost() -> Reading:
            now = {_address(one) for one in asked.targets() if one["health"] == "up"}
            return unseen(before, now, site.addresses())

        return scraping.plan(site, blind, lost, prometheus.ROUND)


def blind(configuration: Json) -> Json:
    """Everything but what is scraped."""
    return {**configuration, "scrape_configs": []}


def unseen(before: Set[str], now: Set[str], living: Set[str]) -> Reading:
    """How many of the URLs scraped before are not scraped now; those of pods that are gone do not count."""
    there = {url for url in before if urlsplit(url).hostname in living}
    return Reading(len(there - now), len(there), "targets are not scraped")


def _address(target: Json) -> str:
    return str(target["scrapeUrl"])
