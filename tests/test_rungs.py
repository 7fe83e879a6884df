"""What a rung cannot do is known before the run, and a cluster that cannot be joined ends it with its own exit code."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from canarylab.pytest_rungs import misfit
from canarylab.rung import Existing, Wanted

TESTS = """
import pytest

@pytest.mark.exclusive
def test_exclusive(): pass

@pytest.mark.mesh("none")
def test_without_mesh(): pass

@pytest.mark.mesh("istio")
def test_with_istio(): pass

@pytest.mark.cluster("local")
def test_local(): pass

@pytest.mark.cluster("local", "existing")
def test_both(): pass
"""


@pytest.fixture
def items(pytester: pytest.Pytester) -> dict[str, pytest.Item]:
    found = pytester.getitems(TESTS)
    return {item.name.removeprefix("test_"): item for item in found}


def test_the_local_rung_runs_everything(items: dict[str, pytest.Item]) -> None:
    assert [name for name, item in items.items() if misfit(item, "local", "istio")] == []


def test_an_existing_cluster_says_what_it_is_not_for(items: dict[str, pytest.Item]) -> None:
    told = {name: why for name, item in items.items() if (why := misfit(item, "existing", "istio"))}
    assert list(told) == ["exclusive", "without_mesh", "local"]
    assert "breaks what others share" in told["exclusive"]
    assert told["without_mesh"] == "it needs the mesh none, and there is istio"
    assert told["local"] == "it runs on local, not on existing"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "never taken by itself"),
        (["--context=nowhere"], "there is no context 'nowhere'"),
        (["--context=nowhere", "--images=images.yaml"], "--images is of the local rung"),
        (["--context=nowhere", "--namespace-label=team"], "--namespace-label team: no label"),
    ],
)
def test_a_cluster_that_is_not_named_runs_no_test(
    arguments: list[str], words: str, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CANARYLAB_STATE", str(pytester.path / "state"))
    kubeconfig = pytester.path / "kubeconfig"
    kubeconfig.write_text(yaml.safe_dump({"apiVersion": "v1", "kind": "Config"}))
    pytester.makepyfile(TESTS)
    ran = pytester.runpytest_subprocess("--cluster=existing", f"--kubeconfig={kubeconfig}", *arguments)
    assert ran.ret == 2
    assert words in ran.stdout.str()
    assert "passed" not in ran.stdout.str()
    assert not list(Path("state").glob("existing/*"))


def test_every_wish_shares_the_one_cluster_that_is_there() -> None:
    rung = Existing(joined=None)  # type: ignore[arg-type] - keys need no cluster
    assert {rung.key(Wanted(mesh)) for mesh in ("istio", "none")} == {"existing"}
