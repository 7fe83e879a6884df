"""How long a change of weight in the API takes to show in traffic: JSON with p50, p99 and the worst, in milliseconds.

The machine's load average, before and after, says what else ran.

A pod asks a Service through the mesh, at most 500 times a second so that it measures others' load and not its own,
and prints the moment of each answer that comes from another revision than the one before. Meanwhile the
VirtualService is flipped between 100/0 and 0/100. Both sides read the machine's monotonic clock, and a latency counts
from before the request to the API.

    python bench/weight_latency.py [--name CLUSTER] [--flips 300]

Without a name a cluster is started for it.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from contextlib import nullcontext
from typing import Any

from canarylab import stack
from canarylab.kube import apply, rest, rollout
from canarylab.kube.rollout import Workload
from canarylab.stack import Stack

NAMESPACE = "bench"
Json = dict[str, Any]

CLIENT = """
import http.client, json, time
last, connection = None, http.client.HTTPConnection("podinfo", 9898, timeout=2)
while True:
    try:
        connection.request("GET", "/version")
        answer = connection.getresponse()
        version = json.loads(answer.read())["version"] if answer.status == 200 else str(answer.status)
    except OSError as error:
        connection.close()
        version = type(error).__name__
    if version != last:
        print(time.monotonic_ns(), version, flush=True)
    last = version
    time.sleep(0.002)
"""


def objects() -> list[Json]:
    """Two revisions behind one name, and the client."""
    pod = {"containers": [{"name": "client", "image": "python:3.11", "command": ["python3", "-c", CLIENT]}]}
    client = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "client"}, "spec": pod}
    space = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}
    revisions = [each for revision in ("a", "b") for each in revision_of(revision)]
    return [space, *revisions, service("podinfo", {"app": "podinfo"}), route("a"), client]


def revision_of(name: str) -> list[Json]:
    labels = {"app": "podinfo", "revision": name}
    container = {
        "name": "podinfo",
        "image": f"ghcr.io/stefanprodan/podinfo:{name}",
        "command": ["./podinfo", "--port=9898", "--level=error"],
        "readinessProbe": {"httpGet": {"path": "/readyz", "port": 9898}, "periodSeconds": 1},
    }
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
    spec = {"selector": {"matchLabels": labels}, "template": template}
    deployment = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": f"podinfo-{name}"}, "spec": spec}
    return [deployment, service(f"podinfo-{name}", labels)]


def service(name: str, selector: dict[str, str]) -> Json:
    spec = {"selector": selector, "ports": [{"name": "http", "port": 9898}]}
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": spec}


def route(to: str) -> Json:
    weights = [{"destination": {"host": f"podinfo-{name}"}, "weight": 100 if name == to else 0} for name in ("a", "b")]
    return {
        "apiVersion": "networking.istio.io/v1",
        "kind": "VirtualService",
        "metadata": {"name": "podinfo"},
        "spec": {"hosts": ["podinfo"], "http": [{"route": weights}]},
    }


def measure(up: Stack, flips: int, pause: float) -> Json:
    """Flips the weights and pairs each flip with the first answer of the other revision."""
    api, load = up.cluster.api_client(), os.getloadavg()[0]
    apply.apply(api, objects(), namespace=NAMESPACE)
    rollout.wait(api, [Workload("Deployment", NAMESPACE, f"podinfo-{name}") for name in ("a", "b")])
    up.cluster.kubectl("wait", "-n", NAMESPACE, "--for=condition=Ready", "pod/client", "--timeout=60s")
    time.sleep(2)
    where = apply.path("networking.istio.io/v1", "virtualservices", NAMESPACE, "podinfo")
    sent: list[tuple[int, str]] = []
    for number in range(flips):
        revision = "ba"[number % 2]
        sent.append((time.monotonic_ns(), revision))
        rest.send(api, "PATCH", where, body=route(revision), content_type="application/merge-patch+json")
        time.sleep(pause)
    lines = up.cluster.kubectl("logs", "-n", NAMESPACE, "client").splitlines()
    seen = [(int(at), version) for at, version in (line.split() for line in lines)]
    up.cluster.kubectl("delete", "namespace", NAMESPACE, "--wait=false")
    machine = {"cores": os.cpu_count(), "load_before": load, "load_after": os.getloadavg()[0]}
    return {**summary(sent, seen), **machine}


def summary(sent: list[tuple[int, str]], seen: list[tuple[int, str]]) -> Json:
    took = [
        next((at - began for at, version in seen if at > began and version == revision), None)
        for began, revision in sent
    ]
    found = sorted(one / 1e6 for one in took if one is not None)
    return {
        "flips": len(sent),
        "unseen": len(sent) - len(found),
        "p50_ms": round(found[len(found) // 2], 1),
        "p99_ms": round(found[min(len(found) - 1, int(len(found) * 0.99))], 1),
        "max_ms": round(found[-1], 1),
        "failed_answers": sum(version not in ("a", "b") for _, version in seen),
    }


def table(told: Json) -> str:
    """The result as the docs show it."""
    head = "| changes | median | 99% | worst | answers that failed | load average |"
    row = f"| {told['flips']} | {told['p50_ms']} ms | {told['p99_ms']} ms | {told['max_ms']} ms "
    load = f"| {told['failed_answers']} | {told['load_before']:.1f} to {told['load_after']:.1f} |"
    return "\n".join([head, "|---|---|---|---|---|---|", row + load])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--name", help="a cluster that runs; without it one is started")
    parser.add_argument("--flips", type=int, default=300)
    parser.add_argument("--pause", type=float, default=0.6, help="seconds between flips")
    chosen = parser.parse_args()
    running = nullcontext(stack.attach(chosen.name)) if chosen.name else stack.running("bench")
    with running as up:
        json.dump(measure(up, chosen.flips, chosen.pause), sys.stdout, indent=1)


if __name__ == "__main__":
    main()
