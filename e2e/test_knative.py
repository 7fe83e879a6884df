"""Knative: to promote a revision is to name it, and users who are kept at that name get the new one."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from canarylab.journey import Application, Change, Journey, played
from canarylab.journey.application import BROWSERS
from canarylab.meshes import providers
from canarylab.stack import Stack

pytestmark = [pytest.mark.nightly, pytest.mark.mesh("knative")]
BROKEN_PAGE = Change(tag="6.9.2", arguments=("--ui-path=/nowhere",))
ANNOTATION = "flagger.app/primary-revision"


@pytest.fixture
def app(short: Application) -> Application:
    return played.by(providers.get("knative"), replace(short, crowds=(BROWSERS,)))


def service(stack: Stack, namespace: str) -> Any:
    """The Knative Service."""
    return json.loads(stack.cluster.kubectl("get", "ksvc", "podinfo", "-n", namespace, "-o", "json"))


def revisions(item: Any) -> dict[str, int]:
    """Who gets how much of the traffic."""
    return {one["revisionName"]: one["percent"] for one in item["status"]["traffic"] if one.get("percent")}


def test_the_promoted_revision_is_the_one_that_users_are_kept_at(canary: Journey, stack: Stack, namespace: str) -> None:
    canary.ship(Change(tag="6.9.1")).assert_promoted()
    item = service(stack, namespace)
    assert item["metadata"]["annotations"][ANNOTATION] == "podinfo-00002"
    assert revisions(item) == {"podinfo-00002": 100}
    canary.ship(BROKEN_PAGE)
    assert canary.record.timeline.phase() == "Failed"
    item = service(stack, namespace)
    assert item["metadata"]["annotations"][ANNOTATION] == "podinfo-00002"
    assert revisions(item) == {"podinfo-00002": 100}
