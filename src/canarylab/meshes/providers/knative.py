"""Knative Serving: the shares of a Service's traffic between its newest revision and the one that was promoted last.

The target is the Knative Service itself: Flagger makes no primary of it, but keeps users at an older revision.
"""

from __future__ import annotations

from typing import Any

from canarylab import paths
from canarylab.kube import manifests
from canarylab.kube.reconcile import Kind
from canarylab.meshes import knative, queries, recording
from canarylab.meshes.provider import CANARY, DataPlane, Entrance, Provider, Route, Setting
from canarylab.meshes.routing import Routing, Rule
from canarylab.model.canary import Canary

Json = dict[str, Any]

SERVICE = Kind("serving.knative.dev/v1", "services", "Service", "Service.knative")

_LABELS = 'envoy_cluster_name=~"{{ namespace }}/{{ route }}"'
# Otherwise a revision without users is gone after a minute, and the first of them wait until it is back.
_KEPT = {"autoscaling.knative.dev/min-scale": "1"}
# Kourier's Envoy calls a cluster NAMESPACE/REVISION, and a revision's Service has the revision's name.
_RECORDED = recording.of_envoy({"envoy_cluster_name": "{home}/{service}"}, 'destination_service_name=~".+-[0-9]{5}"')


def read(item: Json) -> Routing | None:
    """A Knative Service; None before Flagger has named the revision that stands for the primary."""
    meta, traffic = item["metadata"], item["spec"].get("traffic") or ()
    shares = {"primary": 0, "canary": 0}
    for one in traffic:
        shares["canary" if one.get("latestRevision") else "primary"] += one.get("percent", 0)
    rules = (Rule({f"{meta['name']}-{role}": share for role, share in shares.items()}),)
    return Routing(meta["name"], meta["namespace"], rules) if len(traffic) > 1 else None


def target(canary: Canary) -> str:
    """The Knative Service is the target, whatever ``service.name`` says."""
    return canary.target


def setting(canary: Canary) -> Setting:
    """podinfo's container as a Knative Service of the same name, which takes the place of its Deployment.

    A Canary that has a Knative Service needs nothing.
    """
    if canary.kind == SERVICE.kind:
        return Setting()
    [deployment, *_] = manifests.read(paths.fixtures() / "podinfo" / "app.yaml")
    [container] = deployment["spec"]["template"]["spec"]["containers"]
    item = {
        "apiVersion": SERVICE.api_version,
        "kind": SERVICE.kind,
        "metadata": {"name": canary.target},
        "spec": {"template": {"metadata": {"annotations": _KEPT}, "spec": {"containers": [_alone(container)]}}},
    }
    ref = {"apiVersion": SERVICE.api_version, "kind": SERVICE.kind, "name": canary.target}
    spec = {"targetRef": ref, "service": {"port": 80}, "analysis": {"webhooks": None}}
    return Setting(spec, (item,))


def _alone(container: Json) -> Json:
    """Knative takes one port, and asks for readiness where the requests go."""
    kept = {key: container[key] for key in ("name", "image", "command", "resources")}
    return {**kept, "ports": [{"containerPort": container["ports"][0]["containerPort"]}]}


def entrance(canary: Canary) -> Entrance:
    """Users ask the Service by its name, which leads to Traefik; the pod's name does not tell them the revision."""
    return Entrance(f"{canary.target}.{canary.namespace}:80", told=False)


PROVIDER = Provider(
    name="knative",
    title="Knative Serving",
    plane=DataPlane.REAL,
    about="Knative's own programs, with Traefik as its ingress; the metrics are recorded of those of the node's Envoy",
    strategies=(CANARY,),
    route=Route(SERVICE, read, target),
    queries=queries.of_envoy(_LABELS),
    records=_RECORDED,
    told_by=("{{ route }}", "{{ target }}-00001"),
    parts=knative.parts,
    setting=setting,
    entrance=entrance,
    lag=1.0,  # the route, its Ingress and Traefik, one after the other: 0.5 s until the status tells it, on two cores
    upstream=(
        "the target is a Knative Service and provider is knative, or neither (verifyKnativeCanary)",
        "match, iterations and mirror have no meaning: the router only writes spec.traffic (pkg/router/knative.go)",
        "a revision that scales to zero makes its first users wait, and they count as slow",
    ),
)
