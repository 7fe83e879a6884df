"""Contour: its own control plane by its own manifests, and an Envoy of its own that lets users in.

What is changed of the manifests: one Contour instead of two, no shutdown manager beside Envoy, Services that the node
passes on as bytes, probes each second, and an Envoy that shares nothing and is scraped as the other proxies are.
"""

from __future__ import annotations

import copy
from typing import Any

from canarylab.kube.parts import Part
from canarylab.meshes import rendered
from canarylab.toolchain import Toolset

Json = dict[str, Any]

NAMESPACE = "projectcontour"

_MANIFESTS = "contour/manifests"
# The provisioner of Gateways, of which there is none here, is the only reader of this large kind.
_LEFT_OUT = "contourdeployments.projectcontour.io"
# Envoy's own options: as the other proxies here, and numbers that are there when Flagger's first check asks.
_OPTIONS = ("--config-yaml", "stats_flush_interval: 1s", "--disable-hot-restart", "--concurrency", "1")
_BEFORE = ("contour", "mesh")
_SCRAPED = "http-envoy-prom"  # the port's name by which Prometheus finds proxies


def parts(toolset: Toolset) -> list[Part]:
    """Contour, the Job that makes its certificates, and its Envoy."""
    found = rendered.files(toolset, toolset.asset(_MANIFESTS))
    wanted = [_changed(item) for item in found if item["metadata"]["name"] != _LEFT_OUT]
    proxy = [item for item in wanted if item["kind"] == "DaemonSet"]
    others = [item for item in wanted if item["kind"] != "DaemonSet"]
    # An Envoy that starts before Contour answers waits 15 s for its first configuration.
    return [Part("contour", tuple(others), NAMESPACE), Part("envoy", tuple(proxy), NAMESPACE, after=_BEFORE)]


def _changed(item: Json) -> Json:
    change = {"Deployment": _control_plane, "DaemonSet": _proxy, "Service": _passed_on}.get(item["kind"])
    return change(copy.deepcopy(item)) if change else item


def _control_plane(item: Json) -> Json:
    pod = item["spec"]["template"]["spec"]
    item["spec"]["replicas"] = 1
    pod["containers"][0]["readinessProbe"]["periodSeconds"] = 1
    return item


def _proxy(item: Json) -> Json:
    """Envoy alone; its pod ends at once, as nobody waits for its connections."""
    pod = item["spec"]["template"]["spec"]
    (envoy,) = [one for one in pod["containers"] if one["name"] == "envoy"]
    envoy["args"] += _OPTIONS
    envoy["readinessProbe"] |= {"initialDelaySeconds": 0, "periodSeconds": 1}
    del envoy["lifecycle"]
    envoy["ports"] = [_port(one) for one in envoy["ports"]]
    pod["containers"] = [envoy]
    pod["terminationGracePeriodSeconds"] = 1
    return item


def _port(port: Json) -> Json:
    """The host does not listen, and the statistics are found by their port's name."""
    kept = {key: value for key, value in port.items() if key != "hostPort"}
    return kept | {"name": _SCRAPED} if port["name"] == "metrics" else kept


def _passed_on(item: Json) -> Json:
    """What the node's Envoy would do to requests (retries above all) is left to Contour's."""
    item["spec"]["ports"] = [{**port, "appProtocol": "tcp"} for port in item["spec"]["ports"]]
    return item
