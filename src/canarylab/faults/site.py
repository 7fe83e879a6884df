"""Where a fault is injected: one canary's application on one cluster, and what of it can be read through the API."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from kubernetes import client

from canarylab.clusters.cluster import Cluster
from canarylab.errors import UsageError
from canarylab.faults.steps import GONE
from canarylab.journey import Application, Journey
from canarylab.kube import rest
from canarylab.kube.apply import path
from canarylab.model import expectation
from canarylab.model.canary import Canary
from canarylab.observe.observer import PLURALS

Json = dict[str, Any]

LABEL = "canarylab.dev/fault"


@dataclass(frozen=True)
class Site:
    """What a fault has to know; ``id`` is the injection's own, part of the names of all that it makes."""

    cluster: Cluster
    mesh: str
    mesh_namespace: str
    flagger_namespace: str
    application: Application
    canary: Canary
    id: str = field(default_factory=lambda: secrets.token_hex(4))

    @classmethod
    def of(cls, journey: Journey) -> Site:
        """The site of a journey that has started."""
        stack = journey.stack
        mesh, flagger = stack.mesh, stack.flagger
        return cls(
            stack.cluster, mesh.name, mesh.namespace, flagger.namespace, journey.application, journey.canary
        )  # fmt: skip

    @cached_property
    def api(self) -> client.ApiClient:
        made: client.ApiClient = self.cluster.api_client()
        return made

    @property
    def namespace(self) -> str:
        return self.canary.namespace

    @property
    def pod_port(self) -> int:
        """Where the application's pods listen, as far as the Canary says so in a number."""
        port = self.application.canary["spec"]["service"].get("targetPort")
        return port if isinstance(port, int) else self.canary.port

    @property
    def lifetime(self) -> float:
        """Seconds after which the pods of a fault stop by themselves, whatever becomes of us."""
        return 2 * expectation.bound(self.canary)

    def workload(self, which: str) -> str:
        """The name of the workload behind ``canary`` or ``primary``."""
        return self.canary.target if which == "canary" else self.canary.primary

    def service(self, which: str) -> str:
        """The name of the Service before ``canary``, ``primary`` or ``apex``."""
        return self.canary.apex if which == "apex" else f"{self.canary.apex}-{which}"

    def workload_path(self, which: str) -> str:
        """Where it is; UsageError when the Canary targets none."""
        if self.canary.kind not in PLURALS:
            raise UsageError(
                f"the Canary targets a {self.canary.kind}, which has no pods of its own", where=self.canary_path
            )
        return path("apps/v1", PLURALS[self.canary.kind], self.namespace, self.workload(which))

    @property
    def canary_path(self) -> str:
        return path("flagger.app/v1beta1", "canaries", self.namespace, self.canary.name)

    def get(self, where: str, query: Mapping[str, str] | None = None) -> Json:
        """An object, as it is now."""
        return rest.send(self.api, "GET", where, query=query)

    def need(self, where: str, what: str, *, flaggers: bool = False) -> Json:
        """An object that a fault is about; UsageError when it is not there, or is Flagger's without ``flaggers``."""
        try:
            found = self.get(where)
        except rest.Refused as error:
            if error.status != GONE:
                raise
            raise UsageError(f"there is no {what}", where=f"namespace {self.namespace}") from error
        owners = {one["kind"] for one in found["metadata"].get("ownerReferences", ())}
        if "Canary" in owners and not flaggers:
            raise UsageError(f"{what} is Flagger's own, which no fault edits", where=f"namespace {self.namespace}")
        return found

    def pods(self, which: str) -> list[Json]:
        """The pods of a workload that are not on their way out."""
        labels = self.get(self.workload_path(which))["spec"]["selector"]["matchLabels"]
        return self.labelled(self.namespace, labels)

    def some_pods(self, which: str) -> list[Json]:
        """The same; UsageError when there is none."""
        if found := self.pods(which):
            return found
        raise UsageError(
            f"the {which} has no pod", where=f"{self.namespace}/{self.workload(which)}",
            next_step="inject this fault while a new revision is analysed" if which == "canary" else "",
        )  # fmt: skip

    def labelled(self, namespace: str, labels: Mapping[str, str]) -> list[Json]:
        """The pods with these labels that are not on their way out."""
        selector = ",".join(f"{name}={value}" for name, value in labels.items())
        found = self.get(path("v1", "pods", namespace), {"labelSelector": selector})["items"]
        return [pod for pod in found if "deletionTimestamp" not in pod["metadata"]]

    def addresses(self) -> set[str]:
        """The addresses of all pods of the cluster that are not on their way out."""
        pods = self.get(path("v1", "pods"))["items"]
        return {pod["status"].get("podIP", "") for pod in pods if "deletionTimestamp" not in pod["metadata"]}

    def endpoints(self, which: str) -> set[str]:
        """The UIDs of the pods to which a Service leads, as its EndpointSlices say."""
        return {uid for uid, ready in self._targets(which) if ready}

    def _targets(self, which: str) -> Iterator[tuple[str, bool]]:
        where, selector = path("discovery.k8s.io/v1", "endpointslices", self.namespace), "kubernetes.io/service-name"
        slices = self.get(where, {"labelSelector": f"{selector}={self.service(which)}"})["items"]
        for one in (one for item in slices for one in item.get("endpoints") or ()):
            yield one.get("targetRef", {}).get("uid", ""), one.get("conditions", {}).get("ready", True)


def uid(item: Json) -> str:
    """What names an object for ever."""
    return str(item["metadata"]["uid"])


def ready(pod: Json) -> bool:
    """Whether a pod is ready, as its status says."""
    conditions = pod.get("status", {}).get("conditions") or ()
    return any(one["type"] == "Ready" and one["status"] == "True" for one in conditions)
