"""Prometheus scrapes otherwise: its ConfigMap is changed, and it is told to read it, at the begin and at the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import yaml

from canarylab.faults import prometheus
from canarylab.faults.fault import Plan
from canarylab.faults.measure import Reading
from canarylab.faults.prometheus import Prometheus
from canarylab.faults.site import Site
from canarylab.faults.steps import Action, Reload, changed
from canarylab.kube.apply import path

Json = dict[str, Any]

_FILE = "prometheus.yml"
_MARK = "canarylab_fault"  # an external label, which no query sees


def plan(site: Site, change: Callable[[Json], Json], look: Callable[[], Reading], bound: float) -> Plan:
    """Lets a configuration pass through ``change``; ``bound`` is for its effect once Prometheus has read it."""
    where = path("v1", "configmaps", site.mesh_namespace, prometheus.NAME)
    before = site.need(where, f"ConfigMap {prometheus.NAME} in {site.mesh_namespace}")
    text = yaml.safe_dump(marked(change(yaml.safe_load(before["data"][_FILE])), site.id))
    read = Reload(
        pods=path("v1", "pods", site.mesh_namespace),
        selector=f"app={prometheus.NAME}",
        service=Prometheus(site).proxy,
        mark=site.id,
        present=True,
    )
    return Plan(
        # Undone from the last to the first: the ConfigMap comes back, and then it is read.
        actions=(
            Action(None, replace(read, present=False)),
            changed(where, before, {"data": {_FILE: text}}),
            Action(read),
        ),
        look=look,
        bound=bound,
    )


def marked(configuration: Json, mark: str) -> Json:
    """The configuration with a mark by which one sees that it has been read."""
    general = configuration.get("global") or {}
    labels = {**(general.get("external_labels") or {}), _MARK: mark}
    return {**configuration, "global": {**general, "external_labels": labels}}
