"""What a canary costs the API server: requests by verb, and processor seconds, from the API server's own metrics: JSON.

    python bench/api_requests.py [--canaries 1 10 30] [--table]
    python bench/api_requests.py --read one.json ten.json thirty.json --table

For each number of canaries, on a cluster of its own, three windows are compared: with none of them, with all of them at
rest, and with all of them promoted at once. What the empty cluster asks in as many seconds is taken off, so that
leases, probes and watches of the cluster itself are not counted. The canaries have no metrics and no users: what is
measured is what Flagger and Kubernetes' controllers ask of the API server. docs/scale.md says what follows.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import time
from collections import Counter
from pathlib import Path
from typing import Any

import promotions

from canarylab import stack
from canarylab.clusters.local import usage
from canarylab.journey import Change
from canarylab.journey.journey import ended
from canarylab.model import expectation
from canarylab.stack import Stack

VERBS = ("GET", "LIST", "WATCH", "POST", "PUT", "PATCH", "DELETE")
SECONDS, SETTLING = 40.0, 10.0  # of each window at rest, and before it
PROGRAMS = ("kube-apiserver", "etcd", "kubelet", "kube-controller", "flagger", "pilot-discovery", "envoy", "prometheus")
_REQUESTS = re.compile(r"^apiserver_request_total\{(.*)\} (\S+)$", re.MULTILINE)
_LABEL = re.compile(r'(\w+)="([^"]*)"')
Json = dict[str, Any]


def requests(metrics: str) -> Counter[tuple[str, str]]:
    """The counter apiserver_request_total by verb and resource."""
    found: Counter[tuple[str, str]] = Counter()
    for labels, value in _REQUESTS.findall(metrics):
        told = dict(_LABEL.findall(labels))
        found[told["verb"], told["resource"] or "-"] += int(float(value))
    return found


def look(up: Stack) -> Json:
    """The counters now; reading them is one request, the same in each window."""
    used = {name: one.seconds for name, one in usage.of(up.cluster.name).items()}
    return {"at": time.monotonic(), "asked": requests(up.cluster.kubectl("get", "--raw", "/metrics")), "cpu": used}


def window(before: Json, after: Json) -> Json:
    """What lies between two looks: its seconds, requests by verb and resource, processor seconds by program."""
    asked = after["asked"] - before["asked"]
    return {
        "seconds": round(after["at"] - before["at"], 1),
        "asked": {f"{verb} {resource}": count for (verb, resource), count in asked.most_common()},
        "cpu": {name: round(after["cpu"].get(name, 0.0) - before["cpu"].get(name, 0.0), 2) for name in PROGRAMS},
    }


def at_rest(up: Stack) -> Json:
    """A window in which nobody does anything."""
    time.sleep(SETTLING)
    before = look(up)
    time.sleep(SECONDS)
    return window(before, look(up))


def measure(count: int, folder: Path) -> Json:
    """One cluster, three windows."""
    with stack.running(f"requests-{count}-{os.getpid()}") as up:
        empty = at_rest(up)
        journeys = promotions.journeys(up, count, folder)
        try:
            rest, before = at_rest(up), look(up)
            for journey in journeys:
                journey.begin(Change(tag="6.9.1"))
            for journey in journeys:
                journey.wait(ended, "the rollout has ended")
            rollout = window(before, look(up))
        finally:
            for journey in journeys:
                journey.stop()
    canary = journeys[0].canary
    told = {"canaries": count, "interval": canary.interval, "ticks": expectation.promotion(canary).ticks}
    return {**told, "load": os.getloadavg(), "empty": empty, "rest": rest, "rollout": rollout}


def by_verb(told: Json) -> Counter[str]:
    """A window's requests by verb."""
    found: Counter[str] = Counter()
    for name, count in told["asked"].items():
        found[name.partition(" ")[0]] += count
    return found


def each(told: Json, name: str) -> dict[str, float]:
    """Requests by verb of a window, for each canary, without those of the empty cluster."""
    ours, empty = told[name], told["empty"]
    share = ours["seconds"] / empty["seconds"]
    found, background = by_verb(ours), by_verb(empty)
    return {verb: (found[verb] - share * background[verb]) / told["canaries"] for verb in VERBS}


def cpu(told: Json, name: str, program: str) -> float:
    """Processor seconds of a window, for each canary, without those of the empty cluster."""
    ours, empty = told[name], told["empty"]
    spent: float = ours["cpu"][program] - ours["seconds"] / empty["seconds"] * empty["cpu"][program]
    return spent / float(told["canaries"])


def table(results: list[Json]) -> str:
    """The results as the docs show them."""
    heads = [f"{one['canaries']} canaries" if one["canaries"] > 1 else "1 canary" for one in results]
    parts = [
        ("requests of the empty cluster in a second", [_rates(one) for one in results]),
        ("requests for a canary at rest, each tick", [_at_rest(one) for one in results]),
        ("requests for a whole promotion", [each(one, "rollout") for one in results]),
    ]
    made = [_rows(title, [*VERBS, "all"], [{**one, "all": sum(one.values())} for one in told]) for title, told in parts]
    idle = [{each: 1000 * cpu(one, "rest", each) / _ticks(one) for each in PROGRAMS} for one in results]
    busy = [{each: cpu(one, "rollout", each) for each in PROGRAMS} for one in results]
    rows = [
        *made,
        _rows("processor milliseconds for a canary at rest, each tick", list(PROGRAMS), idle),
        _rows("processor seconds for a whole promotion", list(PROGRAMS), busy),
    ]
    return "\n\n".join("\n".join([_row(title, heads), f"|---|{'---|' * len(heads)}", *body]) for title, body in rows)


def _rates(told: Json) -> dict[str, float]:
    found = by_verb(told["empty"])
    return {verb: found[verb] / told["empty"]["seconds"] for verb in VERBS}


def _at_rest(told: Json) -> dict[str, float]:
    return {verb: count / _ticks(told) for verb, count in each(told, "rest").items()}


def _ticks(told: Json) -> float:
    ticks: float = told["rest"]["seconds"] / told["interval"]
    return ticks


def _rows(title: str, names: list[str], columns: list[dict[str, float]]) -> tuple[str, list[str]]:
    return title, [_row(name, [f"{one[name] + 0.0:.2f}".replace("-0.00", "0.00") for one in columns]) for name in names]


def _row(name: str, cells: list[str]) -> str:
    return f"| {' | '.join([name, *cells])} |"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--canaries", type=int, nargs="+", default=[1, 10, 30])
    parser.add_argument("--folder", type=Path, default=Path("bench-report"), help="where dossiers of failures go")
    parser.add_argument("--read", type=Path, nargs="+", default=[], help="results of earlier runs, instead of new ones")
    parser.add_argument("--table", action="store_true", help="tables for the docs instead of JSON")
    chosen = parser.parse_args()
    read = [one for file in chosen.read for one in json.loads(file.read_text())]
    results = read or [measure(count, chosen.folder) for count in chosen.canaries]
    print(table(results) if chosen.table else json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
