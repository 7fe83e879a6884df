"""What Flagger says in a tick, in its own words: the Events that it records and the alerts that it sends. Pure.

Texts are those of ``pkg/controller`` of Flagger 1.44.0. Where a text holds what only the cluster knows, such as the
value of a metric, ``...`` stands for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from canarylab.model import releases
from canarylab.model.canary import TOTAL, Canary, Metric
from canarylab.model.hooks import ANALYSIS, ROLLED_BACK, Call, calls, of_type
from canarylab.model.rollout import (
    CONFIRM_PROMOTION,
    CONFIRM_ROLLOUT,
    CONFIRM_TRAFFIC_INCREASE,
    FAILED,
    INITIALIZING,
    POST_ROLLOUT,
    PRE_ROLLOUT,
    ROLLBACK,
    ROLLOUT,
    WAITING,
    WAITING_PROMOTION,
    Decision,
    Observation,
    State,
    unseen,
)

NORMAL, WARNING = "Normal", "Warning"
INFO, WARN, ERROR = "info", "warn", "error"


@dataclass(frozen=True)
class Said:
    """An Event of the Canary, ``kind`` Normal or Warning; with a ``severity`` it is an alert.

    ``like`` is what is sure of a text, where it is only one of several that may be.
    """

    text: str
    kind: str = NORMAL
    severity: str = ""
    like: str = ""

    def matches(self, text: str) -> bool:
        """Whether a text that was seen is this one, whatever stands where it has dots."""
        parts = (self.like or self.text).split("...")
        return re.fullmatch(".*".join(map(re.escape, parts)), text, re.DOTALL) is not None


@dataclass(frozen=True)
class Told:
    """Everything that leaves Flagger in one tick."""

    events: tuple[Said, ...] = ()
    alerts: tuple[Said, ...] = ()
    calls: tuple[Call, ...] = ()


def tell(canary: Canary, before: State, seen: Observation, decision: Decision) -> Told:
    """One tick, from what was before it and what it saw to its Events, alerts and calls, each in order."""
    tick = _Tick(canary, before, seen, decision, calls(canary, before, seen, decision))
    said = tuple(tick.said())
    events = tuple(one for one in said if not one.severity)
    return Told(events, tuple(one for one in said if one.severity), tick.calls)


@dataclass(frozen=True)
class _Tick:
    canary: Canary
    before: State
    seen: Observation
    decision: Decision
    calls: tuple[Call, ...]

    def said(self) -> Iterator[Said]:
        rule = self.decision.rule
        yield from self._approval()
        yield from self._rollback_hooks()
        if rule in ANALYSIS:
            yield from self._analysis()
        if rule in _SAYS:
            yield from _SAYS[rule](self)
        if rule in ROLLED_BACK:
            yield from self._rolled_back()

    @property
    def _name(self) -> str:
        return f"{self.canary.name}.{self.canary.namespace}"

    @property
    def _target(self) -> str:
        return f"{self.canary.target}.{self.canary.namespace}"

    @property
    def _primary(self) -> str:
        return f"{self.canary.primary}.{self.canary.namespace}"

    def _of(self, type_: str) -> list[Call]:
        return [one for one in self.calls if one.webhook.type == type_]

    def _passed(self, type_: str, words: str) -> Iterator[Said]:
        yield from (Said(f"{words} check {one.webhook.name} passed") for one in self._of(type_) if one.passes)

    def _named(self, call: Call, before: str, after: str = "") -> Said:
        """A text with the name of the webhook that decided; of several, any may have been the one."""
        several = len(of_type(self.canary, call.webhook.type)) > 1
        like = f"{before}...{after}" if several else ""
        return Said(f"{before}{call.webhook.name}{after}", WARNING, like=like)

    def _refused(self, type_: str, what: str, alert: str) -> Iterator[Said]:
        """A gate that is closed, and the alert that goes with it."""
        for one in self._of(type_):
            if not one.passes:
                yield self._named(one, f"Halt {self._name} advancement waiting for {what} ")
                if not one.webhook.muted:
                    yield Said(alert, severity=WARN)

    def _approval(self) -> Iterator[Said]:
        """Before 1.31.0 a gate that is open says so only where it ends the wait."""
        if releases.APPROVED_ONCE.holds(self.canary.flagger) or self.decision.rule == "approved":
            yield from self._passed(CONFIRM_ROLLOUT, "Confirm-rollout")

    def _rollback_hooks(self) -> Iterator[Said]:
        for one in self._of(ROLLBACK):
            if one.passes:
                yield self._named(one, "Rollback check ", " passed")
            else:
                yield Said(f"Rollback hook {one.webhook.name} not signaling a rollback")

    def _analysis(self) -> Iterator[Said]:
        """What comes before the step itself."""
        if unseen(self.canary, self.before):
            yield Said(f"Starting canary analysis for {self._target}")
            yield from self._passed(PRE_ROLLOUT, "Pre-rollout")
        if self.decision.rule not in ("halt", "pre-rollout fails"):
            yield from self._without_a_mesh()
        yield from self._passed(CONFIRM_TRAFFIC_INCREASE, "Confirm-traffic-increase")
        yield from self._passed(CONFIRM_PROMOTION, "Confirm-promotion")

    def _without_a_mesh(self) -> Iterator[Said]:
        """Plain Kubernetes plays a Canary otherwise than it asks for, and says so at each step."""
        if not self.canary.routed and self.canary.matched:
            yield Said("A/B testing is not supported when using the kubernetes provider", WARNING)
        if not self.canary.routed and self.canary.steps:
            yield Said("Progressive traffic is not supported when using the kubernetes provider", WARNING)
            yield Said("Setting canaryAnalysis.iterations: 10", WARNING)

    def initialised(self) -> Iterator[Said]:
        if not self.canary.skip:
            yield Said("all the metrics providers are available!")
        yield Said(f"Initialization done! {self._name}")
        yield Said(f"New {self.canary.kind} detected, initialization completed.", severity=INFO)

    def wait_for_the_primary(self) -> Iterator[Said]:
        kind = "primary daemonset " if self.canary.kind == "DaemonSet" else ""
        if self.before.phase in ("", INITIALIZING):
            yield Said("all the metrics providers are available!")
        yield Said(f"{kind}{self._primary} not ready: ...", WARNING)

    def the_primary_cannot_start(self) -> Iterator[Said]:
        yield from self.wait_for_the_primary()
        if self.decision.state.phase == FAILED:
            yield from self._rolled_back()

    def wait_for_the_canary(self) -> Iterator[Said]:
        kind = "damonset" if self.canary.kind == "DaemonSet" else "deployment"  # its own spelling
        yield Said(f"canary {kind} {self._target} not ready...: ...", WARNING)

    def the_canary_cannot_start(self) -> Iterator[Said]:
        if releases.DEADLINE_ENDS.holds(self.canary.flagger):
            yield from self.wait_for_the_canary()
        else:
            yield Said(f"Rolling back {self._name} progress deadline exceeded ...", WARNING)
            yield Said("Progress deadline exceeded ...", severity=ERROR)

    def the_promotion_failed(self) -> Iterator[Said]:
        yield from self.wait_for_the_primary()
        if not releases.CANARY_KEEPS_TRAFFIC.holds(self.canary.flagger):
            yield from self._rolled_back()
            return
        yield Said(f"Promotion of {self._target} failed, primary not ready: ...", WARNING)
        yield Said("Promotion failed, primary not ready: ...", severity=ERROR)
        yield from self._post_rollout()

    def wait_for_approval(self) -> Iterator[Said]:
        if self.before.phase != WAITING:
            yield from self._refused(CONFIRM_ROLLOUT, "approval", "Canary is waiting for approval.")

    def new_revision(self) -> Iterator[Said]:
        yield Said(f"New revision detected! Scaling up {self._target}")
        yield Said("New revision detected, progressing canary analysis.", severity=INFO)

    def restart(self) -> Iterator[Said]:
        yield Said(f"New revision detected! Restarting analysis for {self._target}")

    def skip_the_analysis(self) -> Iterator[Said]:
        yield self._copying()
        yield from self._post_rollout()
        yield Said(f"Promotion completed! Canary analysis was skipped for {self._target}")
        yield Said("Canary analysis was skipped, promotion finished.", severity=INFO)

    def rollback_is_asked_for(self) -> Iterator[Said]:
        yield Said(f"Rolling back {self._name} manual webhook invoked", WARNING)
        yield Said("Rolling back manual webhook invoked", severity=WARN)

    def _rolled_back(self) -> Iterator[Said]:
        failed = self.before.failed
        if failed >= self.canary.threshold:
            yield Said(f"Rolling back {self._name} failed checks threshold reached {failed}", WARNING)
            yield Said(f"Failed checks threshold reached {failed}", severity=ERROR)
        yield Said(f"Canary failed! Scaling down {self._name}", WARNING)
        yield from self._post_rollout()

    def _post_rollout(self) -> Iterator[Said]:
        yield from self._passed(POST_ROLLOUT, "Post-rollout")
        for one in self._of(POST_ROLLOUT):
            if not one.passes:
                yield self._named(one, "Post-rollout hook ", " failed ...")

    def pre_rollout_fails(self) -> Iterator[Said]:
        for one in self._of(PRE_ROLLOUT):
            yield self._named(one, f"Halt {self._name} advancement pre-rollout check ", " failed ...")

    def halt(self) -> Iterator[Said]:
        refused = [one for one in self._of(ROLLOUT) if not one.passes]
        if refused:
            yield self._named(refused[0], f"Halt {self._name} advancement external check ", " failed ...")
        elif self.canary.blocked:
            yield Said("Metric query failed for no usable metrics template...", WARNING)
        else:
            yield Said(f"Halt {self._name} advancement {_limit(self.canary)}", WARNING, like="Halt ...advancement ...")

    def iterate(self) -> Iterator[Said]:
        step = f"{self.decision.state.iteration}/{self.canary.iterations}"
        yield Said(f"Advance {self._name} canary iteration {step}")

    def hold(self) -> Iterator[Said]:
        alert = "Canary traffic increase is waiting for approval."
        yield from self._refused(CONFIRM_TRAFFIC_INCREASE, "traffic increase approval", alert)

    def advance(self) -> Iterator[Said]:
        yield Said(f"Advance {self._name} canary weight {self.decision.state.weight}")

    def wait_for_promotion(self) -> Iterator[Said]:
        if self.before.phase != WAITING_PROMOTION:
            alert = "Canary promotion is waiting for approval."
            yield from self._refused(CONFIRM_PROMOTION, "promotion approval", alert)

    def switch(self) -> Iterator[Said]:
        if self.canary.routed and self.canary.mirror:
            yield Said("Stop traffic mirroring and route all traffic to canary")
        elif self.canary.routed:
            yield Said("Routing all traffic to canary")

    def _copying(self) -> Said:
        return Said(f"Copying {self._target} template spec to {self._primary}")

    def promote(self) -> Iterator[Said]:
        yield self._copying()

    def route_back(self) -> Iterator[Said]:
        if self.canary.routed and not self.canary.step_promotion:
            yield Said("Routing all traffic to primary")
        elif self.decision.state != self.before and self.canary.routed:
            yield Said(f"Advance {self._name} primary weight {TOTAL - self.decision.state.route.canary}")

    def finish(self) -> Iterator[Said]:
        yield from self._post_rollout()
        yield Said(f"Promotion completed! Scaling down {self._target}")
        yield Said("Canary analysis completed successfully, promotion finished.", severity=INFO)


def _limit(canary: Canary) -> str:
    """The first metric that has a limit, as a check that fails names it; the value is not known."""
    metric = next((one for one in canary.metrics if one.least is not None or one.most is not None), None)
    if metric is None:
        return "..."
    if metric.name == "request-success-rate":
        return f"success rate ...% {_bound(metric, '%')}"
    if metric.name == "request-duration":
        return f"request duration ... {_bound(metric, '')[0]} ..."
    return f"{metric.name} ... {_bound(metric, '')}"


def _bound(metric: Metric, unit: str) -> str:
    return f"< {metric.least:g}{unit}" if metric.least is not None else f"> {metric.most:g}{unit}"


_SAYS: Mapping[str, Callable[[_Tick], Iterator[Said]]] = {
    "the primary cannot start": _Tick.the_primary_cannot_start,
    "wait for the primary": _Tick.wait_for_the_primary,
    "wait for approval": _Tick.wait_for_approval,
    "initialised": _Tick.initialised,
    "the promotion failed": _Tick.the_promotion_failed,
    "the primary failed": _Tick.wait_for_the_primary,
    "new revision": _Tick.new_revision,
    "restart": _Tick.restart,
    "the canary cannot start": _Tick.the_canary_cannot_start,
    "wait for the canary": _Tick.wait_for_the_canary,
    "skip the analysis": _Tick.skip_the_analysis,
    "rollback is asked for": _Tick.rollback_is_asked_for,
    "route back": _Tick.route_back,
    "finish": _Tick.finish,
    "pre-rollout fails": _Tick.pre_rollout_fails,
    "halt": _Tick.halt,
    "iterate": _Tick.iterate,
    "hold": _Tick.hold,
    "advance": _Tick.advance,
    "wait for promotion": _Tick.wait_for_promotion,
    "switch": _Tick.switch,
    "promote": _Tick.promote,
}
# Nothing of their own: suspended and approved, rest, no step to take, and threshold reached, which only rolls back.
