"""The claim that cluster and repository agree, held against records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from canarylab.journey.application import podinfo
from canarylab.model.canary import Canary
from canarylab.model.timeline import (
    APPLIED,
    GIT,
    PRIMARY,
    TARGET,
    Committed,
    Event,
    Synced,
    Timeline,
    Triggered,
    WorkloadSeen,
)
from canarylab.model.verdict import Evidence
from canarylab.scenario.claim import Seen
from canarylab.scenario.expect.follows_git import FollowsGit

CANARY = Canary.parse(podinfo("shop").canary)
OLD, NEW = {"web": "example.com/web:1"}, {"web": "example.com/web:2"}
TRIGGER = Triggered(0, 0, "trigger", "tag 2")


def commit(revision: str, images: dict[str, str]) -> Committed:
    return Committed(0, 0, GIT, revision, "main", "a commit", images)


def applied(revision: str, trouble: str = "") -> Synced:
    return Synced(0, 0, APPLIED, revision, 1, trouble)


def runs(source: str, images: dict[str, str]) -> WorkloadSeen:
    return WorkloadSeen(0, 0, source, "1", source, images, 1, 1)


BEGUN = [commit("a", OLD), applied("a"), runs(TARGET, OLD), runs(PRIMARY, OLD), TRIGGER]
SHIPPED = [*BEGUN, commit("b", NEW), applied("b"), runs(TARGET, NEW)]
PROMOTED = [*SHIPPED, runs(PRIMARY, NEW)]
REVERTED = [*SHIPPED, commit("c", OLD), applied("c"), runs(TARGET, OLD)]


def wrong(events: Sequence[Event], workloads: Any = ("target", "primary")) -> list[str]:
    """The findings that do not hold, in words."""
    seen = Seen(Evidence(CANARY, Timeline(events), ()))
    return [f"{one.claim}: {one.seen}" for one in FollowsGit(workloads=workloads).findings(seen) if not one.holds]


@pytest.mark.parametrize("events", [PROMOTED, REVERTED, [*PROMOTED, runs(TARGET, NEW)]])
def test_cluster_and_repository_agree(events: Sequence[Event]) -> None:
    assert wrong(events) == []


def test_a_revision_that_was_rolled_back_is_in_git_and_in_the_target_alone() -> None:
    assert wrong(SHIPPED) == ["the primary as git has it: web:1"]
    assert wrong(SHIPPED, ("target",)) == []


def test_a_commit_that_was_not_applied_is_told_with_fluxs_words() -> None:
    assert wrong([*PROMOTED, commit("c", NEW)]) == ["commit c: not applied"]
    assert wrong([*PROMOTED, commit("c", NEW), applied("c", "no such field")]) == ["commit c: no such field"]


def test_an_image_that_nobody_committed_is_found_also_when_it_did_not_stay() -> None:
    flapped = [*PROMOTED, runs(TARGET, OLD), runs(TARGET, NEW)]
    assert wrong(flapped) == ["the target's images, as committed: web:1 > web:2 > web:1 > web:2"]


def test_without_a_commit_there_is_nothing_to_agree_with() -> None:
    assert wrong([TRIGGER, runs(TARGET, OLD)]) == ["the last commit: nothing was committed"]
