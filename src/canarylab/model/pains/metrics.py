"""Pains of the metrics: windows, limits, and queries that cannot find the canary."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from canarylab.model import releases
from canarylab.model.canary import seconds
from canarylab.model.pains.pain import ANALYSIS, Found, Level, Pain, Path, Situation

_RATE, _DURATION = "request-success-rate", "request-duration"
_BY_TARGET = ("gloo", "kuma", "traefik", "apisix")  # their routers use service.name
_FOR_SERVICES = ("appmesh", "gloo", "gatewayapi")
_TWO_SAMPLES = 30  # seconds: two scrapes, at Prometheus' usual 15 s


def _long_window(seen: Situation) -> Iterator[Found]:
    tick = f"{seen.canary.interval:g}s"
    if found := _windows(seen, lambda window: window > seen.canary.interval):
        path, names = found
        what = f"{names}: more than one tick ({tick}), so that answers under earlier weights count as well, "
        yield Found(path, f"{what}and one fault fails several checks", f"interval: {tick}, or ticks as long")


def _short_window(seen: Situation) -> Iterator[Found]:
    if found := _windows(seen, lambda window: window < _TWO_SAMPLES):
        path, names = found
        what = f"{names}: where Prometheus scrapes every 15 s one sample may be all there is, which has no rate"
        yield Found(path, f'{what} ("no values found")', "interval: 30s, or longer")


def _windows(seen: Situation, wrong: Callable[[float], bool]) -> tuple[Path, str] | None:
    """The metrics whose window is wrong, with their windows, and the place of the first of them."""
    windows = [(path, one["name"], one.get("interval", "1m")) for path, one in seen.numbered("metrics")]
    found = [one for one in windows if wrong(seconds(one[2]))]
    names = ", ".join(f"{name} ({window})" for _, name, window in found)
    return ((*found[0][0], "interval"), names) if found else None


def _other_name(seen: Situation) -> Iterator[Found]:
    if seen.provider in _BY_TARGET and seen.canary.apex != seen.canary.target:
        for path, metric in _built_in(seen):
            what = f"{metric['name']} asks for {seen.canary.target}-canary, but the route is {seen.canary.apex}-canary"
            yield Found(path, f"{what}: no values are found, and it is rolled back", "a MetricTemplate")


def _service_target(seen: Situation) -> Iterator[Found]:
    if seen.canary.kind == "Service" and seen.provider not in (*_FOR_SERVICES, "istio", "knative", ""):
        for path, metric in _built_in(seen):
            what = f"{metric['name']} asks for Istio's metrics: {seen.provider} has none for a target of kind Service"
            yield Found(path, what, "a MetricTemplate")


def _built_in(seen: Situation) -> Iterator[tuple[Path, dict[str, object]]]:
    for path, metric in seen.numbered("metrics"):
        if metric["name"] in (_RATE, _DURATION):
            yield path, dict(metric)


def _never_met(seen: Situation) -> Iterator[Found]:
    for path, metric in seen.numbered("metrics"):
        if why := _impossible(dict(metric)):
            yield Found(path, f"{metric['name']} fails each check: {why}", "a thresholdRange that can be met")


def _impossible(metric: dict[str, object]) -> str:
    limits = metric.get("thresholdRange")
    if isinstance(limits, dict):
        least, most = limits.get("min"), limits.get("max")
        if least is not None and most is not None and least > most:
            return f"nothing is above {least} and below {most}"
        if metric["name"] == _RATE and least is not None and least > 100:
            return f"no rate is above 100, and {least} is asked for"
        if metric["name"] == _DURATION and most is not None and most < 1:
            return f"limits are cut to whole milliseconds, so that {most} is 0"
        return "no value is below 0" if most is not None and most < 0 else ""
    if metric.get("threshold") or metric["name"] == _RATE:
        return ""
    return "without a threshold the limit is 0"


def _always_met(seen: Situation) -> Iterator[Found]:
    for path, metric in seen.numbered("metrics"):
        limits = metric.get("thresholdRange")
        empty = limits is not None and limits.get("min") is None and limits.get("max") is None
        if empty or (limits is None and metric["name"] == _RATE and not metric.get("threshold")):
            yield Found(path, f"{metric['name']} passes with any value: it has no limit", "thresholdRange: {min: 99}")


def _no_checks(seen: Situation) -> Iterator[Found]:
    types = {hook.get("type") or "rollout" for hook in seen.analysis.get("webhooks") or ()}
    if seen.canary.skip or seen.analysis.get("metrics") or types & {"rollout", "pre-rollout"}:
        return
    what = "every revision whose pods become ready is promoted: there is no metric, and no webhook that checks"
    yield Found(ANALYSIS, what, "metrics, or a webhook of type rollout")


def _unaskable(seen: Situation) -> Iterator[Found]:
    for (path, item), metric in zip(seen.numbered("metrics"), seen.canary.metrics, strict=True):
        if metric.askable(seen.canary.flagger):
            continue
        why = "this release asks for no query of its own" if item.get("query") else "it has neither template nor query"
        yield Found(path, f"{metric.name} fails each check: {why}", "templateRef")


def _passed_over(seen: Situation) -> Iterator[Found]:
    if releases.TEMPLATE_NEEDED.holds(seen.canary.flagger):
        return
    for path, item in seen.numbered("metrics"):
        if item["name"] not in (_RATE, _DURATION) and not item.get("query") and not item.get("templateRef"):
            yield Found(path, f"{item['name']} is passed over: it has neither template nor query", "templateRef")


PAINS = (
    Pain("long-window", "a metric's interval above the analysis'", "docs/gitbook/faq.md", _long_window),
    Pain("short-window", "a metric's interval below two scrapes", "#883 #1365", _short_window),
    Pain("other-name", "queries by the target's name where service.name differs", "pkg/metrics/observers", _other_name),
    Pain("service-target", "built-in metrics of a Service", "pkg/metrics/observers/factory.go", _service_target),
    Pain("never-met", "limits that no value meets", "pkg/controller/scheduler_metrics.go", _never_met),
    Pain("always-met", "metrics without a limit", "pkg/controller/scheduler_metrics.go", _always_met),
    Pain("no-checks", "an analysis that checks nothing", "pkg/controller/scheduler.go", _no_checks),
    Pain("unaskable", "a metric that cannot be asked for", "#1582", _unaskable),
    Pain("passed-over", "a metric that older releases pass over", "#1582", _passed_over, Level.NOTE),
)
