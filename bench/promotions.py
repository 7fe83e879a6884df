"""Promotions side by side, observed by watches and, beside them, by polling with kubectl each five seconds: JSON.

    python bench/promotions.py [--canaries 1 50] [--table]

For each number of canaries, on a cluster of its own: the wall time of the promotions over the time of their ticks,
the transitions that the plan has, that the observer saw and that the polling saw, how long a change of weight takes
to show in traffic meanwhile, and processor time and memory of each program. The canaries have no metrics and no
users: what is measured is Flagger's path and ours, not podinfo.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import weight_latency

from canarylab import stack
from canarylab.clusters.local import usage
from canarylab.clusters.local.usage import Usage
from canarylab.journey import Change, Journey
from canarylab.journey.application import podinfo
from canarylab.model import expectation
from canarylab.model.expectation import Stage
from canarylab.observe.observer import canary_seen
from canarylab.stack import Stack

POLL_SECONDS = 5.0
FLIPS, PAUSE = 60, 0.6  # changes of weight while the promotions go on, and the seconds between them
SHORT = {"stepWeight": 10, "maxWeight": 50, "metrics": None, "webhooks": None}
Json = dict[str, Any]


class Polling(threading.Thread):
    """What people do without a watch: look at all canaries every five seconds."""

    def __init__(self, up: Stack) -> None:
        super().__init__(daemon=True)
        self._up, self.ended = up, threading.Event()
        self.seen: dict[str, list[Stage]] = defaultdict(list)

    def run(self) -> None:
        while not self.ended.wait(POLL_SECONDS):
            for item in json.loads(self._up.cluster.kubectl("get", "canaries", "-A", "-o", "json"))["items"]:
                told = canary_seen(item)
                now = Stage(told["phase"], told["weight"], told["failed"], told["iterations"])
                stages = self.seen[item["metadata"]["namespace"]]
                if not stages or stages[-1] != now:
                    stages.append(now)


def journeys(up: Stack, count: int, folder: Path) -> list[Journey]:
    """As many canaries, each in a namespace of its own, all initialised."""
    names = [f"bench-{number}" for number in range(count)]
    for name in names:
        up.cluster.kubectl("create", "namespace", name)
    made = [Journey(up, replace(podinfo(name).but(analysis=SHORT), crowds=()), folder / name) for name in names]
    with ThreadPoolExecutor(count) as pool:
        list(pool.map(Journey.start, made))
    return made


def measure(count: int, folder: Path) -> Json:
    """One cluster, so many promotions at once."""
    with stack.running(f"bench-{count}-{os.getpid()}") as up:
        made = journeys(up, count, folder)
        polling, before, own = Polling(up), usage.of(up.cluster.name), time.process_time()
        polling.start()
        began = time.monotonic()
        with ThreadPoolExecutor(count + 1) as pool:
            latency = pool.submit(weight_latency.measure, up, FLIPS, PAUSE)
            outcomes = list(pool.map(lambda journey: journey.ship(Change(tag="6.9.1")), made))
            wall = time.monotonic() - began
        time.sleep(POLL_SECONDS + 1)  # polling may see the end as well
        polling.ended.set()
        after, own = usage.of(up.cluster.name), time.process_time() - own
        for journey in made:
            journey.stop()
    expected = expectation.promotion(made[0].canary)
    ticks = expected.ticks * made[0].canary.interval
    seen = [one.evidence.timeline.since_trigger().stages() for one in outcomes]
    return {
        "canaries": count,
        "promoted": sum(stages == expected.stages for stages in seen),
        "wall_seconds": round(wall, 1),
        "wall_over_ticks": round(wall / ticks, 2),
        "transitions": count * len(expected.stages),
        "observed": sum(len(stages) for stages in seen),
        "polled": sum(len(polling.seen[journey.canary.namespace]) for journey in made),
        "weight_to_traffic": latency.result(),
        "observer_cpu_seconds": round(own, 1),
        "programs": {
            name: {"cpu_seconds": round(used.seconds - _before(before, name), 1), "rss_mb": round(used.memory / 1e6)}
            for name, used in sorted(after.items(), key=lambda one: -one[1].seconds)[:14]
            if used.seconds >= _before(before, name)  # else some of them have ended
        },
    }


def _before(used: dict[str, Usage], name: str) -> float:
    return used[name].seconds if name in used else 0.0


def table(results: list[Json]) -> str:
    """The results as the docs show them."""
    rows = {
        "promoted as planned": lambda one: one["promoted"],
        "wall time": lambda one: f"{one['wall_seconds']} s",
        "wall time over their ticks": lambda one: one["wall_over_ticks"],
        "wall time over that of the first": lambda one: round(one["wall_seconds"] / results[0]["wall_seconds"], 2),
        "transitions made": lambda one: one["transitions"],
        "seen by the observer": lambda one: one["observed"],
        "seen by kubectl each 5 s": lambda one: one["polled"],
        "weight to traffic, median and 99%": lambda one: _latency(one["weight_to_traffic"]),
        "processor time of the observers": lambda one: f"{one['observer_cpu_seconds']} s",
    }
    heads = " | ".join(f"{one['canaries']} canaries" if one["canaries"] > 1 else "1 canary" for one in results)
    told = [f"| {name} | " + " | ".join(str(read(one)) for one in results) + " |" for name, read in rows.items()]
    programs = [f"| {name} | " + " | ".join(_program(one, name) for one in results) + " |" for name in _names(results)]
    line = "|---|" + "---|" * len(results)
    return "\n".join([f"| | {heads} |", line, *told, "", f"| program: CPU s, RSS MB | {heads} |", line, *programs])


def _latency(told: Json) -> str:
    return f"{told['p50_ms']:.0f} ms, {told['p99_ms']:.0f} ms"


def _names(results: list[Json]) -> list[str]:
    return list(results[-1]["programs"])


def _program(result: Json, name: str) -> str:
    used = result["programs"].get(name)
    return f"{used['cpu_seconds']}, {used['rss_mb']}" if used else "-"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--canaries", type=int, nargs="+", default=[1, 50])
    parser.add_argument("--folder", type=Path, default=Path("bench-report"), help="where dossiers of failures go")
    parser.add_argument("--table", action="store_true", help="a table for the docs instead of JSON")
    chosen = parser.parse_args()
    results = [measure(count, chosen.folder) for count in chosen.canaries]
    print(table(results) if chosen.table else json.dumps(results, indent=1), file=sys.stdout)


if __name__ == "__main__":
    main()
