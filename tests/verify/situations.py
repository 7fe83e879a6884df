"""Rollouts as they are seen while they are followed, for tests: a Canary's object, and events a tick apart."""

from __future__ import annotations

from typing import Any

from canarylab.model.timeline import CanarySeen, Event, FlaggerSaid, Gap, RouteSeen, Timeline
from canarylab.verify import subject
from canarylab.verify.judge import Evidence
from canarylab.verify.progress import Standing
from canarylab.verify.stuck import NOTHING, Found

GATE = {"name": "ask", "type": "confirm-promotion", "url": "http://gate/"}
RATE = "Halt web.shop advancement success rate 91.20% < 99%"
NO_VALUES = (
    "Halt advancement no values found for istio metric request-duration probably web.shop is not receiving traffic"
)


def item(*hooks: dict[str, str], **spec: Any) -> dict[str, Any]:
    """A Canary of two weights."""
    analysis = {"interval": "10s", "threshold": 2, "stepWeight": 20, "maxWeight": 40, "webhooks": list(hooks)}
    analysis["metrics"] = [{"name": "request-success-rate", "thresholdRange": {"min": 99}, "interval": "30s"}]
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    return {
        "metadata": {"name": "web", "namespace": "shop", "resourceVersion": "1"},
        "spec": {"targetRef": target, "service": {"port": 80}, "analysis": analysis, **spec},
        "status": {"phase": "Initialized", "lastTransitionTime": "2026-01-01T00:00:00Z"},
    }


SUBJECT = subject.read(item())
GATED = subject.read(item(GATE))


def seen(at: float, phase: str, weight: int = 0, failed: int = 0, iterations: int = 0) -> CanarySeen:
    return CanarySeen(at, at, "canary", str(at), phase, weight, failed, iterations)


def route(at: float, weight: int) -> RouteSeen:
    return RouteSeen(at, at, "route", "1", "web", {"web-canary": weight}, weight)


def said(at: float, text: str) -> FlaggerSaid:
    return FlaggerSaid(at, at, "log", "info", text)


def gap(at: float, source: str = "canary") -> Gap:
    return Gap(at, at, source, "listed again")


IDLE: list[Event] = [seen(0, "Initialized"), route(0, 0)]
UNDER_WAY: list[Event] = [*IDLE, seen(5, "Progressing"), route(15, 20), seen(15, "Progressing", 20)]
PROMOTED: list[Event] = [
    *UNDER_WAY, route(25, 40), seen(25, "Progressing", 40), seen(35, "Promoting", 40),
    route(45, 0), seen(45, "Finalising"), seen(55, "Succeeded"),
]  # fmt: skip
ROLLED_BACK: list[Event] = [
    *UNDER_WAY, seen(25, "Progressing", 20, 1), said(25, RATE), seen(35, "Progressing", 20, 2), said(35, RATE),
    said(45, "Rolling back web.shop failed checks threshold reached 2"),
    said(45, "Canary failed! Scaling down web.shop"), route(45, 0), seen(45, "Failed"),
]  # fmt: skip


def evidence(
    events: list[Event], standing: Standing = Standing.ENDED, *, about: subject.Subject = SUBJECT, at: float = 60,
    lost: str = "", edited: bool = False, found: Found = NOTHING,
) -> Evidence:  # fmt: skip
    return Evidence(about, Timeline(events), standing, at, lost, edited, found)
