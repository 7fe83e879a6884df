"""Requests decide where a pod runs, limits hold it by control group or are told not to; usage is measured."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from node.pods import Pods, is_root, manifest, shell, terminated, until

FOREVER = "while :; do sleep 0.1; done"
EAT = "x = []\nwhile True: x.append(bytearray(1 << 20))"


def cgroup_of(controller: str) -> bool:
    """Whether root may make a group of this controller here: version 1, or version 2 with it handed on."""
    root = Path("/sys/fs/cgroup")
    unified = root / "cgroup.subtree_control"
    handed = controller in unified.read_text().split() if unified.exists() else (root / controller).is_dir()
    return is_root() and handed


def limited(**limits: str) -> dict[str, Any]:
    return {"resources": {"limits": limits, "requests": dict.fromkeys(limits, "1m")}}


def test_a_pod_that_asks_for_too_much_is_not_scheduled(pods: Pods) -> None:
    pods.apply(manifest("p", shell("true", resources={"requests": {"cpu": "1000"}})))
    assert "Insufficient cpu" in pods.event("p", "FailedScheduling")


@pytest.mark.skipif(not cgroup_of("memory"), reason="no memory control group can be made here")
def test_a_program_over_its_memory_limit_is_killed(pods: Pods) -> None:
    container = {"name": "main", "image": "python:3", "command": ["python3", "-c", EAT]}
    pod = pods.finish("p", container | {"resources": {"limits": {"memory": "64Mi"}}})
    ended = terminated(pod)
    assert ended is not None
    assert (ended["reason"], ended["exitCode"]) == ("OOMKilled", 137)


@pytest.mark.skipif(not cgroup_of("cpu"), reason="no cpu control group can be made here")
def test_a_program_gets_no_more_cpu_than_its_limit(pods: Pods) -> None:
    script = "timeout 2 sh -c 'while :; do :; done'; cat /proc/self/cgroup > /dev/null; times"
    pods.finish("p", shell(script, resources={"limits": {"cpu": "200m"}}))
    children = pods.logs("p").splitlines()[1].split()[0]  # as 0m0.400000s
    minutes, seconds = children.removesuffix("s").split("m")
    assert float(minutes) * 60 + float(seconds) < 1.0


@pytest.mark.skipif(cgroup_of("cpu"), reason="limits are enforced here")
def test_limits_that_are_not_enforced_are_told(pods: Pods) -> None:
    pods.apply(manifest("p", shell("true", resources={"limits": {"cpu": "200m"}})))
    assert "not enforced" in pods.event("p", "LimitsNotEnforced")


def test_a_change_of_limits_in_place_is_refused(pods: Pods) -> None:
    """A kubelet without control groups of its own would not survive it, so the API says no."""
    assert "policy" in pods.kubectl("get", "validatingadmissionpolicy", "no-resize", "-o", "name")
    pods.start("p", shell(FOREVER, resources={"limits": {"cpu": "200m"}}))
    patch = {"spec": {"containers": [{"name": "main", "resources": {"limits": {"cpu": "300m"}}}]}}
    done = pods.run("patch", "pod", "p", "--subresource=resize", "--patch", json.dumps(patch))
    assert done.returncode == 1
    assert "make the pod anew" in done.stderr


def test_usage_is_in_the_summary_and_in_the_resource_metrics(pods: Pods) -> None:
    pods.start("p", shell("while :; do :; done", resources={"limits": {"cpu": "100m"}}))
    mine = {"name": "p", "namespace": pods.namespace}

    def used() -> dict[str, Any] | None:
        summary = json.loads(pods.kubectl("get", "--raw", "/api/v1/nodes/node-1/proxy/stats/summary"))
        found = [each for each in summary["pods"] if mine.items() <= each["podRef"].items()]
        return found[0] if found and found[0]["containers"][0]["cpu"].get("usageCoreNanoSeconds") else None

    pod = until(used)
    assert pod["containers"][0]["memory"]["workingSetBytes"] > 100_000
    metrics = pods.kubectl("get", "--raw", "/api/v1/nodes/node-1/proxy/metrics/resource")
    assert f'container_cpu_usage_seconds_total{{container="main",namespace="{pods.namespace}",pod="p"}}' in metrics
