"""What a run is going to do is told before, and is refused where it is not wanted or cannot be."""

from __future__ import annotations

import pytest

from canarylab.errors import UsageError
from canarylab.flagger.running import Running
from canarylab.joining import plan
from canarylab.joining.found import Found, Mesh
from canarylab.kube.services import Service

FLAGGER = Running("istio-system", "http://prometheus:9090", "istio", release="1.44.0")
WITHOUT = Found("1.33.1", FLAGGER, mesh=Mesh("istiod", "istio-system", "1.29.0"), metrics="http://prometheus:9090")
FULL = Found("1.33.1", FLAGGER, tester=Service("test", "flagger-loadtester", 80), tester_release="0.38.0")


def made(found: Found) -> plan.Plan:
    return plan.make(found, "staging", "0a0b0c0d", "python:3")


def test_the_plan_says_what_comes_and_what_goes() -> None:
    told = "\n".join(made(WITHOUT).lines())
    assert "existing cluster staging" in told
    assert "Flagger: theirs, 1.44.0, namespace istio-system, provider istio" in told
    assert "install Flagger's load tester into namespace canarylab-tester-0a0b0c0d" in told
    assert "labelled canarylab.dev/run=0a0b0c0d, and nothing else" in told


def test_nothing_is_installed_where_all_is_there() -> None:
    assert made(FULL).installs == ()
    plan.require_leave(made(FULL), install=False)


def test_installing_needs_somebodys_leave() -> None:
    with pytest.raises(UsageError, match="not marked as disposable") as caught:
        plan.require_leave(made(WITHOUT), install=False)
    assert "canarylab.dev/disposable=true" in caught.value.next_step
    plan.require_leave(made(WITHOUT), install=True)
    plan.require_leave(made(Found(flagger=FLAGGER, disposable=True)), install=False)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Found(), "there is no Flagger"),
        (Found(others=1), "looks at one namespace alone"),
        (Found(flagger=Running("f", provider="cilium")), "provider cilium is not known here"),
    ],
)
def test_a_cluster_that_no_run_can_be_made_on_says_why(found: Found, words: str) -> None:
    why = plan.refusal(found, "staging")
    assert why is not None
    assert words in why.what


def test_another_mesh_or_release_than_the_one_there_is_refused() -> None:
    plan.require_wishes(FULL, "istio", "1.44.0")
    plan.require_wishes(FULL, "", "")
    with pytest.raises(UsageError, match="the mesh there is istio, not none"):
        plan.require_wishes(FULL, "none", "")
    with pytest.raises(UsageError, match=r"the Flagger there is 1\.44\.0, not 1\.30\.0"):
        plan.require_wishes(FULL, "", "1.30.0")


def test_a_release_that_is_not_known_is_taken_for_the_newest_and_told() -> None:
    odd = Found(flagger=Running("f", provider="istio", release="main-0a0b0c0"))
    assert odd.release == "1.44.0"
    assert any("Flagger main-0a0b0c0 is not known here" in line for line in odd.lines())


def test_without_a_mesh_the_run_is_called_as_on_the_local_rung() -> None:
    assert Found(flagger=Running("f", provider="kubernetes")).name == "none"
