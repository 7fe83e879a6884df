"""Flagger, its load tester and podinfo, by the manifests that Flagger's own module carries, unchanged."""

from __future__ import annotations

from typing import Any

from canarylab.kube.parts import Part
from canarylab.meshes import Mesh, rendered
from canarylab.toolchain import Toolset

Json = dict[str, Any]

_KUSTOMIZE = "flagger/kustomize"


def parts(toolset: Toolset, mesh: Mesh) -> list[Part]:
    """Flagger as its own kustomization for the mesh installs it."""
    objects = rendered.kustomization(toolset, toolset.asset(f"{_KUSTOMIZE}/{mesh.overlay}"))
    return [Part("flagger", (namespace(mesh.namespace), *objects), mesh.namespace)]


def tester(toolset: Toolset, where: str) -> Part:
    """Flagger's load tester in a namespace, by its own kustomization."""
    return _moved(toolset, "tester", where)


def podinfo(toolset: Toolset, where: str) -> Part:
    """podinfo and its autoscaler in a namespace, by Flagger's own kustomization."""
    return _moved(toolset, "podinfo", where)


def namespace(name: str) -> Json:
    """A Namespace object."""
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}


def _moved(toolset: Toolset, folder: str, where: str) -> Part:
    objects = rendered.kustomization(toolset, toolset.asset(f"{_KUSTOMIZE}/{folder}"))
    here = [{**item, "metadata": {**item["metadata"], "namespace": where}} for item in objects]
    return Part(folder, (namespace(where), *here), where)
