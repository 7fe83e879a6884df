"""A fault made of its name and fields: wrong ones are told with the nearest right word."""

from __future__ import annotations

from typing import Any

import pytest

from canarylab import faults
from canarylab.errors import UsageError
from canarylab.faults.mesh.abort import Abort
from canarylab.faults.operator.second_revision import SecondRevision
from canarylab.journey.application import podinfo

APP = podinfo("shop")


def test_a_fault_is_made_of_its_name_and_fields() -> None:
    assert faults.make("abort", {"percent": 50}) == Abort(percent=50)
    assert faults.make("second-revision", {"arguments": ["--x"]}) == SecondRevision(arguments=("--x",))


def test_its_words_are_its_name_and_what_was_given() -> None:
    assert Abort().words == "abort"
    assert Abort(percent=50, to="all").words == "abort percent=50 to=all"
    assert SecondRevision(tag="6.9.1", arguments=("-a", "-b")).words == "second-revision tag=6.9.1 arguments=-a,-b"
    assert SecondRevision(env={"A": "1"}).words == 'second-revision env={"A": "1"}'


@pytest.mark.parametrize(
    ("name", "given", "what", "next_step"),
    [
        ("abrt", {}, "there is no fault 'abrt'", "did you mean abort?"),
        ("abort", {"percnt": 5}, "the fault abort has no field 'percnt'", "did you mean percent?"),
        ("abort", {"percent": "x"}, "percent of the fault abort is 'x'", "give a number"),
        ("abort", {"percent": 0}, "percent of the fault abort is 0", "at least 1 and at most 100"),
        ("abort", {"status": 1.5}, "status of the fault abort is 1.5", "give a whole number"),
        ("abort", {"status": True}, "status of the fault abort is True", "give a whole number"),
        ("abort", {"to": "canari"}, "to of the fault abort is 'canari'", "did you mean canary?"),
        ("abort", {"to": ["canary"]}, "to of the fault abort is ['canary']", "give a text"),
        ("canary-edited", {}, "the fault canary-edited needs patch", "docs/faults.md lists the fields"),
        ("canary-edited", {"patch": "x"}, "patch of the fault canary-edited is 'x'", "give a mapping"),
        ("second-revision", {"arguments": "x"}, "arguments of the fault second-revision is 'x'", "give a list"),
    ],
)
def test_what_is_wrong_is_told_with_what_would_be_right(
    name: str, given: dict[str, Any], what: str, next_step: str
) -> None:
    with pytest.raises(UsageError) as told:
        faults.make(name, given)
    assert (told.value.what, told.value.next_step) == (what, next_step)


def test_where_it_does_not_work_is_told_before_anything_runs() -> None:
    paused, abort = faults.make("api-server-paused"), faults.make("abort")
    assert paused.unfit("kind", "istio", APP) == "the fault api-server-paused works on local, not on kind"
    assert abort.unfit("local", "none", APP) == "the fault abort needs the mesh istio, not none"
    assert abort.unfit("local", "istio", APP) == ""


def test_podinfos_paths_are_for_podinfo() -> None:
    container = {**APP.target["spec"]["template"]["spec"]["containers"][0], "image": "example.org/shop:1"}
    other = APP.on(template={"spec": {"containers": [container]}})
    crash = faults.make("crash")
    assert crash.unfit("local", "istio", APP) == ""
    assert "give a path of its own" in crash.unfit("local", "istio", other)
    assert faults.make("crash", {"path": "/die"}).unfit("local", "istio", other) == ""


def test_an_autoscaler_has_to_be_there_or_named() -> None:
    assert "no autoscalerRef" in faults.make("hpa-minimum").unfit("local", "istio", APP)
    assert faults.make("hpa-minimum", {"hpa": "web"}).unfit("local", "istio", APP) == ""


def test_what_istio_asks_again_cannot_fail_in_part() -> None:
    assert "Istio asks again" in faults.make("abort", {"status": 503, "percent": 50}).unfit("local", "istio", APP)
    assert faults.make("abort", {"status": 503}).unfit("local", "istio", APP) == ""


def test_a_revision_that_changes_nothing_is_none() -> None:
    with pytest.raises(UsageError, match="nothing to ship"):
        faults.make("second-revision").plan(None)  # type: ignore[arg-type]
