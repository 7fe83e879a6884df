"""Why a pod is not ready."""

from __future__ import annotations

from typing import Any

import pytest

from canarylab.verify.pods import unready

READY = {"conditions": [{"type": "Ready", "status": "True"}]}
CRASHING = {"reason": "CrashLoopBackOff", "message": "back-off 10s"}


def pod(*, deleted: bool = False, **status: Any) -> dict[str, Any]:
    meta = {"name": "web-1", **({"deletionTimestamp": "now"} if deleted else {})}
    return {"metadata": meta, "status": status}


def container(ready: bool = False, restarts: int = 0, **state: Any) -> dict[str, Any]:
    return {"name": "app", "ready": ready, "restartCount": restarts, "state": state}


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (pod(**READY), ""),
        (pod(deleted=True), ""),
        (pod(phase="Succeeded"), ""),
        (pod(), "it has not started yet"),
        (pod(containerStatuses=[container(running={})]), "app: it runs, but its readiness probe fails"),
        (pod(containerStatuses=[container(waiting={"reason": "ContainerCreating"})]), "app: ContainerCreating"),
        (
            pod(containerStatuses=[container(waiting={"reason": "ImagePullBackOff", "message": "no such image"})]),
            "app: ImagePullBackOff: no such image",
        ),
        (
            pod(containerStatuses=[container(restarts=2, waiting=CRASHING)]),
            "app: CrashLoopBackOff: back-off 10s (2 restarts)",
        ),
        (pod(containerStatuses=[container(terminated={"exitCode": 3})]), "app: ended with exit code 3"),
        (
            pod(conditions=[{"type": "PodScheduled", "status": "False", "message": "0/1 nodes"}]),
            "it is not scheduled: 0/1 nodes",
        ),
        (pod(containerStatuses=[container(ready=True), container(running={})]), "app: it runs, but"),
    ],
)
def test_why_a_pod_is_not_ready(one: dict[str, Any], words: str) -> None:
    told = unready(one)
    assert told.startswith(f"pod web-1 is not ready: {words}") if words else told == ""
