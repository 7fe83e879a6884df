"""Pains of the analysis itself: its interval, weights, iterations, mirror and promotion."""

from __future__ import annotations

from collections.abc import Iterator

from canarylab.model.canary import FLOOR, TOTAL, Strategy, seconds
from canarylab.model.pains.pain import ANALYSIS, Found, Level, Pain, Situation

_SHAPES = ("iterations", "stepWeight", "stepWeights")
_SESSION_DAY = 86400


def _interval_floor(seen: Situation) -> Iterator[Found]:
    interval = seen.analysis.get("interval")
    if interval and seconds(interval) < FLOOR:
        what = f"Flagger analyses every 10 s, not every {interval}: its interval has a floor"
        yield Found((*ANALYSIS, "interval"), what, "interval: 10s, or a longer one")


def _refused(seen: Situation) -> Iterator[Found]:
    if not seen.analysis:
        path = "canaryAnalysis" if "canaryAnalysis" in seen.spec else "analysis"
        yield Found(("spec", path), "the API server refuses it: spec.analysis is required", "spec.analysis")
        return
    missing = [key for key in ("interval", "threshold") if key not in seen.analysis]
    shapes = [key for key in _SHAPES if key in seen.analysis]
    if missing:
        yield Found(ANALYSIS, f"the API server refuses it: analysis has no {' and no '.join(missing)}", "both of them")
    if len(shapes) != 1:
        told = " and ".join(shapes) or f"none of {', '.join(_SHAPES)}"
        yield Found(ANALYSIS, f"the API server refuses it: analysis has {told}", f"exactly one of {', '.join(_SHAPES)}")


def _overshoot(seen: Situation) -> Iterator[Found]:
    step, most = seen.canary.step, seen.canary.max_weight
    if seen.canary.strategy is Strategy.CANARY and step > 0 and most <= TOTAL and most % step and seen.canary.steps:
        told = (
            f"the canary gets up to {seen.canary.steps[-1]}%: weights grow by {step} until {most} is reached or passed"
        )
        yield Found((*ANALYSIS, "maxWeight"), told, f"a multiple of {step}, or stepWeights")


def _above_total(seen: Situation) -> Iterator[Found]:
    if seen.canary.strategy is Strategy.CANARY and seen.canary.max_weight > TOTAL:
        what = "it is never promoted: weights end at 100, and are raised to 100 again at each tick"
        yield Found((*ANALYSIS, "maxWeight"), what, "maxWeight: 100, or less")


def _stalls(seen: Situation) -> Iterator[Found]:
    canary = seen.canary
    if canary.strategy is not Strategy.CANARY or canary.skip:
        return
    if not canary.step and not canary.steps:
        yield Found(ANALYSIS, "it waits at 0% for ever: a step of 0 leads nowhere", "a stepWeight above 0")
    elif not canary.step:
        listed = canary.steps
        if stop := next((a for a, b in zip((0, *listed), listed, strict=False) if b <= a), None):
            yield Found((*ANALYSIS, "stepWeights"), f"it waits at {stop}% for ever", "weights that grow")
        elif listed[0] <= 0:
            yield Found((*ANALYSIS, "stepWeights"), "it waits at 0% for ever", "weights that begin above 0")


def _no_copies(seen: Situation) -> Iterator[Found]:
    canary = seen.canary
    if not canary.mirror or canary.mirrors or canary.strategy is Strategy.AB:
        return
    by = "this route" if seen.provider == "istio" else canary.provider or "this provider"
    if canary.strategy is Strategy.CANARY:
        what = f"it waits at 0% for ever: {by} sends no copies, so that the step of copies never ends"
    else:
        what = f"{by} sends no copies: nothing reaches the canary before all traffic does"
    yield Found((*ANALYSIS, "mirror"), what, "no mirror, or blue/green on the Gateway API, or HTTP on Istio")


def _match_alone(seen: Situation) -> Iterator[Found]:
    if seen.canary.matched and seen.canary.strategy is Strategy.CANARY:
        what = "it is no A/B test: without iterations the weights grow, for the users who match"
        yield Found((*ANALYSIS, "match"), what, "iterations instead of stepWeight")


def _no_mesh(seen: Situation) -> Iterator[Found]:
    if seen.canary.routed or seen.canary.skip:
        return
    if seen.canary.steps:
        what = f"plain Kubernetes has no weights: it becomes blue/green with {seen.canary.iterations} iterations"
        yield Found(ANALYSIS, what, "iterations")
    if seen.canary.matched:
        yield Found((*ANALYSIS, "match"), "plain Kubernetes cannot tell users apart: match is dropped", "no match")


def _all_at_once(seen: Situation) -> Iterator[Found]:
    canary = seen.canary
    most = canary.steps[-1] if canary.steps else TOTAL
    if canary.routed and not canary.skip and not canary.step_promotion and most >= TOTAL // 2:
        what = f"at Finalising {most}% of the traffic goes to new pods of the primary in one tick"
        yield Found(ANALYSIS, what, "stepWeightPromotion, such as 20")


def _restart_jumps(seen: Situation) -> Iterator[Found]:
    if seen.canary.step_promotion and seen.canary.routed:
        what = "a new revision in mid-analysis still moves all traffic to the primary in one tick"
        yield Found((*ANALYSIS, "stepWeightPromotion"), what, "nothing; mind it where the primary is small")


def _cookie(seen: Situation) -> Iterator[Found]:
    affinity = seen.analysis.get("sessionAffinity")
    if not affinity:
        return
    path = (*ANALYSIS, "sessionAffinity")
    if affinity.get("cookieName") == affinity.get("primaryCookieName"):
        yield Found(path, "Flagger 1.41 and later passes it over: both cookies have one name", "two names")
    age = affinity.get("maxAge") or _SESSION_DAY
    if age > seen.canary.interval * max(1, len(seen.canary.steps)):
        what = f"for {age} s users keep to the canary, so that it has more of the traffic than its weight"
        yield Found(path, what, "a maxAge no longer than the analysis")


def _suspended(seen: Situation) -> Iterator[Found]:
    if seen.canary.suspended:
        yield Found(("spec", "suspend"), "no tick does anything", "suspend: false")


def _skipped(seen: Situation) -> Iterator[Found]:
    if seen.spec.get("skipAnalysis"):
        what = "no check is made, no weight is used, and the primary is not waited for"
        yield Found(("spec", "skipAnalysis"), what, "skipAnalysis: false")


PAINS = (
    Pain("interval-floor", "an interval below 10 s", "pkg/apis/flagger/v1beta1/canary.go", _interval_floor),
    Pain("refused", "an analysis that the CRD does not take", "artifacts/flagger/crd.yaml", _refused),
    Pain("overshoot", "a maxWeight that is no multiple of stepWeight", "pkg/controller/scheduler.go", _overshoot),
    Pain("above-total", "a maxWeight above 100", "pkg/controller/scheduler.go", _above_total),
    Pain("stalls", "weights that do not grow", "pkg/controller/scheduler.go", _stalls),
    Pain("no-copies", "mirror where there is none", "pkg/router", _no_copies),
    Pain("match-alone", "match without iterations", "pkg/apis/flagger/v1beta1/canary.go", _match_alone),
    Pain("no-mesh", "weights or match on plain Kubernetes", "pkg/controller/scheduler.go", _no_mesh),
    Pain("all-at-once", "half of the traffic or more goes back in one tick", "#1600", _all_at_once, Level.NOTE),
    Pain("restart-jumps", "a restart takes no steps back", "#635", _restart_jumps, Level.NOTE),
    Pain("cookie", "sessions that outlast the analysis", "#1647 #1339", _cookie),
    Pain("suspended", "spec.suspend", "#1431", _suspended),
    Pain("skipped", "skipAnalysis", "pkg/controller/scheduler.go", _skipped, Level.NOTE),
)
