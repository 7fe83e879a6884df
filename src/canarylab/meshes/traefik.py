"""Traefik: the real program as users' entrance, with the kinds and the rights that its own module brings."""

from __future__ import annotations

import copy
from typing import Any

from canarylab import paths
from canarylab.kube import manifests
from canarylab.kube.parts import Part
from canarylab.meshes import rendered
from canarylab.toolchain import Toolset

Json = dict[str, Any]

NAMESPACE = "traefik"

REFERENCE = "traefik/reference"


def parts(toolset: Toolset) -> list[Part]:
    """Traefik's kinds, its rights, its Deployment and Service."""
    reference, version = toolset.asset(REFERENCE), toolset.describe("traefik").version
    kinds = rendered.files(toolset, reference / "kubernetes-crd-definition-v1.yml")
    rights = [bound(item, NAMESPACE) for item in rendered.files(toolset, reference / "kubernetes-crd-rbac.yml")]
    own = [versioned(item, version) for item in manifests.read(paths.fixtures() / "traefik")]
    return [Part("traefik", (manifests.namespace(NAMESPACE), *kinds, *rights, *own), NAMESPACE)]


def bound(item: Json, namespace: str) -> Json:
    """A binding with its account in a namespace; the reference has it in the namespace default."""
    if "subjects" not in item:
        return item
    return {**item, "subjects": [{**one, "namespace": namespace} for one in item["subjects"]]}


def versioned(item: Json, version: str) -> Json:
    """A Deployment with VERSION filled in."""
    if item["kind"] != "Deployment":
        return item
    item = copy.deepcopy(item)
    (container,) = item["spec"]["template"]["spec"]["containers"]
    container["image"] = container["image"].replace("VERSION", version)
    return item
