"""Commits to a real repository in a folder, and what the record tells of them; the cluster is a stand-in."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from canarylab.errors import EnvironmentFault
from canarylab.gitops import Delivery, Settings, clone, server
from canarylab.journey import Change
from canarylab.journey.application import podinfo
from canarylab.kube import rest
from canarylab.kube.apply import Kinds
from canarylab.model.canary import Canary
from canarylab.model.timeline import APPLIED, FETCHED, Acted, CanarySeen, Committed, Synced, Triggered
from canarylab.observe.record import Record

pytestmark = pytest.mark.skipif(bool(clone.missing()), reason=clone.missing())
APPLICATION = podinfo("shop")
BAD = Change("6.9.1", arguments=("--ui-path=/nowhere",))


@pytest.fixture
def delivery(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Delivery:
    """One that has committed the target to somebody's repository, on a cluster that takes everything."""
    seed = clone.Clone(tmp_path / "seed", "main")
    seed.make()
    seed.commit("theirs")
    bare = server.make(tmp_path / "served")
    seed.push(str(bare))
    monkeypatch.setattr(Kinds, "resource", lambda *_: ("things", True))
    monkeypatch.setattr(Delivery, "_follow", lambda *_: SimpleNamespace(stop=lambda: None))
    monkeypatch.setattr(rest, "send", lambda *_, **__: {})
    cluster = SimpleNamespace(
        rung="existing", api_client=lambda: None, adapted=lambda item: item, failure=lambda: None, kubectl=lambda *_: ""
    )
    stack = SimpleNamespace(cluster=cluster, lines=())
    journey: Any = SimpleNamespace(
        stack=stack, record=Record(), application=APPLICATION, canary=Canary.parse(APPLICATION.canary)
    )
    made = Delivery(journey, Settings(url=bare.as_uri()))
    made._begin()
    made.commit("Add Deployment podinfo", [APPLICATION.target])
    return made


def told(delivery: Delivery) -> list[str]:
    """The kinds of what was recorded, but for the Canary's states."""
    return [one.kind for one in delivery.journey.record.timeline.events if not isinstance(one, CanarySeen)]


def goes(delivery: Delivery, *phases: str) -> None:
    """The Canary's phases, as Flagger would go through them."""
    for phase in phases:
        facts = {"version": "1", "phase": phase, "weight": 0, "failed": 0, "iterations": 0}
        delivery.journey.record.append(CanarySeen, "canary", **facts)


def test_a_commit_tells_the_images_that_git_has_from_then_on(delivery: Delivery) -> None:
    delivery.ship(Change("6.9.1"), "podinfo 6.9.1")
    first, last = delivery.journey.record.timeline.of(Committed)
    assert (first.what, first.images) == ("Add Deployment podinfo", {"podinfod": "ghcr.io/stefanprodan/podinfo:6.9.0"})
    assert (last.what, last.images) == ("podinfo 6.9.1", {"podinfod": "ghcr.io/stefanprodan/podinfo:6.9.1"})
    assert last.revision == delivery.clone.git("ls-remote", delivery.settings.url, "canarylab-shop").split()[0]


def test_the_first_revision_is_the_trigger_and_one_on_its_way_comes_beside_it(delivery: Delivery) -> None:
    goes(delivery, "Initialized")
    delivery.ship(Change("6.9.1"), "one")
    goes(delivery, "Progressing")
    delivery.ship(Change("6.9.2"), "two")
    goes(delivery, "Succeeded")
    delivery.ship(Change("6.9.3"), "three")
    assert told(delivery) == ["commit", "trigger", "commit", "act", "commit", "trigger", "commit"]


@pytest.mark.parametrize(("end", "triggers"), [("Succeeded", 2), ("Failed", 1)])
def test_only_the_revert_of_a_promoted_revision_is_a_trigger(delivery: Delivery, end: str, triggers: int) -> None:
    goes(delivery, "Initialized")
    delivery.ship(BAD, "bad", pull=True)
    goes(delivery, "Progressing", end)
    delivery.revert()
    assert told(delivery).count(Triggered.kind) == triggers
    left = delivery._target()
    assert left == {**APPLICATION.target, "metadata": {**APPLICATION.target["metadata"], "namespace": "shop"}}


def test_a_commit_of_something_else_is_no_revision(delivery: Delivery) -> None:
    delivery.commit("a setting", [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "setting"}}])
    assert told(delivery) == ["commit", "commit"]
    assert "namespace: shop" in delivery.clone.text("configmap-setting.yaml")
    assert not [*delivery.journey.record.timeline.of(Acted)]


def test_a_target_that_is_taken_out_has_no_images(delivery: Delivery) -> None:
    delivery.commit("no more", gone=["deployment-podinfo.yaml"])
    assert [one.images for one in delivery.journey.record.timeline.of(Committed)][-1] == {}


def test_what_cannot_be_fetched_is_told_when_time_is_up(delivery: Delivery) -> None:
    delivery.journey.record.append(Synced, FETCHED, revision="", times=0, trouble="authentication required")
    with pytest.raises(EnvironmentFault, match="did not come within 0 s; authentication required"):
        delivery.sync(0.1)


def test_a_sync_ends_when_the_last_commit_is_applied(delivery: Delivery) -> None:
    (last,) = delivery.journey.record.timeline.of(Committed)
    delivery.journey.record.append(Synced, APPLIED, revision=last.revision, times=1)
    delivery.sync(0.1)


def test_a_commit_that_flux_refuses_is_told_in_its_words(delivery: Delivery) -> None:
    (last,) = delivery.journey.record.timeline.of(Committed)
    delivery.journey.record.append(Synced, APPLIED, revision=last.revision, times=0, trouble="no such field")
    with pytest.raises(EnvironmentFault, match=f"commit {last.revision[:7]} was not applied: no such field"):
        delivery.sync()


def test_at_the_end_neither_the_branch_nor_the_clone_is_left(delivery: Delivery, tmp_path: Path) -> None:
    delivery.stop()
    assert not delivery.clone.folder.exists()
    left = clone.Clone(tmp_path / "seed", "main").git("ls-remote", "--heads", delivery.settings.url)
    assert left.endswith("refs/heads/main")
