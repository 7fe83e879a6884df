"""Flux on a cluster: the real source-controller and kustomize-controller by their own manifests, installed on demand.

Changed are the namespace, which is the one of ``flux install``, the image's tag, and how soon a pod is found ready.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from canarylab.clusters.cluster import LOCAL, Cluster
from canarylab.clusters.existing import rights
from canarylab.clusters.existing.rights import Need
from canarylab.gitops import clone
from canarylab.gitops.settings import KUSTOMIZE, SOURCE, Settings
from canarylab.kube import parts, rest
from canarylab.kube.apply import root
from canarylab.kube.parts import Part
from canarylab.meshes import rendered
from canarylab.toolchain import Toolset

Json = dict[str, Any]

NAMESPACE = "flux-system"
CONTROLLERS = ("source-controller", "kustomize-controller")
_FOLDERS = ("crd", "rbac", "manager")
_VERBS = ("get", "list", "watch", "create", "patch", "delete")


def install(cluster: Cluster) -> str:
    """Installs Flux on a local cluster, where it may be there already; elsewhere what is there is used.

    A line that says what is real.
    """
    if cluster.rung != LOCAL:
        return "Flux: real, the one that was there"
    from canarylab.clusters.local.cluster import LocalCluster  # noqa: PLC0415 - only this rung needs the extra [local]

    assert isinstance(cluster, LocalCluster)  # noqa: S101 - by its rung
    parts.install(cluster.api_client(), *installed(cluster.toolset), failure=cluster.failure)
    told = ", ".join(f"{name} {cluster.toolset.describe(name).version}" for name in CONTROLLERS)
    return f"Flux: real, {told}, by their own manifests"


def installed(toolset: Toolset) -> list[Part]:
    """The namespace, the definitions, the rights and the two controllers."""
    home: Json = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}
    found = [item for name in CONTROLLERS for item in _controller(toolset, name)]
    return [Part("flux", (home, *found), NAMESPACE)]


def _controller(toolset: Toolset, name: str) -> Iterator[Json]:
    version = toolset.describe(name).version
    for folder in _FOLDERS:
        for item in rendered.kustomization(toolset, toolset.asset(f"flux/{name}/{folder}")):
            yield _changed(item, version)


def _changed(item: Json, version: str) -> Json:
    item = copy.deepcopy(item)
    for subject in item.get("subjects", ()):
        subject["namespace"] = NAMESPACE
    if item["kind"] == "Deployment":
        (container,) = item["spec"]["template"]["spec"]["containers"]
        container["image"] = f"ghcr.io/{container['image'].partition(':')[0]}:{version}"
        container["readinessProbe"] |= {"periodSeconds": 1}
    return item


def unfit(cluster: Cluster, settings: Settings, namespace: str) -> str:
    """Why an application cannot come by git there, told before anything is done; empty if it can."""
    if why := clone.missing():
        return why
    if cluster.rung == LOCAL:
        return ""
    if not settings.url:
        return "its repository would be ours, which is only on the local rung: name one by `git: {url: ...}`"
    api = cluster.api_client()
    for group, plural in ((SOURCE, "gitrepositories"), (KUSTOMIZE, "kustomizations")):
        if not _served(api, group):
            return f"Flux is not installed there: the API server does not serve {group}"
        need = Need(_VERBS, group.partition("/")[0], plural, "Flux follows the repository by it", namespace)
        for lacks in rights.lacking(api, [need]):
            return f"this account may not {', '.join(lacks.verbs)} {plural} in namespace {namespace}"
    return ""


def _served(api: Any, group: str) -> bool:
    try:
        rest.send(api, "GET", root(group))
    except rest.Refused as error:
        if error.status == 404:
            return False
        raise
    return True
