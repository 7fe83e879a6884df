"""Each pain is found where it is, and not beside it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from canarylab.model import pains, releases
from canarylab.model.canary import Canary
from canarylab.model.pains import PAINS

Json = dict[str, Any]
RATE: Json = {"name": "request-success-rate", "thresholdRange": {"min": 99}, "interval": "30s"}
CLEAN: Json = {
    "apiVersion": "flagger.app/v1beta1",
    "kind": "Canary",
    "metadata": {"name": "web", "namespace": "shop"},
    "spec": {
        "targetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
        "service": {"port": 80},
        "analysis": {"interval": "30s", "threshold": 2, "stepWeight": 10, "maxWeight": 40, "metrics": [RATE]},
    },
}
LOAD: Json = {"name": "load", "url": "http://tester/", "timeout": "5s", "metadata": {"cmd": "hey http://web-canary/"}}


def found(item: Json, others: list[Json] | None = None, flagger: str = "1.44.0", provider: str = "istio") -> set[str]:
    canary = Canary.parse(item).played(provider, releases.version(flagger))
    return {one.pain.name for one in pains.look(item, canary, others or [])}


def having(*, drop: tuple[str, ...] = (), spec: Json | None = None, **analysis: Any) -> Json:
    """The clean Canary with fields of its analysis and of its spec in place of its own."""
    item = copy.deepcopy(CLEAN)
    item["spec"]["analysis"].update(analysis)
    item["spec"].update(spec or {})
    for key in drop:
        del item["spec"]["analysis"][key]
    return item


def blue_green(**analysis: Any) -> Json:
    promoted = {"stepWeightPromotion": 20}
    return having(drop=("stepWeight", "maxWeight"), iterations=3, **promoted, **analysis)


def metric(**fields: Any) -> Json:
    return having(metrics=[{**RATE, **fields}])


def hook(**fields: Any) -> Json:
    return {"name": "gate", "url": "http://gate/", **fields}


def named(kind: str, name: str, spec: Json | None = None) -> Json:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name, "namespace": "shop"}, "spec": spec or {}}


def workload(container: Json | None = None, name: str = "web", **spec: Any) -> Json:
    probed = {"name": "app", "readinessProbe": {"httpGet": {"path": "/"}}}
    template = {"spec": {"containers": [probed if container is None else container], **spec.pop("pod", {})}}
    return named("Deployment", name, {"template": template, **spec})


SHARED = {"volumes": [{"name": "a", "configMap": {"name": "common"}}]}
OTHER = {
    **having(spec={"targetRef": {"kind": "Deployment", "name": "api"}}),
    "metadata": {"name": "api", "namespace": "shop"},
}
TWIN = {**CLEAN, "metadata": {**CLEAN["metadata"], "name": "twin"}}
SCALER = named("HorizontalPodAutoscaler", "web", {"scaleTargetRef": {"kind": "Deployment", "name": "web"}})
SCALED = having(spec={"autoscalerRef": {"kind": "HorizontalPodAutoscaler", "name": "web"}})
Case = tuple[Json, dict[str, Any]]


def case(item: Json, **options: Any) -> Case:
    return item, options


# name -> where it is, and the nearest thing that is none
CASES: dict[str, tuple[Case, Case]] = {
    "interval-floor": (case(having(interval="5s")), case(having(interval="10s"))),
    "refused": (case(having(iterations=3)), case(CLEAN)),
    "overshoot": (case(having(maxWeight=45)), case(having(maxWeight=30))),
    "above-total": (case(having(maxWeight=110)), case(having(maxWeight=100))),
    "stalls": (
        case(having(drop=("stepWeight", "maxWeight"), stepWeights=[10, 10])),
        case(having(drop=("stepWeight", "maxWeight"), stepWeights=[10, 20])),
    ),
    "no-copies": (case(having(mirror=True), provider="linkerd"), case(having(mirror=True))),
    "match-alone": (case(having(match=[{}])), case(blue_green(match=[{}]))),
    "no-mesh": (case(CLEAN, provider="kubernetes"), case(blue_green(), provider="kubernetes")),
    "all-at-once": (case(having(maxWeight=50)), case(having(maxWeight=50, stepWeightPromotion=10))),
    "restart-jumps": (case(having(stepWeightPromotion=10)), case(CLEAN)),
    "cookie": (
        case(having(sessionAffinity={"cookieName": "a"})),
        case(having(sessionAffinity={"cookieName": "a", "maxAge": 60})),
    ),
    "suspended": (case(having(spec={"suspend": True})), case(having(spec={"suspend": False}))),
    "skipped": (case(having(spec={"skipAnalysis": True})), case(CLEAN)),
    "long-window": (case(metric(interval="1m")), case(metric(interval="30s"))),
    "short-window": (case(metric(interval="10s")), case(metric(interval="30s"))),
    "other-name": (
        case(having(spec={"service": {"name": "front", "port": 80}}), provider="traefik"),
        case(having(spec={"service": {"name": "front", "port": 80}}), provider="contour"),
    ),
    "service-target": (
        case(having(spec={"targetRef": {"kind": "Service", "name": "web"}}), provider="linkerd"),
        case(having(spec={"targetRef": {"kind": "Service", "name": "web"}}), provider="gloo"),
    ),
    "never-met": (
        case(metric(thresholdRange={"min": 101})),
        case(metric(thresholdRange={"min": 100})),
    ),
    "always-met": (case(metric(thresholdRange={})), case(metric(thresholdRange={"max": 100}))),
    "no-checks": (case(having(metrics=[])), case(having(metrics=[], webhooks=[hook()]))),
    "unaskable": (
        case(metric(name="errors", query="1"), flagger="1.36.1"),
        case(metric(name="errors", query="1"), flagger="1.37.0"),
    ),
    "passed-over": (
        case(metric(name="errors"), flagger="1.35.0"),
        case(metric(name="errors", query="1"), flagger="1.35.0"),
    ),
    "no-load": (case(blue_green()), case(blue_green(webhooks=[hook(type="pre-rollout")]))),
    "late-load": (
        case(blue_green(webhooks=[LOAD])),
        case(blue_green(webhooks=[LOAD, {**LOAD, "type": "pre-rollout"}])),
    ),
    "unasked": (
        case(blue_green(webhooks=[hook(type="confirm-traffic-increase")])),
        case(having(webhooks=[hook(type="confirm-traffic-increase")])),
    ),
    "endless-hold": (
        case(having(webhooks=[hook(type="confirm-traffic-increase")])),
        case(having(webhooks=[hook(type="confirm-rollout")])),
    ),
    "wrong-weight": (
        case(having(webhooks=[hook(type="confirm-promotion")])),
        case(blue_green(webhooks=[hook(type="confirm-promotion")])),
    ),
    "slow-hook": (
        case(having(webhooks=[hook(timeout="1m")])),
        case(having(webhooks=[hook(timeout="1m", type="event")])),
    ),
    "silent": (case(having(alerts=[{"name": "chat"}])), case(having(alerts=[]))),
    "too-soon": (
        case(CLEAN, others=[workload(minReadySeconds=600)]),
        case(CLEAN, others=[workload(minReadySeconds=300)]),
    ),
    "other-deadline": (
        case(CLEAN, others=[workload(progressDeadlineSeconds=60)]),
        case(CLEAN, others=[workload(progressDeadlineSeconds=600)]),
    ),
    "short-deadline": (
        case(having(spec={"progressDeadlineSeconds": 30})),
        case(having(spec={"progressDeadlineSeconds": 31})),
    ),
    "unprobed": (case(CLEAN, others=[workload({"name": "app"})]), case(CLEAN, others=[workload()])),
    "scaler": (case(CLEAN, others=[SCALER]), case(SCALED, others=[SCALER])),
    "service-owned": (case(CLEAN, others=[named("Service", "web")]), case(CLEAN, others=[named("Service", "db")])),
    "route-owned": (
        case(CLEAN, others=[named("VirtualService", "web")]),
        case(CLEAN, others=[named("VirtualService", "db")]),
    ),
    "shared-config": (
        case(CLEAN, others=[workload(pod=SHARED), workload(name="api", pod=SHARED), OTHER]),
        case(CLEAN, others=[workload(pod=SHARED), workload(name="api"), OTHER]),
    ),
    "same-target": (case(CLEAN, others=[TWIN]), case(CLEAN, others=[OTHER])),
}


def test_a_canary_in_which_nothing_is_wrong_has_no_warning() -> None:
    assert found(CLEAN) == set()
    assert found(SCALED, [workload(), SCALER]) == set()


def test_every_pain_has_a_case() -> None:
    assert [one.name for one in PAINS] == list(CASES)


@pytest.mark.parametrize("name", CASES)
def test_a_pain_is_found_where_it_is_and_not_beside_it(name: str) -> None:
    (there, options), (beside, others) = CASES[name]
    assert name in found(there, **options)
    assert name not in found(beside, **others)


@pytest.mark.parametrize("name", CASES)
def test_a_pain_says_where_what_and_what_instead(name: str) -> None:
    item, options = CASES[name][0]
    provider, flagger = options.get("provider", "istio"), releases.version(options.get("flagger", "1.44.0"))
    canary = Canary.parse(item).played(provider, flagger)
    one = next(one for one in pains.look(item, canary, options.get("others", [])) if one.pain.name == name)
    facts = one.facts()
    assert facts["field"].startswith("spec")
    assert all(facts.values())
    assert facts["source"].startswith(("#", "pkg/", "docs/", "artifacts/"))


LIMITS: list[tuple[Json, bool]] = [
    ({"name": "request-duration", "threshold": 500}, False),
    ({"name": "request-duration"}, True),
    ({"name": "request-duration", "thresholdRange": {"max": 0.5}}, True),
    ({"name": "errors", "templateRef": {"name": "errors"}}, True),
    ({"name": "errors", "templateRef": {"name": "errors"}, "thresholdRange": {"min": 5, "max": 1}}, True),
    ({"name": "errors", "templateRef": {"name": "errors"}, "thresholdRange": {"max": -1}}, True),
    ({"name": "request-success-rate", "threshold": 99}, False),
]


@pytest.mark.parametrize(("limits", "never"), LIMITS)
def test_limits_that_no_value_meets(limits: Json, never: bool) -> None:
    assert ("never-met" in found(having(metrics=[{**limits, "interval": "30s"}]))) is never


REFUSED: list[tuple[Callable[[], Json], str]] = [
    (lambda: having(drop=("stepWeight", "maxWeight")), "none of iterations, stepWeight, stepWeights"),
    (lambda: having(drop=("threshold",)), "analysis has no threshold"),
    (lambda: {**CLEAN, "spec": {**{k: v for k, v in CLEAN["spec"].items() if k != "analysis"}}}, "is required"),
]


@pytest.mark.parametrize(("make", "words"), REFUSED)
def test_what_the_api_server_refuses(make: Callable[[], Json], words: str) -> None:
    item = make()
    told = [one.found.what for one in pains.look(item, Canary.parse(item)) if one.pain.name == "refused"]
    assert any(words in one for one in told)
