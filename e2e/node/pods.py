"""Pods of one namespace through kubectl: manifests as short as a case needs, and bounded waits that fail early.

What is asked again and again is asked of the API itself: a process for each look would take the processor from
the pods that it looks at.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from typing import Any

import tenacity

from canarylab.clusters.local.cluster import LocalCluster
from canarylab.kube import rest

BOUND = 60.0  # seconds; what is waited for takes one or two on an idle machine
INTERVAL = 0.1
Pod = dict[str, Any]


def until(ask: Callable[[], Any], *, bound: float = BOUND) -> Any:
    """What ``ask`` returns, once that is true; the assertion shows the last answer."""
    retry = tenacity.Retrying(
        stop=tenacity.stop_after_delay(bound),
        wait=tenacity.wait_fixed(INTERVAL),
        retry=tenacity.retry_if_result(lambda answer: not answer),
        retry_error_callback=lambda state: state.outcome and state.outcome.result(),
    )
    answer = retry(ask)
    assert answer, f"not within {bound:.0f} s: {answer!r}"
    return answer


def shell(script: str, **container: Any) -> dict[str, Any]:
    """A container named ``main`` that runs a script of the shell."""
    return {"name": "main", "image": "busybox", "command": ["sh", "-c", script], **container}


def manifest(name: str, *containers: dict[str, Any], **spec: Any) -> Pod:
    """A pod that is not started again and does not wait to be killed."""
    defaults = {"restartPolicy": "Never", "terminationGracePeriodSeconds": 1}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "labels": {"app": name}},
        "spec": {**defaults, **spec, "containers": list(containers)},
    }


def phase(pod: Pod) -> str:
    return str(pod["status"].get("phase", ""))


def ready(pod: Pod) -> bool:
    conditions = {c["type"]: c["status"] for c in pod["status"].get("conditions", ())}
    return conditions.get("Ready") == "True"


def status(pod: Pod, container: str = "main", kind: str = "containerStatuses") -> dict[str, Any]:
    """The status of one container; empty before there is one."""
    found = (each for each in pod["status"].get(kind, ()) if each["name"] == container)
    return next(found, {"state": {}, "lastState": {}, "restartCount": 0, "ready": False})


def terminated(pod: Pod, container: str = "main") -> dict[str, Any] | None:
    """How a container ended; None while it has not."""
    ended: dict[str, Any] | None = status(pod, container)["state"].get("terminated")
    return ended


class Pods:
    """kubectl in one namespace of one cluster."""

    def __init__(self, cluster: LocalCluster, namespace: str) -> None:
        self.cluster, self.namespace = cluster, namespace
        self._api = cluster.api_client()

    def command(self, *args: str) -> list[str]:
        program = str(self.cluster.toolset.program("kubectl"))
        return [program, f"--kubeconfig={self.cluster.kubeconfig}", f"--namespace={self.namespace}", *args]

    def kubectl(self, *args: str, stdin: str | None = None) -> str:
        """What kubectl prints; an error fails the test."""
        return self.cluster.kubectl("-n", self.namespace, *args, stdin=stdin)

    def run(self, *args: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        """The same where the exit code, or standard error, is the point."""
        return subprocess.run(
            self.command(*args), input=stdin, capture_output=True, text=True, check=False, timeout=BOUND
        )

    def popen(self, *args: str, **options: Any) -> subprocess.Popen[str]:
        """One that goes on while the test does something else."""
        return subprocess.Popen(self.command(*args), text=True, stdout=subprocess.PIPE, **options)

    def apply(self, *objects: dict[str, Any]) -> None:
        together = {"apiVersion": "v1", "kind": "List", "items": list(objects)}
        self.kubectl("apply", "-f", "-", stdin=json.dumps(together))

    def get(self, kind: str, name: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.kubectl("get", kind, name, "-o", "json"))
        return found

    def look(self, path: str, **query: str) -> dict[str, Any]:
        """The answer of the API to ``/api/v1/namespaces/NAMESPACE/<path>``."""
        return rest.send(self._api, "GET", f"/api/v1/namespaces/{self.namespace}/{path}", query=query)

    def pod(self, name: str, check: Callable[[Pod], Any], *, bound: float = BOUND) -> Pod:
        """The pod once ``check`` is true of it; fails as soon as it has ended without that."""

        def ask() -> Pod | None:
            pod = self.look(f"pods/{name}")
            if check(pod):
                return pod
            ended = phase(pod) in ("Failed", "Succeeded") and "deletionTimestamp" not in pod["metadata"]
            assert not ended, f"pod {name} has ended: {json.dumps(pod['status'], indent=1)}"
            return None

        found: Pod = until(ask, bound=bound)
        return found

    def start(self, name: str, *containers: dict[str, Any], **spec: Any) -> Pod:
        """Makes a pod and waits until it is ready."""
        self.apply(manifest(name, *containers, **spec))
        return self.pod(name, ready)

    def finish(self, name: str, *containers: dict[str, Any], **spec: Any) -> Pod:
        """Makes a pod and waits until it has ended, either way."""
        self.apply(manifest(name, *containers, **spec))
        return self.pod(name, lambda pod: phase(pod) in ("Failed", "Succeeded"))

    def output(self, name: str, script: str, **given: Any) -> str:
        """What a script prints in a pod that must end well; ``spec`` is the pod's, the rest is its container's."""
        spec = given.pop("spec", {})
        pod = self.finish(name, shell(script, **given), **spec)
        logs = self.logs(name)
        assert phase(pod) == "Succeeded", f"{logs}\n{json.dumps(pod['status'], indent=1)}"
        return logs

    def exec(self, name: str, script: str, container: str = "main") -> str:
        return self.kubectl("exec", name, "-c", container, "--", "sh", "-c", script)

    def logs(self, name: str, *options: str) -> str:
        return self.kubectl("logs", name, *options)

    def events(self, name: str) -> dict[str, str]:
        """reason -> message of a pod's events."""
        found = self.look("events", fieldSelector=f"involvedObject.name={name}")
        return {item["reason"]: item["message"] for item in found["items"]}

    def event(self, name: str, reason: str) -> str:
        """The message of an event, once it is there."""
        message: str = until(lambda: self.events(name).get(reason))
        return message


def is_root() -> bool:
    """Whether ids and control groups are the machine's own; an unprivileged cluster has a single id."""
    return os.geteuid() == 0
