"""How long a stack takes from nothing to a pod that answers behind the mesh, and where each second goes: JSON.

Beside the stack's own parts, two pods are applied: podinfo behind a Service, and a client that asks for it by name
until it answers. The moment of the first answer is read from the client's log; all clocks are the machine's own.

    python bench/startup.py [--mesh istio] [--runs 5]
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from typing import Any

from canarylab import meshes, stack, toolchain
from canarylab.clusters.local import cluster as local
from canarylab.clusters.local.cluster import LocalCluster
from canarylab.kube import parts
from canarylab.kube.parts import Part
from canarylab.process.lifeline import Lifeline

NAMESPACE = "bench"
Json = dict[str, Any]

CLIENT = """
import time, urllib.request
while True:
    try:
        with urllib.request.urlopen("http://podinfo:9898/version", timeout=1):
            break
    except OSError:
        time.sleep(0.02)
print(time.monotonic(), flush=True)
time.sleep(600)
"""


def probe() -> Part:
    """A pod behind a Service, and one that asks for it."""
    meta = {"name": "podinfo", "labels": {"app": "podinfo"}}
    podinfo = {"name": "main", "image": "ghcr.io/stefanprodan/podinfo:1", "command": ["./podinfo", "--port=9898"]}
    client = {"name": "main", "image": "python:3.11", "command": ["python3", "-c", CLIENT]}
    spec = {"selector": {"app": "podinfo"}, "ports": [{"name": "http", "port": 9898}]}
    # A query sent before the DNS is there may be waited for: 5 s by default, as the kernel limits its refusals.
    quick = {"options": [{"name": "timeout", "value": "1"}, {"name": "attempts", "value": "1"}]}
    objects: list[Json] = [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}},
        {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "podinfo"}, "spec": spec},
        {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": {"containers": [podinfo]}},
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "client"},
            "spec": {"containers": [client], "dnsConfig": quick},
        },
    ]
    return Part("probe", tuple(objects), NAMESPACE)


def measure(mesh: str, lifeline: int) -> Json:
    """One start, and its end."""
    toolset, chosen, load = toolchain.installed(), meshes.get(mesh), os.getloadavg()[0]
    began = time.monotonic()
    everything = [*stack.installed_parts(toolset, chosen), probe()]
    rendered = time.monotonic() - began
    up = local.start(f"bench-{os.getpid()}", toolset, lifeline=lifeline)
    seconds = {"manifests rendered": rendered, **{name: each for name, each in up.timings.items() if name != "all"}}
    seconds["control plane and node ready"] = time.monotonic() - began
    try:
        parts.install(up.api_client(), *everything, note=lambda what: seconds.update({what: time.monotonic() - began}))
        seconds["a pod answered behind the mesh"] = first_answer(up) - began
    finally:
        up.stop()
    return {"load_before": load, **{name: round(each, 2) for name, each in seconds.items()}}


def first_answer(up: LocalCluster) -> float:
    deadline = time.monotonic() + 60
    while not (said := up.kubectl("logs", "-n", NAMESPACE, "client").strip()):
        if time.monotonic() > deadline:
            raise SystemExit("no answer within 60 s")
        time.sleep(0.1)
    return float(said)


def table(runs: list[Json]) -> str:
    """The runs as the docs show them, a column each."""
    names = sorted((name for name in runs[0] if name != "load_before"), key=lambda name: runs[0][name])
    rows = [f"| {name} | " + " | ".join(f"{one.get(name, '-')}" for one in runs) + " |" for name in names]
    loads = "| load average before | " + " | ".join(f"{one['load_before']:.1f}" for one in runs) + " |"
    head = "| seconds from nothing |" + " |" * len(runs)
    return "\n".join([head, "|---|" + "---|" * len(runs), loads, *rows])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--mesh", default="istio")
    parser.add_argument("--runs", type=int, default=5)
    chosen = parser.parse_args()
    life = Lifeline()
    runs = [measure(chosen.mesh, life.read_end) for _ in range(chosen.runs)]
    answers = sorted(one["a pod answered behind the mesh"] for one in runs)
    median = answers[len(answers) // 2]
    json.dump({"cores": os.cpu_count(), "median_s": median, "best_s": answers[0], "runs": runs}, sys.stdout, indent=1)


if __name__ == "__main__":
    main()
