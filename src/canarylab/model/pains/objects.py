"""Pains that other objects of the file show: workloads, autoscalers, Services, routes, configuration, more Canaries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from canarylab.model.pains.pain import Found, Json, Pain, Situation

_DEADLINE = ("spec", "progressDeadlineSeconds")
_SCALERS = ("HorizontalPodAutoscaler", "ScaledObject")
_ROUTES = (
    "VirtualService",
    "DestinationRule",
    "HTTPRoute",
    "TrafficSplit",
    "HTTPProxy",
    "TraefikService",
    "RouteTable",
)


def _too_soon(seen: Situation) -> Iterator[Found]:
    spec = (seen.target() or {}).get("spec") or {}
    ready = spec.get("minReadySeconds", 0)
    if ready and ready >= seen.canary.deadline:
        what = f"no pod counts before its deadline of {seen.canary.deadline} s: minReadySeconds is {ready}"
        yield Found(_DEADLINE, f"{what}, so that each revision is rolled back", f"more than {ready}")
    for container in _containers(seen.target()):
        delay = (container.get("readinessProbe") or {}).get("initialDelaySeconds", 0)
        if delay >= seen.canary.deadline:
            what = f"{container['name']} is not asked before second {delay}, after its deadline"
            yield Found(_DEADLINE, f"{what} of {seen.canary.deadline} s", f"more than {delay}")


def _other_deadline(seen: Situation) -> Iterator[Found]:
    own = ((seen.target() or {}).get("spec") or {}).get("progressDeadlineSeconds")
    if seen.canary.kind == "Deployment" and own is not None and own < seen.canary.deadline:
        what = f"the Deployment's own deadline of {own} s comes first, and rolls back as well"
        yield Found(_DEADLINE, what, f"progressDeadlineSeconds: {own}, or less")


def _short_deadline(seen: Situation) -> Iterator[Found]:
    if seen.canary.deadline <= seen.canary.interval:
        what = f"pods have one tick of {seen.canary.interval:g} s: those not ready at the next are past the deadline"
        yield Found(_DEADLINE, what, "several intervals")


def _unprobed(seen: Situation) -> Iterator[Found]:
    for container in _containers(seen.target()):
        if "readinessProbe" not in container:
            what = f"{container['name']} has no readinessProbe: it is sent users as soon as its process runs"
            yield Found(("spec", "targetRef"), f"{what}, and a crash loop may look ready", "a readinessProbe")


def _containers(workload: Json | None) -> list[dict[str, Any]]:
    spec = ((workload or {}).get("spec") or {}).get("template", {}).get("spec") or {}
    return list(spec.get("containers") or ())


def _scaler(seen: Situation) -> Iterator[Found]:
    wanted = (seen.spec.get("autoscalerRef") or {}).get("name")
    for one in seen.of(*_SCALERS):
        name, target = one["metadata"]["name"], (one["spec"].get("scaleTargetRef") or {}).get("name")
        if target == seen.canary.target and name != wanted:
            what = f"{one['kind']} {name} scales {target} only: {seen.canary.primary} has none, and Flagger"
            what = f"{what} scales what it scales to zero"
            yield Found(("spec", "autoscalerRef"), what, f"autoscalerRef with the name {name}")
        if target == seen.canary.primary:
            what = f"{one['kind']} {name} scales {target}, which Flagger makes and scales itself"
            yield Found(("spec", "autoscalerRef"), what, f"scaleTargetRef {seen.canary.target}, and autoscalerRef")


def _service_owned(seen: Situation) -> Iterator[Found]:
    names = [seen.canary.apex, f"{seen.canary.apex}-primary", f"{seen.canary.apex}-canary"]
    for one in seen.named(["Service"], names if seen.canary.kind != "Service" else names[1:]):
        name = one["metadata"]["name"]
        what = f"Flagger owns Service {name}: applied again in mid-run it selects other pods until the next tick"
        yield Found(("spec", "service"), what, "no such Service; what it needs stands in spec.service")


def _route_owned(seen: Situation) -> Iterator[Found]:
    for one in seen.named(_ROUTES, [seen.canary.apex, f"{seen.canary.apex}-primary", f"{seen.canary.apex}-canary"]):
        kind, name = one["kind"], one["metadata"]["name"]
        what = f"Flagger owns {kind} {name}: applied again it is written anew with all traffic on the primary"
        yield Found(("spec", "service"), what, "no such route; hosts, gateways and retries stand in spec.service")


def _shared(seen: Situation) -> Iterator[Found]:
    own = _configs(seen.target())
    for other in seen.of("Canary"):
        name = other["spec"]["targetRef"]["name"]
        workloads = [one for one in seen.of("Deployment", "DaemonSet") if one["metadata"]["name"] == name]
        shared = sorted(own & set().union(*map(_configs, workloads)))
        if other["metadata"]["name"] != seen.canary.name and shared:
            what = f"{', '.join(shared)} is shared with {name}: the success of one promotes it for both"
            yield Found(("spec", "targetRef"), what, "a configuration of its own")


def _configs(workload: Json | None) -> set[str]:
    """The ConfigMaps and Secrets that a workload's pods use."""
    found: set[str] = set()
    spec = ((workload or {}).get("spec") or {}).get("template", {}).get("spec") or {}
    for volume in spec.get("volumes") or ():
        found |= {f"ConfigMap {volume['configMap']['name']}"} if "configMap" in volume else set()
        found |= {f"Secret {volume['secret']['secretName']}"} if "secret" in volume else set()
    for container in spec.get("containers") or ():
        for source in container.get("envFrom") or ():
            found |= {f"ConfigMap {source['configMapRef']['name']}"} if "configMapRef" in source else set()
            found |= {f"Secret {source['secretRef']['name']}"} if "secretRef" in source else set()
    return found


def _same_target(seen: Situation) -> Iterator[Found]:
    for other in seen.of("Canary"):
        if other["metadata"]["name"] != seen.canary.name and other["spec"]["targetRef"] == seen.spec["targetRef"]:
            what = f"Canary {other['metadata']['name']} has the same target: both scale and route it, each its own way"
            yield Found(("spec", "targetRef"), what, "one Canary")


PAINS = (
    Pain("too-soon", "a deadline that no pod can meet", "pkg/canary/deployment_ready.go", _too_soon),
    Pain("other-deadline", "the Deployment's own deadline", "pkg/canary/deployment_ready.go", _other_deadline),
    Pain("short-deadline", "a deadline within one interval", "#1578 #1247", _short_deadline),
    Pain("unprobed", "no readinessProbe", "#1578", _unprobed),
    Pain("scaler", "an autoscaler that the Canary does not name", "pkg/canary/hpa_reconciler.go", _scaler),
    Pain("service-owned", "a Service that Flagger owns", "#1026 #1720 #928 #1526", _service_owned),
    Pain("route-owned", "a route that Flagger owns", "#1692", _route_owned),
    Pain("shared-config", "configuration of two Canaries", "#1930", _shared),
    Pain("same-target", "two Canaries of one target", "pkg/controller/scheduler.go", _same_target),
)
