"""The repository of our own on a cluster: a pod that serves it, and the way to it from this machine."""

from __future__ import annotations

import re
import select
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from canarylab.clusters.cluster import Cluster
from canarylab.errors import EnvironmentFault
from canarylab.gitops.server import REPOSITORY

Json = dict[str, Any]

NAME = "git"
_LABELS = {"app": NAME}
_PORT = 8080
_BOUND = 20.0  # seconds for kubectl to forward a port; half a second is usual
_FORWARDED = re.compile(r"Forwarding from 127\.0\.0\.1:(\d+)")


def objects() -> tuple[Json, ...]:
    """The server and its Service. The repository lives as long as the pod."""
    container = {
        "name": NAME,
        "image": "docker.io/canarylab/git:latest",
        "args": [f"--port={_PORT}"],
        "ports": [{"name": "http", "containerPort": _PORT}],
        "readinessProbe": {"tcpSocket": {"port": _PORT}, "periodSeconds": 1},
        "resources": {"requests": {"cpu": "10m", "memory": "32Mi"}},
    }
    template = {"metadata": {"labels": _LABELS}, "spec": {"containers": [container]}}
    deployment = {"selector": {"matchLabels": _LABELS}, "template": template}
    service = {"selector": _LABELS, "ports": [{"name": "http", "port": _PORT, "targetPort": _PORT}]}
    named = {"name": NAME}
    return (
        {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": named, "spec": deployment},
        {"apiVersion": "v1", "kind": "Service", "metadata": named, "spec": service},
    )


def url(namespace: str) -> str:
    """The repository as the cluster reaches it."""
    return f"http://{NAME}.{namespace}:{_PORT}/{REPOSITORY}"


@contextmanager
def reached(cluster: Cluster, namespace: str) -> Iterator[str]:
    """The repository as this machine reaches it, for the length of a ``with`` block: by kubectl's port-forward."""
    command = [
        str(cluster.kubectl_program), f"--kubeconfig={cluster.kubeconfig}", "port-forward", f"--namespace={namespace}",
        "--address=127.0.0.1", f"service/{NAME}", f":{_PORT}",
    ]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as forward:
        try:
            yield f"http://127.0.0.1:{_forwarded(forward, namespace)}/{REPOSITORY}"
        finally:
            forward.terminate()


def _forwarded(forward: subprocess.Popen[str], namespace: str) -> int:
    """The port on this machine that kubectl has chosen."""
    assert forward.stdout is not None  # noqa: S101 - a pipe
    said, deadline = "", time.monotonic() + _BOUND
    while left := max(0.0, deadline - time.monotonic()):
        ready, _, _ = select.select([forward.stdout], [], [], left)
        line = forward.stdout.readline() if ready else ""
        if found := _FORWARDED.search(line):
            return int(found[1])
        if not line:
            break
        said += line
    what = f"the repository cannot be reached from here: {said.strip() or 'kubectl port-forward says nothing'}"
    raise EnvironmentFault(what, where=f"service/{NAME} in namespace {namespace}")
