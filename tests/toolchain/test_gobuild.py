"""A build is followed package by package, and each is said to be of the program that needs it."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from canarylab.toolchain.gobuild import Downloads, Packages, Plan, plan

LISTING = "fmt\tfalse\t\nlib\ttrue\tfmt\nbig\ttrue\tlib fmt\nsmall\ttrue\tlib\nother\ttrue\t\n"


def test_a_shared_package_is_of_the_program_that_was_asked_for_first() -> None:
    planned = plan(LISTING, {"big": "istiod", "small": "jq"})
    assert planned.stale == {"lib", "big", "small", "other"}
    assert planned.program_of == {"big": "istiod", "lib": "istiod", "fmt": "istiod", "small": "jq"}


def test_packages_are_counted_and_the_ready_programs_named(tmp_path: Path) -> None:
    outputs = {"jq": tmp_path / "jq", "istiod": tmp_path / "istiod"}
    packages = Packages(plan(LISTING, {"big": "istiod", "small": "jq"}), outputs, 0.0)
    for line in ("go: downloading x v1", "lib", "lib", "small"):
        packages.line(line)
    outputs["jq"].touch()
    step = packages.step()
    assert (step.done, step.total, step.text) == (2, 4, "jq (small); ready: jq")


@given(st.lists(st.sampled_from(["a", "b", "c", "go: downloading d v1", "# a", ""])))
def test_never_more_packages_are_done_than_there_are(lines: list[str]) -> None:
    packages = Packages(Plan(frozenset({"a"}), {"a": "x", "b": "x"}), {}, 0.0)
    for line in lines:
        packages.line(line)
    step = packages.step()
    assert step.done <= step.total <= 2


def test_downloads_are_counted_and_the_last_one_named() -> None:
    downloads = Downloads(0.0)
    assert downloads.step().phase == "reading the module graph"
    for line in ("go: downloading k8s.io/api v0.37.2", "go: finding", "go: downloading istio.io/api v1"):
        downloads.line(line)
    assert downloads.step().text == "2 modules so far, now istio.io/api v1"
