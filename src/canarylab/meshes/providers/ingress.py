"""What the providers that copy an Ingress have in common: the kind, the Ingress of podinfo, and blue/green.

While blue/green tests a revision, users do not reach it through the Ingress, so that the queries which Flagger has for
these providers find nothing. There the application's own metrics are asked, by MetricTemplates.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from canarylab.kube.reconcile import Kind
from canarylab.meshes.istio import NAMESPACE
from canarylab.meshes.provider import Setting
from canarylab.meshes.providers import gatewayapi
from canarylab.meshes.queries import DURATION, RATE
from canarylab.model.canary import Canary, Strategy

Json = dict[str, Any]

INGRESS = Kind("networking.k8s.io/v1", "ingresses", "Ingress")

_ADDRESS = f"http://prometheus.{NAMESPACE}:9090"
# The application's own metrics count seconds.
_OWN = {"own-success-rate": gatewayapi.QUERIES[RATE], "own-duration": f"{gatewayapi.QUERIES[DURATION]}*1000"}


def called(canary: Canary) -> str:
    """The copy, beside the Ingress that the Canary refers to."""
    return f"{canary.ingress}-canary"


def copied(item: Json) -> str:
    """The name of the Ingress that this one is a copy of."""
    return str(item["metadata"]["name"]).removesuffix("-canary")


def paths(item: Json) -> Iterator[tuple[str, str, str]]:
    """The host, the path and the Service of each path that leads to one."""
    for rule in item["spec"].get("rules") or ():
        for path in (rule.get("http") or {}).get("paths") or ():
            if "service" in path["backend"]:
                yield rule.get("host", ""), path.get("path", ""), path["backend"]["service"]["name"]


def of(canary: Canary, ingress_class: str) -> Setting:
    """An Ingress before the Canary's Service, to which it refers.

    Its class is told by an annotation, the old way: Flagger 1.44.0 ends at an Ingress for Skipper that has none.
    """
    backend = {"service": {"name": canary.apex, "port": {"number": canary.port}}}
    path = {"path": "/", "pathType": "Prefix", "backend": backend}
    rule = {"host": f"{canary.apex}.example.com", "http": {"paths": [path]}}
    item = {
        "apiVersion": INGRESS.api_version,
        "kind": INGRESS.kind,
        "metadata": {"name": canary.apex, "annotations": {"kubernetes.io/ingress.class": ingress_class}},
        "spec": {"rules": [rule]},
    }
    ref = {"apiVersion": INGRESS.api_version, "kind": INGRESS.kind, "name": canary.apex}
    return joined(Setting({"ingressRef": ref}, (item,)), own_metrics(canary))


def own_metrics(canary: Canary) -> Setting:
    """The application's own metrics in place of the provider's, for blue/green."""
    if canary.strategy is not Strategy.BLUE_GREEN:
        return Setting()
    limits = {"own-success-rate": {"min": 99}, "own-duration": {"max": 2000}}
    metrics = [
        {"name": name, "templateRef": {"name": name}, "thresholdRange": limits[name], "interval": "30s"}
        for name in _OWN
    ]
    return Setting({"analysis": {"metrics": metrics}}, tuple(_template(name, query) for name, query in _OWN.items()))


def joined(one: Setting, other: Setting) -> Setting:
    """Both settings."""
    return Setting({**one.spec, **other.spec}, (*one.objects, *other.objects))


def _template(name: str, query: str) -> Json:
    return {
        "apiVersion": "flagger.app/v1beta1",
        "kind": "MetricTemplate",
        "metadata": {"name": name},
        "spec": {"provider": {"type": "prometheus", "address": _ADDRESS}, "query": query},
    }
