"""Predictions per second: plans, and forecasts with every Event, of Canaries of each strategy. JSON.

    python bench/predictions.py [--seconds 2] [--table]

A prediction is the whole rollout of one Canary under one assumption, from the new revision to its end. ``plan`` is the
table played alone, ``forecast`` with times, Events, alerts and webhook calls, ``read`` with reading the Canary from its
YAML text before and rendering JSON after, which is what ``canarylab plan`` does beside starting Python. One core.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

import yaml

from canarylab.kube import manifests
from canarylab.model import forecast, plan
from canarylab.model.canary import Canary
from canarylab.model.plan import ENDLESS, Assumption, Closed
from canarylab.report.plan import as_json

Json = dict[str, Any]
HOOKS = [{"name": one, "type": one, "url": "http://gate/"} for one in ("rollout", "confirm-promotion", "rollback")]
STRATEGIES: Mapping[str, Json] = {
    "canary": {"stepWeight": 10, "maxWeight": 50},
    "canary, 50 steps": {"stepWeight": 2, "maxWeight": 100},
    "mirroring": {"stepWeight": 10, "maxWeight": 50, "mirror": True},
    "A/B": {"iterations": 10, "match": [{}]},
    "blue/green": {"iterations": 10},
}
ASSUMED: Mapping[str, Assumption] = {
    "promoted": plan.ALL_PASS,
    "rolled back": Assumption(checks=lambda _state: False),
    "waits for ever": Assumption(closed=(Closed("confirm-promotion", ENDLESS),)),
}


def text(analysis: Json) -> str:
    """A Canary as it stands in a file."""
    settings = {"interval": "10s", "threshold": 3, "webhooks": HOOKS, **analysis}
    spec = {"targetRef": {"kind": "Deployment", "name": "web"}, "service": {"port": 80}, "analysis": settings}
    item = {"apiVersion": "flagger.app/v1beta1", "kind": "Canary", "metadata": {"name": "web"}, "spec": spec}
    return yaml.safe_dump(item)


def rate(work: Callable[[], object], seconds: float) -> float:
    """How often it is done in a second, counted for so many."""
    work()
    count, began = 0, time.perf_counter()
    while (took := time.perf_counter() - began) < seconds:
        work()
        count += 1
    return count / took


def measure(analysis: Json, assumed: Assumption, seconds: float) -> Json:
    source = text(analysis)
    canary = Canary.parse(manifests.load(source)[0]).played("istio")
    made = plan.make(canary, assumed)

    def whole() -> str:
        read = Canary.parse(manifests.load(source)[0]).played("istio")
        return as_json.render(forecast.make(plan.make(read, assumed)))

    return {
        "ticks": len(made.ticks),
        "plan_per_s": round(rate(lambda: plan.make(canary, assumed), seconds)),
        "forecast_per_s": round(rate(lambda: forecast.make(plan.make(canary, assumed)), seconds)),
        "read_per_s": round(rate(whole, seconds)),
    }


def table(found: Json) -> str:
    """The figures as Markdown."""
    rows = [
        f"| {one['strategy']} | {one['outcome']} | {one['ticks']} | {one['plan_per_s']} | {one['forecast_per_s']} "
        f"| {one['read_per_s']} |"
        for one in found["predictions"]
    ]
    head = "| strategy | outcome | ticks | plans/s | forecasts/s | from YAML to JSON/s |"
    return "\n".join([head, "|---|---|---|---|---|---|", *rows])


def run(seconds: float = 1.0) -> Json:
    """Every strategy under every assumption, each measurement for so many seconds."""
    load = os.getloadavg()[0]
    found = [
        {"strategy": strategy, "outcome": outcome, **measure(analysis, assumed, seconds)}
        for strategy, analysis in STRATEGIES.items()
        for outcome, assumed in ASSUMED.items()
    ]
    machine = {"cores": os.cpu_count(), "load_before": load, "load_after": os.getloadavg()[0]}
    return {"predictions": found, **machine}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=1.0, help="of each measurement")
    parser.add_argument("--table", action="store_true", help="print Markdown")
    chosen = parser.parse_args()
    told = run(chosen.seconds)
    sys.stdout.write(f"{table(told) if chosen.table else json.dumps(told, indent=1)}\n")


if __name__ == "__main__":
    main()
