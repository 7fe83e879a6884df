"""How long a release may take comes from its objects: their probes, their images, and where these come from."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from canarylab.helm import bound

Json = dict[str, Any]
SECONDS = st.integers(0, 60)
PROBES = st.none() | st.builds(lambda each, fails: {"periodSeconds": each, "failureThreshold": fails}, SECONDS, SECONDS)
CONTAINERS = st.builds(
    lambda image, probe: {"image": image} | ({"readinessProbe": probe, "startupProbe": probe} if probe else {}),
    st.sampled_from("abc"),
    PROBES,
)


def workload(*containers: Json) -> Json:
    return {"kind": "Deployment", "spec": {"template": {"spec": {"containers": list(containers)}}}}


def test_a_release_without_workloads_has_the_bound_of_a_start() -> None:
    objects: list[Json] = [{"kind": "ServiceAccount"}, {"kind": "Service", "spec": {"ports": []}}]
    assert bound.seconds(objects, pulls=True) == bound.LOADED * bound.START


def test_flaggers_own_probe_gives_two_minutes() -> None:
    flagger = workload({"image": "flagger:1", "readinessProbe": {"exec": {"command": ["wget"]}, "timeoutSeconds": 5}})
    assert bound.seconds([flagger], pulls=False) == bound.LOADED * (bound.START + 25)


def test_each_image_that_has_to_be_pulled_has_a_minute() -> None:
    pod = workload({"image": "a:1"}, {"image": "b:1"})
    both = [pod, workload({"image": "a:1"})]
    assert bound.seconds(both, pulls=True) - bound.seconds(both, pulls=False) == 2 * bound.PULL


def test_a_startup_probe_may_fail_as_often_as_it_says() -> None:
    slow = workload({"image": "a:1", "startupProbe": {"failureThreshold": 60, "periodSeconds": 5}})
    assert bound.seconds([slow], pulls=False) == bound.LOADED * (bound.START + 300)


@given(st.lists(CONTAINERS, min_size=1, max_size=3), st.lists(CONTAINERS, min_size=1, max_size=3), st.booleans())
def test_more_objects_never_have_less_time(one: list[Json], other: list[Json], pulls: bool) -> None:
    alone, both = [workload(*one)], [workload(*one), workload(*other)]
    assert bound.seconds(alone, pulls=pulls) <= bound.seconds(both, pulls=pulls)
