"""NGINX: the annotations of a copy of the Ingress, by which ingress-nginx knows its canary.

ingress-nginx was retired in March 2026, and its proxy is nginx with modules of its own: its annotations are translated.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from canarylab.meshes import queries
from canarylab.meshes.provider import AB, BLUE_GREEN, CANARY, DataPlane, Provider, Route, Setting
from canarylab.meshes.providers import ingress
from canarylab.meshes.recording import DURATION, REQUESTS, Record
from canarylab.meshes.routing import Routing, Rule
from canarylab.model.canary import Canary

Json = dict[str, Any]

_ALL = 100
_WORDS = (("always", True), ("never", False))
_LABELS = 'namespace="{{ namespace }}",ingress="{{ ingress }}",canary!=""'


def read(item: Json) -> Routing | None:
    """The copy of an Ingress; None for any other, since only ``canary: "true"`` makes it one.

    The prefix of the annotations does not count: it is a flag of Flagger's and of ingress-nginx.
    """
    meta = item["metadata"]
    said = {key.partition("/")[2]: value for key, value in meta.get("annotations", {}).items()}
    service = next((name for _, _, name in ingress.paths(item) if name.endswith("-canary")), "")
    if said.get("canary") != "true" or not service:
        return None
    apex = service.removesuffix("-canary")
    return Routing(apex, meta["namespace"], _rules(apex, said), f"nginx/{ingress.copied(item)}")


def _rules(apex: str, said: Mapping[str, str]) -> tuple[Rule, ...]:
    """A header counts before a cookie, and a cookie before the weight, as ingress-nginx documents it."""
    new, old = {f"{apex}-primary": 0, f"{apex}-canary": _ALL}, {f"{apex}-primary": _ALL}
    named = [Rule(new if wanted else old, (match,)) for match, wanted in (*_by_header(said), *_by_cookie(said))]
    text = said.get("canary-weight", "")
    weight = min(_ALL, int(text)) if text.isdecimal() else 0
    if named and not weight:
        return (*named, Rule(old))
    return (*named, Rule({f"{apex}-primary": _ALL - weight, f"{apex}-canary": weight}))


def _by_header(said: Mapping[str, str]) -> list[tuple[Json, bool]]:
    """Whom a header sends to the new revision (True) or keeps from it; without a value it is "always" and "never"."""
    name = said.get("canary-by-header")
    if name is None:
        return []
    if "canary-by-header-value" in said:
        return [({"headers": {name: {"exact": said["canary-by-header-value"]}}}, True)]
    if "canary-by-header-pattern" in said:
        return [({"headers": {name: {"regex": _anywhere(said["canary-by-header-pattern"])}}}, True)]
    return [({"headers": {name: {"exact": word}}}, wanted) for word, wanted in _WORDS]


def _by_cookie(said: Mapping[str, str]) -> list[tuple[Json, bool]]:
    name = said.get("canary-by-cookie")
    if name is None:
        return []
    start = f"(.*;\\s*)?{re.escape(name)}="
    return [({"headers": {"cookie": {"regex": f"{start}{word}(;.*)?"}}}, wanted) for word, wanted in _WORDS]


def _anywhere(pattern: str) -> str:
    """nginx looks for a pattern within the value, Istio wants the whole value to fit."""
    return f"(.*?)({pattern})(.*)"


def _records() -> list[Record]:
    """What ingress-nginx counts: ``canary`` is empty where the Service of the Ingress itself answered."""
    metrics: tuple[tuple[str, str, dict[str, str]], ...] = (
        ("requests", REQUESTS, {"status": "{code}"}),
        ("response_duration_seconds_sum", f"{DURATION}_sum", {}),
        ("response_duration_seconds_count", f"{DURATION}_count", {}),
    )
    backends = (("-canary", "{home}-{service}-{port}"), ("-primary", ""))
    return [
        Record(
            f"nginx_ingress_controller_{name}",
            source,
            {"namespace": "{home}", "ingress": "{route}", "canary": canary, **labels},
            select=f'route=~"nginx/.+",destination_service_name=~".+{suffix}"',
            seconds=True,
        )
        for name, source, labels in metrics
        for suffix, canary in backends
    ]


def setting(canary: Canary) -> Setting:
    """An Ingress of the class nginx."""
    return ingress.of(canary, "nginx")


PROVIDER = Provider(
    name="nginx",
    title="NGINX Ingress",
    plane=DataPlane.TRANSLATED,
    about="a copied Ingress' annotations are translated to Istio's VirtualServices; metrics are recorded of Istio's",
    strategies=(CANARY, AB, BLUE_GREEN),
    route=Route(ingress.INGRESS, read, ingress.called),
    queries=queries.of(
        queries.success("nginx_ingress_controller_requests", _LABELS, 'status!~"5.*"'),
        queries.mean("nginx_ingress_controller_response_duration_seconds", _LABELS),
    ),
    records=tuple(_records()),
    told_by=('canary!=""', 'canary=""'),
    setting=setting,
    upstream=(
        "the first check comes before the first answers through the Ingress: no values found (#1689)",
        "blue/green: no user reaches the new revision through the Ingress, so Flagger's own queries find nothing",
        "match with stepWeight: no weight is written, who matches gets the new revision, and the next tick promotes it"
        " (pkg/router/ingress.go, see #1838)",
        "match takes one header, exact or regex, and the name of one cookie, whose value then has to be always",
        "no session affinity (#1487, #1834), and one Ingress only (#498)",
        "annotations are copied once: a later edit of the Ingress changes its rules alone",
    ),
)
