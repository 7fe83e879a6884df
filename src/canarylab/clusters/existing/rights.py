"""The rights that a run needs, what each is for, and which of them an account lacks.

The list is data: the ClusterRole of docs/examples/existing-rights.yaml is held against it by a test. Each verb is asked
of the API server by a SelfSubjectAccessReview, which every account may make.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from kubernetes import client

from canarylab.errors import EnvironmentFault
from canarylab.kube import rest
from canarylab.kube.apply import path

_AT_ONCE = 8
_READ = ("get", "list", "watch")
_MAKE = ("create", "patch")


@dataclass(frozen=True)
class Need:
    """Verbs on a resource, which may name a subresource behind a slash; without a ``namespace`` in all of them."""

    verbs: tuple[str, ...]
    group: str
    resource: str
    why: str
    namespace: str = ""

    def __str__(self) -> str:
        named = f"{self.resource}.{self.group}" if self.group else self.resource
        where = f"in namespace {self.namespace}" if self.namespace else "in the whole cluster"
        return f"{', '.join(self.verbs)} {named} {where}: {self.why}"


LOOKING = (
    Need(("list",), "apps", "deployments", "Flagger, its load tester and the mesh are found by their Deployments"),
    Need(("list",), "", "services", "the load tester's Service"),
    Need(("list",), "admissionregistration.k8s.io", "mutatingwebhookconfigurations", "whether pods get sidecars"),
    Need(("get",), "", "namespaces", "whether kube-system is marked as disposable"),
)
RUNNING = (
    Need(("list", "create", "delete"), "", "namespaces", "the namespace of each test, and its end"),
    Need((*_READ, *_MAKE, "delete", "deletecollection"), "flagger.app", "canaries", "the Canary of each test"),
    Need(_MAKE, "flagger.app", "metrictemplates", "the queries that an application brings"),
    Need(_MAKE, "flagger.app", "alertproviders", "alerts that a test catches"),
    Need((*_READ, *_MAKE, "deletecollection"), "apps", "deployments", "the application and its revisions"),
    Need((*_READ, *_MAKE, "deletecollection"), "apps", "daemonsets", "the application and its revisions"),
    Need(("deletecollection",), "apps", "statefulsets", "the end of what a test's application brought"),
    Need(("deletecollection",), "batch", "jobs", "the end of what a test's application brought"),
    Need((*_READ, *_MAKE, "delete", "deletecollection"), "", "pods", "users, and what becomes of each revision's pods"),
    Need(("get",), "", "pods/log", "users' answers, and each of Flagger's words"),
    Need(_MAKE, "", "services", "the Services of an application"),
    Need(_MAKE, "", "configmaps", "the program of the users' pods"),
    Need(_READ, "", "events", "why a test failed"),
)


def of_prometheus(namespace: str) -> Need:
    return Need(("get",), "", "services/proxy", "Flagger's Prometheus, asked from here", namespace)


def of_tester(namespace: str) -> Need:
    return Need(("create",), "", "services/proxy", "the load tester's gates", namespace)


def of_route(group: str, resource: str) -> Need:
    return Need(_READ, group, resource, "the weights of each route")


def lacking(api: client.ApiClient, needs: Sequence[Need]) -> list[Need]:
    """Those that the account has not, each with the verbs that are missing."""
    asked = [(need, verb) for need in needs for verb in need.verbs]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        allowed = list(pool.map(lambda one: _allowed(api, *one), asked))
    missing = {one for one, may in zip(asked, allowed, strict=True) if not may}
    found = [replace(need, verbs=tuple(verb for verb in need.verbs if (need, verb) in missing)) for need in needs]
    return [need for need in found if need.verbs]


def _allowed(api: client.ApiClient, need: Need, verb: str) -> bool:
    resource, _, sub = need.resource.partition("/")
    asked = {"verb": verb, "group": need.group, "resource": resource, "subresource": sub, "namespace": need.namespace}
    body = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": {name: value for name, value in asked.items() if value}},
    }
    answer = rest.send(api, "POST", path("authorization.k8s.io/v1", "selfsubjectaccessreviews"), body=body)
    return bool(answer["status"]["allowed"])


def require(api: client.ApiClient, needs: Iterable[Need], where: str) -> None:
    """EnvironmentFault that names every right that is missing, and what it is for."""
    if missing := lacking(api, tuple(dict.fromkeys(needs))):
        told = "\n".join(f"  {need}" for need in missing)
        raise EnvironmentFault(
            f"this account lacks {len(missing)} rights that the run needs:\n{told}", where=where,
            next_step="docs/examples/existing-rights.yaml is a ClusterRole that has all of them",
        )  # fmt: skip
