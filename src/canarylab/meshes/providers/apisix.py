"""APISIX: a copy of the one rule of an ApisixRoute that leads to the Service, with both Services behind it.

APISIX is written in Lua around nginx: its ApisixRoutes are translated. It counts by routes and not by Services, so that
Flagger's queries ask about the answers of both revisions together.
"""

from __future__ import annotations

from typing import Any

from canarylab.kube.reconcile import Kind
from canarylab.meshes import queries
from canarylab.meshes.provider import BLUE_GREEN, CANARY, DataPlane, Provider, Route, Setting
from canarylab.meshes.recording import DURATION, REQUESTS, Record
from canarylab.meshes.routing import Routing, Rule
from canarylab.model.canary import Canary

Json = dict[str, Any]

ROUTE = Kind("apisix.apache.org/v2", "apisixroutes", "ApisixRoute")

_LABELS = 'route=~"{{ namespace }}_{{ route }}-{{ target }}-canary_.+"'
_SELECT = 'route=~"apisix/.+"'


def read(item: Json) -> Routing | None:
    """The copy of an ApisixRoute; None for any other, which has no primary behind it."""
    meta = item["metadata"]
    for rule in item["spec"].get("http") or ():
        weights = {one["serviceName"]: one.get("weight", 0) for one in rule.get("backends") or ()}
        primary = next((name for name in weights if name.endswith("-primary")), "")
        apex = primary.removesuffix("-primary")
        if f"{apex}-canary" in weights:
            name = f"apisix/{meta['namespace']}_{meta['name']}_{rule['name']}"
            return Routing(apex, meta["namespace"], (Rule(weights),), name)
    return None


def called(canary: Canary) -> str:
    """The copy, beside the ApisixRoute that the Canary refers to."""
    return f"{canary.route}-{canary.apex}-canary"


def setting(canary: Canary) -> Setting:
    """An ApisixRoute before the Canary's Service, to which it refers; its numbers are told by name."""
    rule = {
        "name": "all",
        "match": {"hosts": [f"{canary.apex}.example.com"], "paths": ["/*"]},
        "backends": [{"serviceName": canary.apex, "servicePort": canary.port}],
        "plugins": [{"name": "prometheus", "enable": True, "config": {"disable": False, "prefer_name": True}}],
    }
    head = {"apiVersion": ROUTE.api_version, "kind": ROUTE.kind}
    item = {**head, "metadata": {"name": canary.apex}, "spec": {"http": [rule]}}
    return Setting({"routeRef": {**head, "name": canary.apex}}, (item,))


PROVIDER = Provider(
    name="apisix",
    title="APISIX",
    plane=DataPlane.TRANSLATED,
    about="ApisixRoutes are translated to Istio's VirtualServices; the metrics are recorded of Istio's",
    strategies=(CANARY, BLUE_GREEN),
    route=Route(ROUTE, read, called),
    queries=queries.of(
        queries.success("apisix_http_status", _LABELS, 'code!~"5.."'),
        queries.quantile("apisix_http_latency_bucket", f'type=~"request",{_LABELS}'),
    ),
    records=(
        Record("apisix_http_status", REQUESTS, {"code": "{code}", "route": "{route}"}, _SELECT),
        Record("apisix_http_latency_bucket", f"{DURATION}_bucket", {"type": "request", "route": "{route}"}, _SELECT),
    ),
    # The route has both Services behind it, and nothing in the query tells them apart.
    told_by=(_LABELS, _LABELS),
    definitions=("apisix",),
    setting=setting,
    upstream=(
        "the checks ask about the whole route: the primary's answers hide a new revision that fails or gets none",
        "queries ask by the target's name where the route has service.name: no values found if they differ",
        "match is left out (pkg/router/apisix.go): an A/B test sends every user to the new revision",
    ),
)
