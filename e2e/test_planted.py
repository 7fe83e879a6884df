"""Three defects planted on purpose: each fails its journey, and the first screenful of the failure shows how."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from canarylab.errors import VerdictError
from canarylab.journey import Application, Change, Journey
from canarylab.kube import apply, rest
from canarylab.model.timeline import CanarySeen, Event

SCREENFUL = 24  # lines
NEW = Change(tag="6.9.1")


@pytest.fixture
def app(short: Application, request: pytest.FixtureRequest) -> Application:
    analysis = getattr(request, "param", None)
    return short.but(analysis=analysis) if analysis else short


def stray(application: Application) -> Application:
    """With a pod that no revision owns and that carries the label of the primary's pods.

    It gets half of what is meant for the one pod of the primary: at a weight of 80 these are 10 points of 100.
    """
    labels = {"app": "podinfo-primary"}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "podinfo-stray", "labels": labels}}
    spec = application.target["spec"]["template"]["spec"]
    return replace(application, objects=(*application.objects, {**pod, "spec": spec}))


def first_screenful(journey: Journey) -> str:
    """What a reader sees first of a rollout that is not as expected."""
    with pytest.raises(VerdictError) as caught:
        journey.outcomes[-1].assert_promoted()
    return "\n".join(str(caught.value).splitlines()[:SCREENFUL])


# A weight that grows by 2 keeps the skew near ten points at each of them.
@pytest.mark.canary
@pytest.mark.parametrize("app", [{"stepWeight": None, "maxWeight": None, "stepWeights": [80, 82, 84]}], indirect=True)
def test_a_skew_of_ten_points_fails_the_journey(canary: Journey) -> None:
    canary.application = stray(canary.application)
    canary.ship(NEW)
    told = first_screenful(canary)
    assert "WRONG users: answers over all weights" in told
    assert "the Canary was promoted: Initialized" in told  # Flagger itself noticed nothing


@pytest.mark.canary
@pytest.mark.parametrize("app", [{"stepWeight": 10, "maxWeight": 40}], indirect=True)
def test_a_skipped_weight_fails_the_journey(canary: Journey) -> None:
    canary.begin(NEW)
    canary.reach("Progressing", 10)
    give_the_canary(canary, 30)
    canary.finish()
    told = first_screenful(canary)
    assert "WRONG the route's weights\n        expected: 0 > 10 > 20 > 30 > 40" in told
    assert "seen:     0 > 10 > 30 > 40" in told


def give_the_canary(journey: Journey, weight: int) -> None:
    """Somebody edits the route while Flagger counts on it."""
    space, name = journey.canary.namespace, journey.canary.apex
    where = apply.path("networking.istio.io/v1", "virtualservices", space, name)
    api = journey.stack.cluster.api_client()
    spec = rest.send(api, "GET", where)["spec"]
    for one in spec["http"][0]["route"]:
        one["weight"] = weight if one["destination"]["host"] == f"{name}-canary" else 100 - weight
    rest.send(api, "PATCH", where, body={"spec": spec}, content_type="application/merge-patch+json")


@pytest.mark.canary
def test_a_missed_event_fails_the_journey(canary: Journey, monkeypatch: pytest.MonkeyPatch) -> None:
    append = canary.record.append

    def forgetful(kind: type[Event], source: str, **facts: Any) -> None:
        """A fake, since the observer cannot be made to lose a change: it forgets the canary's first weight."""
        if not (kind is CanarySeen and facts["weight"] == 25):
            append(kind, source, **facts)

    monkeypatch.setattr(canary.record, "append", forgetful)
    canary.ship(NEW)
    told = first_screenful(canary)
    assert "WRONG the Canary was promoted" in told
    assert "expected: Initialized 0% > Progressing 0% > Progressing 25% > Progressing 50%" in told
    assert "seen:     Initialized 0% > Progressing 0% > Progressing 50%" in told
