"""Looks what a cluster has: Flagger, its mesh, its Prometheus and its load tester, with their releases.

Only lists and gets; what this account may not see is taken for not there, since the rights are checked beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from kubernetes import client

from canarylab.clusters.ways import Direct, Proxied, Way
from canarylab.errors import CanarylabError
from canarylab.flagger import running
from canarylab.flagger.running import Running
from canarylab.joining.found import Found, Mesh
from canarylab.kube import rest, services
from canarylab.kube.apply import path
from canarylab.kube.services import Service

Json = dict[str, Any]

DISPOSABLE = "canarylab.dev/disposable"  # an annotation of the Namespace kube-system
_TESTERS = ("app=flagger-loadtester", "app.kubernetes.io/name=loadtester", "app.kubernetes.io/name=flagger-loadtester")
# A mesh's control plane, by the labels of its Deployment in its own manifests and charts: provider -> title, selectors.
PLANES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "istio": ("istiod", ("app=istiod",)),
    "linkerd": ("Linkerd", ("linkerd.io/control-plane-component=destination",)),
    "kuma": ("Kuma", ("app=kuma-control-plane",)),
    "contour": ("Contour", ("app=contour", "app.kubernetes.io/component=contour")),
    "nginx": ("ingress-nginx", ("app.kubernetes.io/name=ingress-nginx",)),
    "traefik": ("Traefik", ("app.kubernetes.io/name=traefik",)),
    "gloo": ("Gloo", ("gloo=gloo",)),
    "apisix": ("APISIX", ("app.kubernetes.io/name=apisix",)),
    "skipper": ("Skipper", ("application=skipper-ingress",)),
    "osm": ("Open Service Mesh", ("app=osm-controller",)),
    "appmesh": ("App Mesh controller", ("app.kubernetes.io/name=appmesh-controller",)),
}
_GATEWAYS = ("istio", "contour", "traefik", "kuma", "linkerd")  # who may stand behind the Gateway API


def look(api: client.ApiClient, url: str = "") -> Found:
    """What is there; ``url`` is a Prometheus that this machine reaches, instead of Flagger's own address."""
    flaggers = [running.read(item) for one in running.SELECTORS for item in _deployments(api, one)]
    flagger = running.choose(flaggers, "")
    version = str(rest.send(api, "GET", "/version")["gitVersion"]).removeprefix("v")
    found = Found(version, flagger, len(flaggers), disposable=_disposable(api))
    if flagger is None:
        return found
    labels, annotations = _injection(api, flagger.provider)
    found = replace(found, mesh=_mesh(api, flagger.provider), labels=labels, annotations=annotations)
    return _with_prometheus(api, _with_tester(api, found), flagger, url)


def way(api: client.ApiClient, found: Found) -> Way:
    """The way to the Prometheus that was found."""
    return Proxied(api, found.prometheus) if found.prometheus else Direct(found.metrics)


def _disposable(api: client.ApiClient) -> bool:
    meta = _get(api, path("v1", "namespaces", "", "kube-system")).get("metadata", {})
    return bool(meta.get("annotations", {}).get(DISPOSABLE) == "true")


def _mesh(api: client.ApiClient, provider: str) -> Mesh:
    """The first control plane that fits the provider."""
    family = provider.partition(":")[0]
    for name in _GATEWAYS if family == "gatewayapi" else (family,):
        title, selectors = PLANES.get(name, ("", ()))
        for item in (item for one in selectors for item in _deployments(api, one)):
            return Mesh(title, item["metadata"]["namespace"], _release(item))
    return Mesh()


def _injection(api: client.ApiClient, provider: str) -> tuple[dict[str, str], dict[str, str]]:
    """The labels and annotations that let a mesh's sidecars into a namespace, as its webhooks ask for them."""
    where = path("admissionregistration.k8s.io/v1", "mutatingwebhookconfigurations")
    hooks = _get(api, where).get("items", []) if provider in ("istio", "linkerd", "kuma") else []
    if provider == "istio":
        return istio_label([item for item in hooks if item["metadata"]["name"].startswith("istio-")]), {}
    there = any(provider in item["metadata"]["name"] for item in hooks)
    if provider == "linkerd" and there:
        return {}, {"linkerd.io/inject": "enabled"}
    return ({"kuma.io/sidecar-injection": "enabled"} if provider == "kuma" and there else {}), {}


def istio_label(injectors: list[Json]) -> dict[str, str]:
    """The label of a namespace that Istio's injectors look for: the plain one, else that of a revision."""
    asked = [one for item in injectors for hook in item.get("webhooks", ()) for one in _expressions(hook)]
    if any(one["key"] == "istio-injection" and "enabled" in one.get("values", ()) for one in asked):
        return {"istio-injection": "enabled"}
    revisions = [one["values"][0] for one in asked if one["key"] == "istio.io/rev" and one["operator"] == "In"]
    return {"istio.io/rev": revisions[0]} if revisions else {}


def _expressions(hook: Json) -> list[Json]:
    found: list[Json] = hook.get("namespaceSelector", {}).get("matchExpressions") or []
    return found


def _with_tester(api: client.ApiClient, found: Found) -> Found:
    for item in (item for one in _TESTERS for item in _deployments(api, one)):
        space, labels = item["metadata"]["namespace"], item["spec"]["template"]["metadata"].get("labels", {})
        for service in _get(api, path("v1", "services", space)).get("items", ()):
            selector = service["spec"].get("selector") or {}
            if selector and selector.items() <= labels.items():
                port = service["spec"]["ports"][0]["port"]
                tester = Service(space, service["metadata"]["name"], port)
                return replace(found, tester=tester, tester_release=_release(item))
    return found


def _with_prometheus(api: client.ApiClient, found: Found, flagger: Running, url: str) -> Found:
    service = None if url else services.service(flagger.metrics, flagger.namespace)
    found = replace(found, metrics=url or flagger.metrics, prometheus=service)
    try:
        told = way(api, found).get("/api/v1/status/buildinfo", {})
    except CanarylabError:
        return found
    return replace(found, prometheus_release=str(told.get("data", {}).get("version", "")))


def _release(item: Json) -> str:
    """The tag of a Deployment's first image, without a digest."""
    image = item["spec"]["template"]["spec"]["containers"][0].get("image", "").partition("@")[0]
    return str(image.rpartition("/")[2].partition(":")[2])


def _deployments(api: client.ApiClient, selector: str) -> Iterator[Json]:
    yield from _get(api, path("apps/v1", "deployments"), {"labelSelector": selector}).get("items", ())


def _get(api: client.ApiClient, where: str, query: Mapping[str, str] | None = None) -> Json:
    """An object or a list; nothing where it is refused or not there."""
    try:
        return rest.send(api, "GET", where, query=query)
    except rest.Refused:
        return {}
