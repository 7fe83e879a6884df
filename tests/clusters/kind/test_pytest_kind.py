"""``--cluster kind``: what stands in its way ends the run with one message and its exit code, before any test."""

from __future__ import annotations

import pytest

from canarylab.pytest_rungs import misfit

TESTS = """
import pytest

@pytest.mark.exclusive
def test_exclusive(): pass

@pytest.mark.mesh("traefik")
def test_with_traefik(): pass

@pytest.mark.mesh("none")
def test_without_mesh(): pass

@pytest.mark.cluster("local")
def test_local(): pass
"""


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ([], 3, "a container engine is needed, and none is here"),
        (["--engine=podman"], 3, "podman is not on PATH"),
        (["--nodes=0"], 2, "0 nodes"),
        (["--kubernetes=1.12"], 2, "no node image of Kubernetes 1.12 is pinned"),
        (["--mesh=traefik"], 2, "nothing here brings the mesh traefik"),
        (["--images=mine.yaml"], 2, "--images is of the local rung"),
        (["--context=staging"], 2, "--context is of the existing rung"),
    ],
)
def test_what_cannot_be_is_told_once_and_no_test_runs(
    arguments: list[str], code: int, words: str, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(pytester.path))
    monkeypatch.setenv("CANARYLAB_STATE", str(pytester.path / "state"))
    pytester.makepyfile(TESTS)
    ran = pytester.runpytest_subprocess("--cluster=kind", *arguments)
    assert ran.ret == code
    assert ran.stdout.str().count(words) == 1
    assert "Traceback" not in ran.stdout.str()
    assert "passed" not in ran.stdout.str()
    assert not (pytester.path / "state").exists()


def test_tests_that_kind_is_not_for_are_skipped_with_the_reason(pytester: pytest.Pytester) -> None:
    items = pytester.getitems(TESTS)
    told = {item.name: why for item in items if (why := misfit(item, "kind", ""))}
    assert list(told) == ["test_exclusive", "test_with_traefik", "test_local"]
    assert "a kind cluster of its own takes minutes" in told["test_exclusive"]
    assert "no chart here brings onto kind" in told["test_with_traefik"]
