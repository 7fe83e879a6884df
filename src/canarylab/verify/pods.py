"""Why a pod is not ready, in a line. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from canarylab.kube import rollout

Json = Mapping[str, Any]


def unready(pod: Json) -> str:
    """What keeps a pod from being ready; empty where nothing does, or where it has done its work."""
    if pod["metadata"].get("deletionTimestamp") or pod.get("status", {}).get("phase") == "Succeeded":
        return ""
    conditions = {one["type"]: one for one in pod.get("status", {}).get("conditions") or ()}
    if conditions.get("Ready", {}).get("status") == "True":
        return ""
    why = rollout.trouble(dict(pod)) or "; ".join(_containers(pod)) or _scheduling(conditions)
    return f"pod {pod['metadata']['name']} is not ready: {why or 'it has not started yet'}".rstrip(": ")


def _scheduling(conditions: Mapping[str, Json]) -> str:
    one = conditions.get("PodScheduled", {})
    return f"it is not scheduled: {one.get('message', '')}" if one.get("status") == "False" else ""


def _containers(pod: Json) -> Iterator[str]:
    for one in pod.get("status", {}).get("containerStatuses") or ():
        if not one.get("ready"):
            yield f"{one['name']}: {_state(one)}{_restarts(one)}"


def _state(container: Json) -> str:
    state = container.get("state") or {}
    waiting, ended = state.get("waiting"), state.get("terminated")
    if waiting:
        return ": ".join(filter(None, (waiting.get("reason", "waiting"), waiting.get("message", ""))))
    if ended:
        return f"ended with exit code {ended.get('exitCode')}"
    return "it runs, but its readiness probe fails"


def _restarts(container: Json) -> str:
    count = container.get("restartCount", 0)
    return f" ({count} restarts)" if count else ""
