"""Parts of a plan in words, alike in every format: times, what a tick came to, how the rollout ends."""

from __future__ import annotations

from datetime import datetime, timedelta

from canarylab.model.forecast import Forecast, Tick
from canarylab.model.rollout import FAILED, SUCCEEDED

_ENDS = {SUCCEEDED: "promoted", FAILED: "rolled back"}
_GATES = {
    "wait for approval": "confirm-rollout",
    "hold": "confirm-traffic-increase",
    "wait for promotion": "confirm-promotion",
}


def clock(seconds: float) -> str:
    """``0:40``, ``1:02:03``."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def span(tick: Tick, start: datetime | None = None) -> str:
    """``0:20 .. 10:20`` after the trigger; times of the day where the trigger's is known."""
    if start is None:
        return f"{clock(tick.best)} .. {clock(tick.worst)}"
    times = (start + timedelta(seconds=one) for one in (tick.best, tick.worst))
    return " .. ".join(one.strftime("%H:%M:%S") for one in times)


def outcome(forecast: Forecast) -> str:
    """``promoted``, ``rolled back``, or what it waits for."""
    if forecast.plan.waits in _GATES:
        return f"waits for {_GATES[forecast.plan.waits]}"
    if forecast.plan.waits:
        return f"never ends: {forecast.plan.waits}"
    return _ENDS[forecast.plan.end.phase]


def end(forecast: Forecast) -> str:
    """The outcome and its time: ``promoted 0:50 to 20:40 after the trigger, in 6 ticks``."""
    count = len(forecast.ticks)
    if forecast.plan.waits:
        return outcome(forecast)
    last = forecast.ticks[-1]
    ticks = f"{count} tick{'s' * (count != 1)}"
    return f"{outcome(forecast)} {clock(last.best)} to {clock(last.worst)} after the trigger, in {ticks}"


def route(tick: Tick) -> str:
    """The canary's share, and whether it gets copies."""
    return f"{tick.state.route.canary}%{' +copies' if tick.state.route.mirrored else ''}"
