"""Applies objects from the server's side, as many at once as the server takes.

Namespaces go first; then what pods need, the workloads (their pods start while the rest is sent), definitions,
and objects of the kinds so defined. An object whose kind is not served yet, or whose webhook does not answer
yet, is sent again until the bound; every other refusal ends it at once, and all refusals are told together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import quote

from kubernetes import client

from canarylab.clock import Clock, SystemClock
from canarylab.errors import CanarylabError, UsageError
from canarylab.kube import manifests, rest

Json = dict[str, Any]

FIELD_MANAGER = "canarylab"
_AT_ONCE = 8
_AGAIN = 0.1
_SYSTEM = SystemClock()
_NAMESPACE, _DEFINITION = "Namespace", "CustomResourceDefinition"
_ASKING = 5
# What pods read has to be there before them: a wait for pods gives up on one that says that something is missing.
_READ, _WORKLOADS = ("ConfigMap", "Secret", "ServiceAccount"), ("Deployment", "DaemonSet", "StatefulSet", "Job", "Pod")
_TURNS = {_NAMESPACE: 0, **dict.fromkeys(_READ, 1), **dict.fromkeys(_WORKLOADS, 3), _DEFINITION: 4}


@dataclass(frozen=True)
class Step:
    """One request about an object, and its place in the order."""

    turn: int
    item: Json
    act: Callable[[], None]


class Kinds:
    """Where objects of a kind live on the server, as it tells; remembered, since kinds do not move."""

    def __init__(self, api: client.ApiClient) -> None:
        self._api = api
        self._known: dict[tuple[str, str], tuple[str, bool]] = {}

    def learn(self, definition: Json) -> None:
        """A CustomResourceDefinition tells by itself."""
        spec = definition["spec"]
        for version in spec["versions"]:
            key = (f"{spec['group']}/{version['name']}", spec["names"]["kind"])
            self._known[key] = (spec["names"]["plural"], spec["scope"] == "Namespaced")

    def resource(self, api_version: str, kind: str) -> tuple[str, bool]:
        """The plural, and whether it is namespaced; Refused with 404 if the server does not know it."""
        if (api_version, kind) not in self._known:
            for one in rest.send(self._api, "GET", root(api_version))["resources"]:
                if "/" not in one["name"]:
                    self._known[api_version, one["kind"]] = (one["name"], one["namespaced"])
        if (api_version, kind) not in self._known:
            raise rest.Refused(f"the server has no {kind} of {api_version}", 404, root(api_version))
        return self._known[api_version, kind]


def root(api_version: str) -> str:
    """The path of a group and version."""
    return f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"


def path(api_version: str, plural: str, namespace: str = "", name: str = "") -> str:
    """The path of an object, or of all of a kind."""
    within = f"/namespaces/{quote(namespace)}" if namespace else ""
    return f"{root(api_version)}{within}/{plural}" + (f"/{quote(name)}" if name else "")


def apply(api: client.ApiClient, objects: Iterable[Json], *, namespace: str = "default", bound: float = 60.0) -> None:
    """Applies all of them; those without a namespace of their own go to ``namespace``."""
    apply_each(api, [(item, namespace) for item in objects], bound=bound)


def apply_each(
    api: client.ApiClient, items: Sequence[tuple[Json, str]], *, bound: float = 60.0, clock: Clock = _SYSTEM
) -> None:
    """Applies all of them, each with the namespace that it goes to if it names none."""
    kinds, deadline = Kinds(api), clock.monotonic() + bound
    definitions = [item for item, _ in items if item["kind"] == _DEFINITION]
    for item in definitions:
        kinds.learn(item)
    defined = {item["spec"]["names"]["kind"] for item in definitions}
    steps = [Step(_turn(item, defined), item, partial(_apply, api, kinds, item, where)) for item, where in items]
    steps += [Step(_ASKING, item, partial(_ask, api, item)) for item in definitions]
    steps.sort(key=lambda step: step.turn)
    for turns in ((0,), (1,), range(2, _ASKING + 2)):
        together = [step for step in steps if step.turn in turns]
        _side_by_side(together, lambda step: _patiently(step.act, deadline, clock))


def _turn(item: Json, defined: Set[str]) -> int:
    """The place of an object in the order of sending."""
    if item["kind"] in defined:
        return _ASKING + 1
    return _TURNS.get(item["kind"], 2)


def _apply(api: client.ApiClient, kinds: Kinds, item: Json, namespace: str) -> None:
    plural, namespaced = kinds.resource(item["apiVersion"], item["kind"])
    item = manifests.placed(item, namespace, namespaced=namespaced)
    meta = item["metadata"]
    where = path(item["apiVersion"], plural, meta["namespace"] if namespaced else "", meta["name"])
    query = {"fieldManager": FIELD_MANAGER, "force": "true"}
    rest.send(api, "PATCH", where, query=query, body=item, content_type=rest.APPLY)


def _ask(api: client.ApiClient, definition: Json) -> None:
    """Asks for the objects of a new kind, because the server makes their storage at the first question only.

    Whoever lists them meanwhile is told to come back a second later: istiod, which waits for all of its kinds.
    """
    spec = definition["spec"]
    version = next(one["name"] for one in spec["versions"] if one["served"])
    rest.send(api, "GET", path(f"{spec['group']}/{version}", spec["names"]["plural"]), query={"limit": "1"})


def _side_by_side(steps: list[Step], send: Callable[[Step], None]) -> None:
    refused: list[tuple[Json, rest.Refused]] = []
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for step, sent in [(step, pool.submit(send, step)) for step in steps]:
            try:
                sent.result()
            except rest.Refused as error:
                refused.append((step.item, error))
    if refused:
        told = "\n".join(f"{manifests.label(item)}: {error.what}" for item, error in refused)
        what = f"the API server refused {len(refused)} object(s):\n{told}"
        raise UsageError(what, where=manifests.label(refused[0][0])) from refused[0][1]


def _patiently(attempt: Callable[[], None], deadline: float, clock: Clock) -> None:
    while True:
        try:
            return attempt()
        except rest.Refused as error:
            if not _may_pass(error) or clock.monotonic() > deadline:
                raise
        clock.sleep(_AGAIN)


def _may_pass(error: rest.Refused) -> bool:
    """Whether the same request may be taken a little later."""
    if error.status == 404:  # a namespace would have been made before, so nobody is making it
        return not error.what.startswith('namespaces "')
    if error.status == 403:  # the account comes a moment after its namespace
        return 'serviceaccount "default" not found' in error.what
    if error.status == 500:
        return "webhook" in error.what or "etcdserver" in error.what
    return error.status in (409, 429, 503, 504)


def delete(api: client.ApiClient, objects: Iterable[Json], *, namespace: str = "default") -> None:
    """Deletes those of them that are there."""
    kinds = Kinds(api)
    for item in objects:
        try:
            plural, namespaced = kinds.resource(item["apiVersion"], item["kind"])
            meta = manifests.placed(item, namespace, namespaced=namespaced)["metadata"]
            where = path(item["apiVersion"], plural, meta["namespace"] if namespaced else "", meta["name"])
            rest.send(api, "DELETE", where, query={"propagationPolicy": "Background"})
        except rest.Refused as error:
            if error.status != 404:
                raise CanarylabError(f"cannot delete: {error.what}", where=manifests.label(item)) from error
