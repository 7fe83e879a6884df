"""A controller in a pod: keeps objects in step with one pure function of what the cluster has.

It watches kinds, and whenever one of their objects changes it calls ``decide`` with all of them, applies what has come
out differently, deletes what has not come out any more, and writes the statuses. So it needs no memory of its own: one
that starts anew finds what it made before by a label. It talks to the API by plain HTTP, because importing the
Kubernetes client takes longer than all the rest; a refusal of the API is printed and tried again.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

Json = dict[str, Any]
World = Mapping[str, Sequence[Json]]

MADE_BY = "canarylab.dev/made-by"
KEPT = {"helm.sh/resource-policy": "keep"}  # Helm's own word for what is not deleted; an object's annotation

_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
_GATHER = 0.02  # seconds in which changes that come together are taken as one
_RETRY = 0.2
_ABSENT = 1.0  # seconds between looks for a kind that the server does not serve yet
_WATCH_SECONDS = 300
_FAILURES = (requests.RequestException, LookupError, json.JSONDecodeError)


@dataclass(frozen=True)
class Kind:
    """A kind of object; ``name`` is what :data:`World` calls it, for kinds that are called the same in two groups."""

    api_version: str
    plural: str
    kind: str
    alias: str = ""
    namespaced: bool = True

    @property
    def name(self) -> str:
        return self.alias or self.kind

    @property
    def group(self) -> str:
        """The API group, empty for the core."""
        return self.api_version.rpartition("/")[0]

    def path(self, namespace: str = "", name: str = "") -> str:
        """Where its objects are: all, those of a namespace, or one."""
        root = f"/apis/{self.api_version}" if self.group else f"/api/{self.api_version}"
        within = f"/namespaces/{namespace}" if namespace and self.namespaced else ""
        return f"{root}{within}/{self.plural}" + (f"/{name}" if name else "")

    def of(self, item: Json) -> str:
        """Where one object of it is."""
        return self.path(item["metadata"].get("namespace", ""), item["metadata"]["name"])


NAMESPACE = Kind("v1", "namespaces", "Namespace", namespaced=False)


@dataclass(frozen=True)
class Wanted:
    """What shall be: objects, and the statuses of objects that are there (``(object, status)``)."""

    objects: tuple[Json, ...] = ()
    statuses: tuple[tuple[Json, Json], ...] = ()


class Api:
    """The API server, as seen from a pod."""

    def __init__(self, owner: str, base: str = "", account: Path = _ACCOUNT) -> None:
        """``owner`` is the field manager of whatever is applied."""
        self.owner = owner
        self._base = base or "https://{KUBERNETES_SERVICE_HOST}:{KUBERNETES_SERVICE_PORT}".format(**os.environ)
        self._account = account
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.verify = str(account / "ca.crt")

    def twin(self) -> Api:
        """Another connection of the same kind, for a thread of its own."""
        return Api(self.owner, self._base, self._account)

    def list(self, kind: Kind, selector: str = "") -> tuple[list[Json], str]:
        """Every object of a kind, and the version of the list."""
        found = self._send("GET", kind.path(), params={"labelSelector": selector} if selector else {}).json()
        head = {"apiVersion": kind.api_version, "kind": kind.kind}
        return [{**head, **item} for item in found["items"]], found["metadata"]["resourceVersion"]

    def changes(self, kind: Kind, version: str) -> Iterator[Json]:
        """Watch events after ``version``, until the server ends the watch."""
        params = {"watch": "1", "resourceVersion": version, "allowWatchBookmarks": "true"}
        with self._send(
            "GET", kind.path(), params={**params, "timeoutSeconds": str(_WATCH_SECONDS)}, stream=True
        ) as answer:
            for line in answer.iter_lines(chunk_size=None):
                yield json.loads(line)

    def apply(self, path: str, item: Json) -> None:
        """Applies an object, or with a path that ends in ``/status`` its status, from the server's side."""
        self._send(
            "PATCH",
            path,
            params={"fieldManager": self.owner, "force": "true"},
            headers={"Content-Type": "application/apply-patch+yaml"},
            data=json.dumps(item),
        )

    def delete(self, path: str) -> None:
        """Deletes an object, if it is still there."""
        self._send("DELETE", path, fine=(404,))

    def _send(self, method: str, path: str, fine: tuple[int, ...] = (), **options: Any) -> requests.Response:
        token = (self._account / "token").read_text().strip()
        headers = {"Authorization": f"Bearer {token}", **options.pop("headers", {})}
        limit = (5, _WATCH_SECONDS + 10)
        answer = self._session.request(method, self._base + path, headers=headers, timeout=limit, **options)
        if not answer.ok and answer.status_code not in fine:
            raise requests.HTTPError(f"{method} {path}: {answer.status_code} {answer.text.strip()}", response=answer)
        return answer


def changed(items: Mapping[str, Json], event: Json) -> dict[str, Json]:
    """Objects by uid after a watch event; raises LookupError when the watch has lost its place."""
    if event["type"] == "ERROR":
        raise LookupError(event["object"].get("message", "the watch failed"))
    item = event["object"]
    if event["type"] == "BOOKMARK":
        return dict(items)
    others = {uid: one for uid, one in items.items() if uid != item["metadata"]["uid"]}
    return others if event["type"] == "DELETED" else {**others, item["metadata"]["uid"]: item}


@dataclass
class Store:
    """The objects of each kind as they were told last; ``news`` is set by every change."""

    kinds: Sequence[Kind]
    news: threading.Event = field(default_factory=threading.Event)
    _items: dict[str, dict[str, Json]] = field(default_factory=dict)

    def put(self, kind: Kind, items: dict[str, Json]) -> None:
        if self._items.get(kind.name) != items:
            self._items[kind.name] = items
            self.news.set()

    def take(self, kind: Kind, event: Json) -> None:
        self.put(kind, changed(self._items[kind.name], event))

    def world(self) -> World | None:
        """Everything; None until every kind has been listed once."""
        if any(kind.name not in self._items for kind in self.kinds):
            return None
        return {name: list(items.values()) for name, items in self._items.items()}


def follow(api: Api, kind: Kind, store: Store) -> None:
    """One list and its watch."""
    items, version = api.list(kind)
    store.put(kind, {one["metadata"]["uid"]: one for one in items})
    for event in api.changes(kind, version):
        store.take(kind, event)


def attempt(api: Api, kind: Kind, store: Store) -> float:
    """The same whatever fails; returns the seconds until it should be done again."""
    try:
        follow(api, kind, store)
    except _FAILURES as error:
        if _absent(error):
            store.put(kind, {})
            return _ABSENT
        _complain(error)
        return _RETRY
    return 0.0


def _follow_always(api: Api, kind: Kind, store: Store) -> None:
    while True:
        time.sleep(attempt(api, kind, store))


def _absent(error: Exception) -> bool:
    """Whether the server does not serve a kind, or has nothing at a place."""
    return isinstance(error, requests.HTTPError) and error.response.status_code == 404


def _served(api: Api, kind: Kind, selector: str) -> list[Json]:
    try:
        return api.list(kind, selector)[0]
    except requests.HTTPError as error:
        if _absent(error):
            return []
        raise


@dataclass
class Writer:
    """What has been written, so that only what differs is written again."""

    api: Api
    makes: Sequence[Kind]
    _objects: dict[str, Json] = field(default_factory=dict)
    _statuses: dict[str, Json] = field(default_factory=dict)
    _without: set[str] = field(default_factory=set)

    def adopt(self) -> None:
        """Takes over what an earlier run has made: it is applied again, or deleted."""
        for kind in self.makes:
            for item in _served(self.api, kind, f"{MADE_BY}={self.api.owner}"):
                if not _kept(item):
                    self._objects[kind.of(item)] = {}

    def write(self, wanted: Wanted, kinds: Sequence[Kind]) -> list[str]:
        """Writes what differs and returns what the server refused; ``kinds`` are those of the statuses' objects.

        A status that the server has no place for is told once, and tried again with the next change alone: its object
        has gone meanwhile, or its kind is not ours and has no statuses.
        """
        objects = {self._path(item): _labelled(item, self.api.owner) for item in wanted.objects}
        gone = [path for path in self._objects if path not in objects]
        refused = [*self._each(objects, self._objects), *filter(None, map(self._drop, gone))]
        said = {f"{_kind(kinds, item).of(item)}/status": _status(item, status) for item, status in wanted.statuses}
        self._statuses = {path: status for path, status in self._statuses.items() if path in said}
        return [*refused, *self._each(said, self._statuses)]

    def _path(self, item: Json) -> str:
        return _kind(self.makes, item).of(item)

    def _each(self, items: Mapping[str, Json], written: dict[str, Json]) -> list[str]:
        refused = []
        for path, item in items.items():
            if written.get(path) == item:
                continue
            try:
                self.api.apply(path, item)
                written[path] = item
                print(f"applied {path}", flush=True)
            except requests.RequestException as error:
                if not (_absent(error) and path.endswith("/status")):
                    refused.append(str(error))
                elif path not in self._without:
                    self._without.add(path)
                    print(f"left out: {error}", file=sys.stderr, flush=True)
        return refused

    def _drop(self, path: str) -> str:
        try:
            if not _kept(self._objects[path]):
                self.api.delete(path)
                print(f"deleted {path}", flush=True)
            del self._objects[path]
        except requests.RequestException as error:
            return str(error)
        return ""


def _kind(kinds: Sequence[Kind], item: Json) -> Kind:
    return next(one for one in kinds if (one.api_version, one.kind) == (item["apiVersion"], item["kind"]))


def _kept(item: Json) -> bool:
    """Whether it stays when nothing wants it any more."""
    return bool(KEPT.items() <= item.get("metadata", {}).get("annotations", {}).items())


def _labelled(item: Json, owner: str) -> Json:
    meta = item["metadata"]
    return {**item, "metadata": {**meta, "labels": {**meta.get("labels", {}), MADE_BY: owner}}}


def _status(item: Json, status: Json) -> Json:
    meta = {key: item["metadata"][key] for key in ("name", "namespace") if key in item["metadata"]}
    return {"apiVersion": item["apiVersion"], "kind": item["kind"], "metadata": meta, "status": status}


def _complain(error: object) -> None:
    print(f"again in {_RETRY} s: {error}", file=sys.stderr, flush=True)


def run(api: Api, watches: Sequence[Kind], makes: Sequence[Kind], decide: Callable[[World], Wanted]) -> None:
    """Runs until the process is killed. ``makes`` are the kinds that come out of ``decide``.

    A kind that the server does not serve counts as empty until it does.
    """
    writer = Writer(api, makes)
    _until_done(writer.adopt)
    keep(api, watches, lambda world: writer.write(decide(world), watches))


def keep(api: Api, watches: Sequence[Kind], act: Callable[[World], Sequence[str]]) -> None:
    """Calls ``act`` with everything whenever something has changed, until the process is killed.

    What it returns could not be done: it is printed, and ``act`` is called again.
    """
    store = Store(watches)
    for kind in watches:
        threading.Thread(target=_follow_always, args=(api.twin(), kind, store), daemon=True, name=kind.name).start()
    while True:
        settle(store, act, time.sleep)


def settle(store: Store, act: Callable[[World], Sequence[str]], sleep: Callable[[float], None]) -> None:
    """Waits for a change, gathers those that come with it, and calls ``act`` once for all of them."""
    store.news.wait()
    sleep(_GATHER)
    store.news.clear()
    world = store.world()
    refused = [] if world is None else act(world)
    for why in refused:
        _complain(why)
    if refused:
        sleep(_RETRY)
        store.news.set()


def _until_done(act: Callable[[], None]) -> None:
    while True:
        try:
            return act()
        except _FAILURES as error:
            _complain(error)
            time.sleep(_RETRY)
