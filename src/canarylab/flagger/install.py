"""Flagger and its load tester, by the manifests that Flagger's own module carries.

They are applied as they are, but for two places: Flagger and its load tester are asked for their readiness over
HTTP, each second, and the Prometheus that comes with Flagger where there is no mesh, written for version 2, gets
a flag by the name of 3, and the address to which the host's way in leads.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace
from typing import Any

from canarylab.clusters.local.layout import PROMETHEUS_ADDRESS
from canarylab.kube import manifests
from canarylab.kube.parts import Part
from canarylab.kube.services import Service
from canarylab.meshes import Mesh, rendered
from canarylab.toolchain import Toolset

Json = dict[str, Any]

TESTER = "test"  # the load tester's namespace
LOADTESTER = Service(TESTER, "flagger-loadtester", 80)

_KUSTOMIZE = "flagger/kustomize"
# The same question as by wget each 10 s: a kubelet that has just started puts that off by up to 10 s, at random.
_READINESS = {"httpGet": {"path": "/healthz", "port": 8080}, "periodSeconds": 1, "timeoutSeconds": 5}
_PROMETHEUS = "flagger-prometheus"
_RENAMED = {"--storage.tsdb.retention": "--storage.tsdb.retention.time"}


@dataclass(frozen=True)
class Flagger:
    """A Flagger that runs: its release, its namespace, and the provider of Canaries that name none."""

    version: str
    namespace: str
    provider: str


def parts(toolset: Toolset, mesh: Mesh) -> list[Part]:
    """Flagger as its own kustomization for the mesh installs it; it starts when its Prometheus answers.

    It asks Prometheus once at its start, and logs an error if nothing answers then. Nothing where the mesh has no
    overlay, because Flagger is to be brought there by others.
    """
    if not mesh.overlay:
        return []
    objects = rendered.kustomization(toolset, toolset.asset(f"{_KUSTOMIZE}/{mesh.overlay}"))
    around = tuple(_as_our_prometheus(item) for item in objects if not _is(item, "flagger"))
    itself = tuple(_for(mesh.provider, asked_at_once(item)) for item in objects if _is(item, "flagger"))
    return [
        Part("flagger-rights", (manifests.namespace(mesh.namespace), *around), mesh.namespace),
        Part("flagger", itself, mesh.namespace, after=mesh.metrics),
    ]


def tester(toolset: Toolset) -> Part:
    """Flagger's load tester, by its own kustomization and in the namespace that it names."""
    part = _moved(toolset, "tester", TESTER)
    return replace(part, objects=tuple(map(asked_at_once, part.objects)))


def _is(item: Json, name: str) -> bool:
    return bool((item["kind"], item["metadata"]["name"]) == ("Deployment", name))


def asked_at_once(item: Json) -> Json:
    """A Deployment of Flagger's with the usual question after its readiness, asked each second."""
    if item["kind"] != "Deployment":
        return item
    item = copy.deepcopy(item)
    for container in item["spec"]["template"]["spec"]["containers"]:
        container["readinessProbe"] = _READINESS
    return item


def _for(provider: str, item: Json) -> Json:
    """Flagger with the provider of Canaries that name none; its overlays are for fewer than it knows."""
    item = copy.deepcopy(item)
    for container in item["spec"]["template"]["spec"]["containers"]:
        others = [one for one in container["args"] if not one.startswith("-mesh-provider=")]
        container["args"] = [*others, f"-mesh-provider={provider}"]
    return item


def _as_our_prometheus(item: Json) -> Json:
    if item["metadata"]["name"] != _PROMETHEUS:
        return item
    item = copy.deepcopy(item)
    if item["kind"] == "Service":
        item["spec"]["clusterIP"] = PROMETHEUS_ADDRESS
    for container in item["spec"]["template"]["spec"]["containers"] if item["kind"] == "Deployment" else ():
        split = [argument.partition("=") for argument in container["args"]]
        container["args"] = [f"{_RENAMED.get(flag, flag)}{sign}{value}" for flag, sign, value in split]
    return item


def _moved(toolset: Toolset, folder: str, where: str) -> Part:
    objects = rendered.kustomization(toolset, toolset.asset(f"{_KUSTOMIZE}/{folder}"))
    here = [{**item, "metadata": {**item["metadata"], "namespace": where}} for item in objects]
    return Part(folder, (manifests.namespace(where), *here), where)
