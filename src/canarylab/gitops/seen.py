"""What Flux's objects say of themselves, as facts of the record. Pure.

A revision is ``BRANCH@sha1:HASH`` there; in the record it is the hash alone, as git has it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from canarylab.model.timeline import APPLIED, FETCHED, Committed, Synced, Timeline

Json = dict[str, Any]

_BUSY = "Unknown"  # the status of the condition Ready while Flux works


@dataclass(frozen=True)
class State:
    """Where one of the two objects stands; see :class:`Synced`."""

    revision: str
    times: int = 0
    trouble: str = ""


def hash_of(revision: str) -> str:
    """The commit's hash in a revision as Flux writes it."""
    return revision.rpartition(":")[2]


def repository(item: Json) -> State | None:
    """A GitRepository: the commit that was fetched, or why none was; None while Flux is at it."""
    status = item.get("status", {})
    return _state(item, hash_of(status.get("artifact", {}).get("revision", "")), 0)


def kustomization(item: Json) -> State | None:
    """A Kustomization: the commit that was applied, or why the last one was not; None while Flux is at it.

    Its history tells how often the same content was applied, from Flux 2.7 on.
    """
    status = item.get("status", {})
    last: Json = next(iter(status.get("history") or ()), {})
    return _state(item, hash_of(status.get("lastAppliedRevision", "")), last.get("totalReconciliations", 0))


def _state(item: Json, revision: str, times: int) -> State | None:
    status = item.get("status", {})
    ready = next((one for one in status.get("conditions", ()) if one["type"] == "Ready"), None)
    if ready is None or ready["status"] == _BUSY or status.get("observedGeneration") != item["metadata"]["generation"]:
        return None
    if ready["status"] == "True":
        return State(revision, times)
    return State(hash_of(status.get("lastAttemptedRevision", "")), 0, ready.get("message", "") or ready["reason"])


def last_commit(seen: Timeline) -> str:
    """The hash of the last commit; empty before the first."""
    return next((one.revision for one in reversed(list(seen.of(Committed)))), "")


def applied(seen: Timeline) -> bool:
    """Whether the last commit has been applied."""
    done = [one.revision for one in seen.of(Synced) if one.source == APPLIED and not one.trouble]
    return bool(done) and done[-1] == last_commit(seen)


def refusal(seen: Timeline) -> str:
    """Why the last commit is not applied, in Flux's words; empty if it has not refused it."""
    last = _last(seen, APPLIED)
    return last.trouble if last and last.revision == last_commit(seen) else ""


def unfetched(seen: Timeline) -> str:
    """Why Flux has not fetched the repository, which it tries again; empty if it has."""
    last = _last(seen, FETCHED)
    return last.trouble if last else ""


def _last(seen: Timeline, source: str) -> Synced | None:
    return next((one for one in reversed(list(seen.of(Synced))) if one.source == source), None)
