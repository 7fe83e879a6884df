"""What is read from a Canary, and from Flagger's Deployment, to explain what a rollout waits for."""

from __future__ import annotations

from typing import Any

import pytest
from situations import GATE, item

from canarylab.errors import EnvironmentFault
from canarylab.flagger.running import Running
from canarylab.model import releases
from canarylab.model.canary import Strategy
from canarylab.verify import subject

PROMOTED = {"type": "Promoted", "reason": "Failed", "lastTransitionTime": "5"}
FLAGGER = Running("mesh", "http://prometheus:9090", "linkerd")


def test_hooks_have_their_type_and_metrics_their_interval() -> None:
    found = subject.read(item(GATE, {"name": "load", "url": "http://x/"}))
    assert [str(one) for one in found.hooks] == ["ask (confirm-promotion)", "load (rollout)"]
    assert [(one.name, one.interval) for one in found.checks] == [("request-success-rate", "30s")]
    assert dict(found.names)["service"] == "web"


@pytest.mark.parametrize(
    ("given", "provider", "found"),
    [("", "", "linkerd"), ("", "istio", "istio"), ("kuma", "istio", "kuma")],
)
def test_the_provider_is_the_canarys_else_the_one_given_else_flaggers(given: str, provider: str, found: str) -> None:
    assert subject.read(item(provider=given), FLAGGER, provider).canary.provider == found


def test_without_a_mesh_weights_become_iterations() -> None:
    canary = subject.read(item(provider="kubernetes")).canary
    assert (canary.strategy, canary.iterations) == (Strategy.BLUE_GREEN, 10)
    assert subject.read(item(provider="kubernetes", skipAnalysis=True)).canary.strategy is Strategy.CANARY


def test_the_metrics_server_is_the_canarys_else_flaggers() -> None:
    assert subject.read(item(), FLAGGER).metrics_server == "http://prometheus:9090"
    assert subject.read(item(metricsServer="http://own"), FLAGGER).metrics_server == "http://own"
    assert subject.read(item()).metrics_server == ""


@pytest.mark.parametrize(
    ("status", "suspend", "words"),
    [
        ({}, False, "no Flagger has looked at it yet"),
        ({"phase": "Failed"}, False, "Failed"),
        ({"phase": "Failed", "lastTransitionTime": "9", "conditions": [PROMOTED]}, False, "Failed since 5"),
        ({"phase": "Succeeded", "lastTransitionTime": "9", "conditions": [PROMOTED]}, False, "Succeeded since 9"),
        ({"phase": "Progressing", "failedChecks": 2}, True, "suspended; Progressing with 2 failed checks"),
    ],
)
def test_a_state_in_words(status: dict[str, Any], suspend: bool, words: str) -> None:
    assert subject.state({**item(suspend=suspend), "status": status}) == words


def test_a_canary_that_cannot_be_read_is_named() -> None:
    broken = item()
    del broken["spec"]["service"]
    with pytest.raises(EnvironmentFault, match="cannot be read") as caught:
        subject.read(broken)
    assert caught.value.where == "canary/shop/web"


@pytest.mark.parametrize(
    ("release", "played"), [("1.38.0", (1, 38, 0)), ("main", releases.PINNED), ("", releases.PINNED)]
)
def test_it_is_played_by_the_release_that_runs(release: str, played: releases.Version) -> None:
    assert subject.read(item(), Running("test", release=release)).canary.flagger == played
