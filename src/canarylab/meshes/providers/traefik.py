"""Traefik: a TraefikService with the weights of both Services."""

from __future__ import annotations

from typing import Any

from canarylab.kube.parts import Part
from canarylab.kube.reconcile import Kind
from canarylab.meshes import queries, traefik
from canarylab.meshes.istio import NAMESPACE
from canarylab.meshes.provider import BLUE_GREEN, CANARY, DataPlane, Entrance, Provider, Route, Setting
from canarylab.meshes.providers import ingress
from canarylab.meshes.routing import Routing, Rule
from canarylab.model.canary import Canary
from canarylab.toolchain import Toolset

Json = dict[str, Any]

TRAEFIK_SERVICE = Kind("traefik.io/v1alpha1", "traefikservices", "TraefikService")

_METRIC = "traefik_service_request_duration_seconds_bucket"
_LABELS = 'service=~"{{ namespace }}-{{ target }}-canary-[0-9a-zA-Z-]+@kubernetescrd"'


def read(item: Json) -> Routing | None:
    """A TraefikService with a primary; the canary is left out at 0, and a weight that is not given is 1, as in the API.

    Flagger leaves the primary's weight out at 0, so that Traefik sends it one request in a hundred and one.
    """
    meta, weighted = item["metadata"], item["spec"].get("weighted") or {}
    weights = {one["name"]: one.get("weight", 1) for one in weighted.get("services") or ()}
    primary, new = f"{meta['name']}-primary", f"{meta['name']}-canary"
    if primary not in weights:
        return None
    shares = {primary: weights[primary], new: weights.get(new, 0)}
    return Routing(meta["name"], meta["namespace"], (Rule(shares),))


def parts(toolset: Toolset) -> list[Part]:
    """Traefik, and what Flagger may do with its kinds."""
    return [*traefik.parts(toolset), rights()]


def rights() -> Part:
    """Flagger's right to write TraefikServices, which its Helm chart gives it and its kustomizations do not."""
    name, api = "flagger-traefik", "rbac.authorization.k8s.io"
    verbs = ["get", "list", "watch", "create", "update", "patch", "delete"]
    rule = {"apiGroups": [TRAEFIK_SERVICE.group], "resources": [TRAEFIK_SERVICE.plural], "verbs": verbs}
    role = {"apiVersion": f"{api}/v1", "kind": "ClusterRole", "metadata": {"name": name}, "rules": [rule]}
    binding = {
        "apiVersion": f"{api}/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": name},
        "roleRef": {"apiGroup": api, "kind": "ClusterRole", "name": name},
        "subjects": [{"kind": "ServiceAccount", "name": "flagger", "namespace": NAMESPACE}],
    }
    return Part(name, (role, binding), NAMESPACE)


def host(canary: Canary) -> str:
    """The name that users ask Traefik for; one for each namespace, since Traefik knows them all together."""
    return f"{canary.apex}.{canary.namespace}.example.com"


def setting(canary: Canary) -> Setting:
    """An IngressRoute that leads to the TraefikService."""
    service = {"name": canary.apex, "kind": TRAEFIK_SERVICE.kind, "port": canary.port}
    rule = {"match": f"Host(`{host(canary)}`)", "kind": "Rule", "services": [service]}
    item = {
        "apiVersion": TRAEFIK_SERVICE.api_version,
        "kind": "IngressRoute",
        "metadata": {"name": canary.apex},
        "spec": {"entryPoints": ["web"], "routes": [rule]},
    }
    return ingress.joined(Setting(objects=(item,)), ingress.own_metrics(canary))


def entrance(canary: Canary) -> Entrance:
    """Users ask Traefik."""
    return Entrance(f"traefik.{traefik.NAMESPACE}:80", host(canary))


PROVIDER = Provider(
    name="traefik",
    title="Traefik",
    plane=DataPlane.REAL,
    about="Traefik itself, with its own metrics; users ask it, with the name as Host header",
    strategies=(CANARY, BLUE_GREEN),
    route=Route(TRAEFIK_SERVICE, read),
    queries=queries.of(
        queries.success(_METRIC, _LABELS, good='code!~"5.."', last='le="+Inf"'),
        queries.quantile(_METRIC, _LABELS, "*1000"),
    ),
    told_by=("{{ target }}-canary", "{{ target }}-primary"),
    parts=parts,
    setting=setting,
    entrance=entrance,
    upstream=(
        "Flagger's kustomizations give it no rights on TraefikServices, as its Helm chart does: forbidden at each tick",
        "all weight for the new revision leaves the primary 1 of 101 requests: its weight 0 is left out, which is 1",
        "an edit of spec.service in mid-run writes the weights 100 and 100 (#1692)",
        "queries ask by the target's name where the Service has service.name: no values found if they differ",
        "match is left out (#938): an A/B test sends every user to the new revision",
        "blue/green: no user reaches the new revision through Traefik, so Flagger's own queries find nothing",
    ),
)
