"""Each fault is injected, measured, ended and measured again, without a rollout."""

from __future__ import annotations

from typing import Any

import pytest
from cases import EXCLUSIVE, IMAGE_REVERTED, SHARED, label
from stage import REPLICAS, asking_apex, scale

from canarylab import faults
from canarylab.faults import journal
from canarylab.faults.applied import Applied
from canarylab.faults.mesh.abort import Abort
from canarylab.faults.operator.second_revision import SecondRevision
from canarylab.faults.prometheus import Prometheus
from canarylab.faults.site import Site
from canarylab.journey import Journey


def injected(staged: Journey, name: str, given: dict[str, Any]) -> Applied:
    """A fault from its begin to its end; the measuring itself fails where either does not show."""
    with faults.inject(staged, faults.make(name, given)) as fault:
        assert fault.effect is not None
        assert fault.effect.hits > 0
        assert fault.id in [entry.id for entry in journal.entries()]
    assert fault.after is not None
    assert fault.after.hits == 0
    assert fault.id not in [entry.id for entry in journal.entries()]
    return fault


@pytest.mark.parametrize(("to", "met"), [("primary", 20), ("canary", 0)])
def test_at_the_caller_users_meet_what_is_bound_for_the_revision(staged: Journey, to: str, met: int) -> None:
    """Comes first: as long as no revision is shipped, the apex sends everything to the primary."""
    with faults.inject(staged, Abort(status=418, at="caller", to=to)), asking_apex(staged) as client:
        found = client.look(lambda answer: answer.status == 418, 20, "answers were 418")
        assert (found.hits, found.of) == (met, 20)


@pytest.mark.parametrize(("name", "given"), SHARED, ids=label)
def test_a_fault_is_measured_and_so_is_its_end(staged: Journey, name: str, given: dict[str, Any]) -> None:
    injected(staged, name, given)


def test_an_image_is_reverted(staged: Journey) -> None:
    with faults.inject(staged, SecondRevision(tag="6.9.2")):
        injected(staged, *IMAGE_REVERTED)


@pytest.mark.parametrize(("at", "counted"), [("pods", True), ("caller", False)])
def test_what_fails_at_the_pods_is_counted_as_their_answer(staged: Journey, at: str, counted: bool) -> None:
    scale(staged, REPLICAS)
    counts = Prometheus(Site.of(staged))
    labels = f'destination_workload="podinfo",destination_workload_namespace="{staged.canary.namespace}"'
    failed = f'istio_requests_total{{{labels},response_code="418"}}'
    with faults.inject(staged, Abort(status=418, at=at)):
        found = counts.grown(failed, failed, "answers were counted")
        assert (found.hits > 0) == counted


@pytest.mark.nightly
@pytest.mark.exclusive
def test_faults_that_others_notice_are_measured_and_so_is_their_end(alone: Journey) -> None:
    for name, given in EXCLUSIVE:
        fault = injected(alone, name, given)
        print(f"{fault.words}: {fault.effect}; after the end {fault.after}")
