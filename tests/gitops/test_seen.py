"""What Flux's objects say becomes facts, and facts tell whether the last commit is applied."""

from __future__ import annotations

from typing import Any

import pytest

from canarylab.gitops import seen
from canarylab.gitops.seen import State
from canarylab.model.timeline import APPLIED, FETCHED, GIT, Committed, Event, Synced, Timeline, event

A, B = "a" * 40, "b" * 40


def item(ready: str, *, generation: int = 1, **status: Any) -> dict[str, Any]:
    told = {"type": "Ready", "status": ready, "reason": "Said", "message": "its words"}
    found = {"observedGeneration": generation, "conditions": [{"type": "Reconciling", "status": "False"}, told]}
    return {"metadata": {"generation": 1}, "status": {**found, **status}}


def commit(revision: str) -> Committed:
    return Committed(0, 0, GIT, revision, "main", "tag 2", {"web": "web:2"})


def synced(source: str, revision: str, trouble: str = "") -> Synced:
    return Synced(0, 0, source, revision, 1, trouble)


def test_a_fetched_commit_is_told_by_its_hash() -> None:
    assert seen.repository(item("True", artifact={"revision": f"main@sha1:{A}"})) == State(A)


def test_an_applied_commit_is_told_with_how_often_it_was() -> None:
    applied = item("True", lastAppliedRevision=f"main@sha1:{A}", history=[{"totalReconciliations": 3}])
    assert seen.kustomization(applied) == State(A, 3)
    assert seen.kustomization(item("True", lastAppliedRevision=f"main@sha1:{A}")) == State(A)


def test_a_refusal_is_told_with_the_commit_that_was_tried() -> None:
    tried = item("False", lastAppliedRevision=f"main@sha1:{A}", lastAttemptedRevision=f"main@sha1:{B}")
    assert seen.kustomization(tried) == State(B, 0, "its words")


@pytest.mark.parametrize("busy", [item("Unknown"), item("True", generation=0), {"metadata": {"generation": 1}}])
def test_what_flux_is_at_tells_nothing_yet(busy: dict[str, Any]) -> None:
    assert seen.kustomization(busy) is None


@pytest.mark.parametrize(
    ("events", "applied", "refusal"),
    [
        ([], False, ""),
        ([commit(A)], False, ""),
        ([commit(A), synced(FETCHED, A), synced(APPLIED, A)], True, ""),
        ([commit(A), synced(APPLIED, A), commit(B)], False, ""),
        ([commit(A), synced(APPLIED, A), commit(B), synced(APPLIED, B, "wrong")], False, "wrong"),
        ([commit(A), synced(APPLIED, A, "wrong"), commit(B)], False, ""),
        ([commit(A), synced(FETCHED, "", "no such branch")], False, ""),
    ],
)
def test_the_record_tells_whether_the_last_commit_is_applied(events: list[Event], applied: bool, refusal: str) -> None:
    record = Timeline(events)
    assert (seen.applied(record), seen.refusal(record)) == (applied, refusal)


def test_what_cannot_be_fetched_is_tried_again_and_told_while_it_lasts() -> None:
    begun = [commit(A), synced(FETCHED, "", "no such branch")]
    assert seen.unfetched(Timeline(begun)) == "no such branch"
    assert seen.unfetched(Timeline([*begun, synced(FETCHED, A)])) == ""


@pytest.mark.parametrize("one", [commit(A), synced(APPLIED, A), synced(APPLIED, A, "wrong")])
def test_commits_and_syncs_survive_a_file(one: Event) -> None:
    assert event(one.facts()) == one
    assert one.words()
