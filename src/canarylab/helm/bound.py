"""How long what a chart brings may take until it is ready, from its objects alone. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Json = Mapping[str, Any]

START = 15.0  # seconds for the API server, the scheduler and the first process of a pod
PULL = 60.0  # seconds for each image, where it has to come from a registry
LOADED = 3.0  # a machine on which other things run is that much slower
_PERIOD, _FAILURES = 10, 3  # a probe's, where it does not tell


def seconds(objects: Iterable[Json], *, pulls: bool) -> float:
    """Until the slowest workload is ready; ``pulls`` where nodes fetch images from a registry."""
    pods = [one["spec"]["template"]["spec"] for one in objects if "template" in one.get("spec", {})]
    slowest = max((_ready(pod) for pod in pods), default=0.0)
    images = {container["image"] for pod in pods for container in _all(pod)}
    return LOADED * (START + slowest) + (PULL * len(images) if pulls else 0.0)


def _all(pod: Json) -> list[Json]:
    return [*pod.get("initContainers", ()), *pod["containers"]]


def _ready(pod: Json) -> float:
    """A pod's own longest time: its slowest container, asked by its probes."""
    return max(_probed(container) for container in pod["containers"])


def _probed(container: Json) -> float:
    """A startup probe may fail as often as it says; a kubelet puts off a probe by a random part of its period."""
    startup, readiness = container.get("startupProbe", {}), container.get("readinessProbe", {})
    begun = startup.get("failureThreshold", _FAILURES) * startup.get("periodSeconds", _PERIOD) if startup else 0
    delay = startup.get("initialDelaySeconds", 0) + readiness.get("initialDelaySeconds", 0)
    asked = 2 * readiness.get("periodSeconds", _PERIOD) + readiness.get("timeoutSeconds", 1) if readiness else 0
    return float(begun + delay + asked)
