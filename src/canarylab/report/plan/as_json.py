"""A forecast as JSON, for programs: seconds after the trigger, states, Events, alerts and webhook calls by tick."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from canarylab.model import releases
from canarylab.model.forecast import Forecast, Tick, strategy
from canarylab.model.pains import Warned
from canarylab.report.plan import words

Json = dict[str, Any]


def render(forecast: Forecast, warnings: Sequence[Warned] = (), start: datetime | None = None) -> str:
    """The document."""
    return json.dumps(facts(forecast, warnings, start), indent=1)


def facts(forecast: Forecast, warnings: Sequence[Warned] = (), start: datetime | None = None) -> Json:
    """The same as data."""
    canary = forecast.canary
    return {
        "canary": f"{canary.namespace}/{canary.name}",
        "strategy": strategy(canary),
        "provider": canary.provider,
        "flagger": releases.text(canary.flagger),
        "interval": canary.interval,
        "outcome": words.outcome(forecast),
        "waits": forecast.plan.waits,
        "ticks": [_tick(one, start) for one in forecast.ticks],
        "warnings": [one.facts() for one in warnings],
    }


def _tick(tick: Tick, start: datetime | None) -> Json:
    state, told = tick.state, tick.told
    times: Json = {"best": tick.best, "worst": tick.worst}
    if start is not None:
        moments = {f"{name}_at": start + timedelta(seconds=one) for name, one in times.items()}
        times |= {name: moment.isoformat() for name, moment in moments.items()}
    return {
        "tick": tick.number, **times, "waits": tick.waits, "rule": tick.rule, "phase": state.phase,
        "weight": state.weight, "canary": state.route.canary, "primary": 100 - state.route.canary,
        "mirrored": state.route.mirrored, "iteration": state.iteration, "failed": state.failed,
        "events": [{"type": one.kind, "text": one.text} for one in told.events],
        "alerts": [{"severity": one.severity, "text": one.text} for one in told.alerts],
        "calls": [
            {"name": one.webhook.name, "type": one.webhook.type, "phase": one.phase, "passes": one.passes}
            for one in told.calls
        ],
    }  # fmt: skip
