"""The mesh controller follows the Services: it applies when the Sidecar differs, and only then."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import pytest

from canarylab.meshes import egress, stepper

Json = dict[str, Any]


def service(uid: str, address: str = "10.96.1.1", **labels: str) -> Json:
    meta = {"uid": uid, "name": uid, "namespace": "shop", "labels": labels}
    return {"metadata": meta, "spec": {"clusterIP": address, "ports": [{"name": "http", "port": 80}]}}


def event(kind: str, item: Json) -> Json:
    return {"type": kind, "object": item}


class Script:
    """What the API server says, and what it is told."""

    def __init__(self, listed: list[Json], *events: Json) -> None:
        self._listed, self._events = listed, events
        self.applied: list[Json] = []
        self.watched_from = ""

    def services(self) -> tuple[stepper.Services, str]:
        return {item["metadata"]["uid"]: item for item in self._listed}, "41"

    def changes(self, version: str) -> Iterator[Json]:
        self.watched_from = version
        yield from self._events

    def apply(self, sidecar: Json) -> None:
        self.applied.append(sidecar)


def followed(script: Script, said: Json | None = None) -> list[Json]:
    stepper.follow(cast(stepper.Api, script), said)
    return script.applied


@pytest.mark.parametrize("kind", ["ADDED", "MODIFIED"])
def test_a_service_that_comes_or_changes_replaces_the_one_before(kind: str) -> None:
    new = service("a", "10.96.1.9")
    assert stepper.changed({"a": service("a")}, event(kind, new)) == {"a": new}


def test_a_service_that_goes_is_forgotten() -> None:
    known = {"a": service("a"), "b": service("b")}
    assert stepper.changed(known, event("DELETED", service("a"))) == {"b": known["b"]}
    assert set(known) == {"a", "b"}


def test_a_service_made_again_under_its_name_is_another_one() -> None:
    old, new = service("a"), {**service("b"), "metadata": {**service("a")["metadata"], "uid": "b"}}
    known = stepper.changed(stepper.changed({"a": old}, event("ADDED", new)), event("DELETED", old))
    assert known == {"b": new}


def test_a_bookmark_changes_nothing() -> None:
    known = {"a": service("a")}
    assert stepper.changed(known, event("BOOKMARK", {"metadata": {"resourceVersion": "9"}})) == known


def test_a_watch_that_lost_its_place_is_given_up() -> None:
    with pytest.raises(LookupError, match="too old"):
        stepper.changed({}, event("ERROR", {"code": 410, "message": "too old resource version"}))


def test_the_watch_starts_at_the_version_of_the_list() -> None:
    script = Script([service("a")])
    assert followed(script) == [egress.sidecar([service("a")])]
    assert script.watched_from == "41"


def test_every_change_of_the_listeners_is_applied() -> None:
    script = Script([], event("ADDED", service("a")), event("DELETED", service("a")))
    assert followed(script) == [egress.sidecar([]), egress.sidecar([service("a")]), egress.sidecar([])]


def test_a_change_that_moves_no_listener_is_not_applied() -> None:
    script = Script([service("a")], event("MODIFIED", service("a", colour="blue")))
    assert len(followed(script)) == 1


def test_what_was_said_before_is_not_said_again() -> None:
    assert followed(Script([service("a")]), egress.sidecar([service("a")])) == []
