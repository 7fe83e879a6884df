"""Pains of the webhooks: load that is missing or comes late, and gates that hold otherwise than expected."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from canarylab.model.canary import Strategy, seconds
from canarylab.model.pains.pain import ANALYSIS, Found, Json, Level, Pain, Path, Situation
from canarylab.model.rollout import CONFIRM_PROMOTION, CONFIRM_TRAFFIC_INCREASE, EVENT, PRE_ROLLOUT, ROLLOUT

_REQUESTS = ("request-success-rate", "request-duration")


def _type(hook: Json) -> str:
    return str(hook.get("type") or ROLLOUT)


def _of(seen: Situation, type_: str) -> Iterator[tuple[Path, Json]]:
    return ((path, hook) for path, hook in seen.numbered("webhooks") if _type(hook) == type_)


def _loads(hook: Json) -> bool:
    """Whether a webhook makes the load tester send load, and goes on without waiting for its end."""
    metadata: dict[str, Any] = hook.get("metadata") or {}
    return "cmd" in metadata and metadata.get("type", "cmd") == "cmd"


def _asks_for_requests(seen: Situation) -> bool:
    return any(metric["name"] in _REQUESTS for _, metric in seen.numbered("metrics"))


def _idle(seen: Situation) -> bool:
    """Whether no user reaches the canary before all of them do."""
    return seen.canary.strategy is Strategy.BLUE_GREEN and not seen.canary.mirrors and not seen.canary.skip


def _no_load(seen: Situation) -> Iterator[Found]:
    hooks = [hook for type_ in (PRE_ROLLOUT, ROLLOUT) for _, hook in _of(seen, type_)]
    if _idle(seen) and _asks_for_requests(seen) and not hooks:
        what = "nothing sends the canary requests while it is checked: no values are found, and it is rolled back"
        yield Found(ANALYSIS, what, "a webhook of type pre-rollout that sends load to the canary's Service")


def _late_load(seen: Situation) -> Iterator[Found]:
    early = any(_loads(hook) for _, hook in _of(seen, PRE_ROLLOUT))
    if not _idle(seen) or early or not _asks_for_requests(seen):
        return
    for path, hook in _of(seen, ROLLOUT):
        if _loads(hook):
            ends = "it is rolled back" if seen.canary.threshold == 1 else "one check has failed"
            what = f"load begins with the first check, whose metrics have no values then: {ends} before there is any"
            yield Found((*path, "type"), what, "a second webhook of type pre-rollout that sends load")


def _endless_hold(seen: Situation) -> Iterator[Found]:
    for path, _ in _of(seen, CONFIRM_TRAFFIC_INCREASE):
        what = "while it refuses, the canary is held for ever: no refusal counts as a failed check"
        yield Found(path, what, "a webhook of type rollback beside it, or a timeout of whoever waits")


def _wrong_weight(seen: Situation) -> Iterator[Found]:
    for path, _ in _of(seen, CONFIRM_PROMOTION):
        if seen.canary.strategy is Strategy.CANARY:
            what = f"in WaitingPromotion the status says weight 0, while the route has {_most(seen)}%"
            yield Found(path, what, "read the weight from the route")


def _most(seen: Situation) -> int:
    return seen.canary.steps[-1] if seen.canary.steps else 0


def _unasked(seen: Situation) -> Iterator[Found]:
    for path, _ in _of(seen, CONFIRM_TRAFFIC_INCREASE):
        if seen.canary.strategy is not Strategy.CANARY:
            yield Found(path, f"it is never asked: {seen.canary.strategy.value} has no weights", "confirm-promotion")


def _slow(seen: Situation) -> Iterator[Found]:
    for path, hook in seen.numbered("webhooks"):
        timeout = hook.get("timeout", "10s")
        if _type(hook) != EVENT and seconds(timeout) > seen.canary.interval:
            what = f"an answer that takes {timeout} makes a tick longer than the interval ({seen.canary.interval:g} s)"
            yield Found((*path, "timeout"), what, f"timeout: {seen.canary.interval:g}s, or less")


def _silent(seen: Situation) -> Iterator[Found]:
    if seen.analysis.get("alerts"):
        what = "a canary that is past its progress deadline is rolled back without an alert"
        yield Found((*ANALYSIS, "alerts"), what, "an event webhook beside the alerts")


PAINS = (
    Pain("no-load", "blue/green that nobody sends requests", "#1035", _no_load),
    Pain("late-load", "load that begins with the first check", "#1689", _late_load),
    Pain("unasked", "confirm-traffic-increase without weights", "pkg/controller/scheduler.go", _unasked),
    Pain("endless-hold", "confirm-traffic-increase that never fails", "#1801", _endless_hold, Level.NOTE),
    Pain("wrong-weight", "confirm-promotion, and the status' weight", "#1819", _wrong_weight, Level.NOTE),
    Pain("slow-hook", "a webhook's timeout above the interval", "pkg/controller/webhook.go", _slow),
    Pain("silent", "alerts, and a deadline that sends none", "#1663", _silent, Level.NOTE),
)
