"""Prometheus' configuration with a fault in it, and how it comes back."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from faulty import FaultyServer

from canarylab import paths
from canarylab.faults.measure import Reading
from canarylab.faults.platform import scraping
from canarylab.faults.platform.prometheus_blind import blind, unseen
from canarylab.faults.platform.series_missing import without
from canarylab.faults.site import Site
from canarylab.faults.steps import Merge, Reload

OBJECTS = list(yaml.safe_load_all((paths.fixtures() / "prometheus" / "prometheus.yaml").read_text()))
CONFIGMAP = next(item for item in OBJECTS if item["kind"] == "ConfigMap")
TEXT = CONFIGMAP["data"]["prometheus.yml"]
WHERE = "/api/v1/namespaces/istio-system/configmaps/prometheus"


def rule() -> dict[str, Any]:
    jobs = without(yaml.safe_load(TEXT), "istio_requests_total", "shop")["scrape_configs"]
    last: list[dict[str, Any]] = [job["metric_relabel_configs"][-1] for job in jobs]
    assert last[0] == last[1]
    return last[0]


@pytest.mark.parametrize(
    ("name", "spaces", "dropped"),
    [
        ("istio_requests_total", ("shop", "", "istio-system"), True),
        ("istio_requests_total", ("", "shop", ""), True),
        ("istio_requests_total", ("", "", "shop"), True),
        ("istio_requests_total", ("shop-2", "", "istio-system"), False),
        ("istio_requests_total", ("", "", "istio-system"), False),
        ("istio_requests_total_2", ("shop", "", ""), False),
    ],
)
def test_series_about_the_namespace_are_dropped_and_no_others(
    name: str, spaces: tuple[str, str, str], dropped: bool
) -> None:
    made = rule()
    assert len(made["source_labels"]) == 4
    joined = made["separator"].join((name, *spaces))
    assert bool(re.fullmatch(made["regex"], joined)) == dropped  # Prometheus anchors both ends


def test_blind_means_nothing_to_scrape_and_all_else_as_it_was() -> None:
    before = yaml.safe_load(TEXT)
    after = blind(before)
    assert after == {**before, "scrape_configs": []}
    assert scraping.marked(after, "one")["global"] == {
        **before["global"],
        "external_labels": {"canarylab_fault": "one"},
    }


def test_the_configuration_comes_back_to_the_letter_before_it_is_read(site: Site, server: FaultyServer) -> None:
    server.on("GET", WHERE, (200, CONFIGMAP))
    plan = scraping.plan(site, blind, lambda: Reading(0, 0, ""), 1)
    undo = [action.undo for action in reversed(plan.actions) if action.undo]
    merge, read = undo
    assert merge == Merge(WHERE, {"data": {"prometheus.yml": TEXT}})
    assert isinstance(read, Reload)
    assert not read.present


def test_a_pod_that_is_gone_is_not_waited_for() -> None:
    before = {"http://10.244.0.5:9797/metrics", "http://10.244.0.6:9797/metrics"}
    left = {"http://10.244.0.6:9797/metrics"}
    assert unseen(before, set(), {"10.244.0.5", "10.244.0.6"}).hits == 2
    assert unseen(before, left, {"10.244.0.6"}).hits == 0
