"""Knative Serving: its controller, webhook, autoscaler and activator by its own manifests, and Traefik as its ingress.

Kourier's module cannot be had, so Traefik's provider for Knative stands there; it sends a revision's requests to the
revision's Service, before which the node's Envoy counts them. Left out of the manifests are autoscalers of Knative's
own programs, the cached image, and the certificate for traffic within Knative, which is plain here.
"""

from __future__ import annotations

import json
from typing import Any

from canarylab import paths
from canarylab.kube import manifests
from canarylab.kube.parts import Part
from canarylab.meshes import rendered, traefik
from canarylab.toolchain import Toolset

Json = dict[str, Any]

NAMESPACE = "knative-serving"

FOLDERS = (
    "knative/core",
    "knative/core/200-roles",
    "knative/core/300-resources",
    "knative/core/configmaps",
    "knative/core/deployments",
    "knative/core/webhooks",
    "knative/networking",
    "knative/caching",
)
_LEFT_OUT = frozenset({"HorizontalPodAutoscaler", "PodDisruptionBudget", "Image", "Certificate"})
_IMAGES = "gcr.io/knative-releases/knative.dev/serving/cmd/"
_SETTINGS: dict[str, Json] = {
    "config-network": {"ingress-class": "traefik.ingress.networking.knative.dev"},
    # There is no registry that could be asked for a tag's digest.
    "config-deployment": {"registries-skipping-tag-resolving": "ghcr.io,docker.io,index.docker.io,gcr.io"},
}


def parts(toolset: Toolset) -> list[Part]:
    """Knative's kinds, rights, settings and programs, and its ingress."""
    version = toolset.describe("knative-controller").version
    found = rendered.files(toolset, *(toolset.asset(folder) for folder in FOLDERS))
    own = [_changed(_named(item, version)) for item in found if item["kind"] not in _LEFT_OUT]
    return [Part("knative", tuple(own), NAMESPACE), _ingress(toolset)]


def _named(item: Json, version: str) -> Json:
    """With images for the names of mains, of which ko would make some."""
    text = json.dumps(item)
    for main in ("activator", "autoscaler", "controller", "queue", "webhook"):
        text = text.replace(f'"ko://knative.dev/serving/cmd/{main}"', f'"{_IMAGES}{main}:{version}"')
    return dict(json.loads(text))


def _changed(item: Json) -> Json:
    name = item["metadata"]["name"]
    if item["kind"] == "ConfigMap" and name in _SETTINGS:
        return {**item, "data": {**item.get("data", {}), **_SETTINGS[name]}}
    if item["kind"] == "Deployment":
        for container in item["spec"]["template"]["spec"]["containers"]:
            container["readinessProbe"]["periodSeconds"] = 1
    return item


def _ingress(toolset: Toolset) -> Part:
    version = toolset.describe("traefik").version
    rights = rendered.files(toolset, toolset.asset(f"{traefik.REFERENCE}/kubernetes-knative-rbac.yml"))
    own = manifests.read(paths.fixtures() / "knative")
    objects = [
        *(traefik.bound(item, NAMESPACE) for item in rights),
        *(traefik.versioned(item, version) for item in own),
    ]
    return Part("knative-ingress", tuple(objects), NAMESPACE)
