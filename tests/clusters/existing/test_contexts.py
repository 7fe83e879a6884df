"""A run has a kubeconfig with the one context that was named, and no way to another cluster."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
import yaml

from canarylab.clusters.existing import contexts
from canarylab.errors import UsageError

NAMES = ("staging", "arn:aws:eks:eu-west-1:1:cluster/prod")


@pytest.fixture
def kubeconfig(tmp_path: Path) -> Path:
    file = tmp_path / "kubeconfig"
    made = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": NAMES[1],
        "clusters": [{"name": one, "cluster": {"server": f"https://{n}.example.com"}} for n, one in enumerate(NAMES)],
        "users": [{"name": one, "user": {"token": "none"}} for one in NAMES],
        "contexts": [{"name": one, "context": {"cluster": one, "user": one}} for one in NAMES],
    }
    file.write_text(yaml.safe_dump(made))
    return file


@pytest.mark.parametrize("name", NAMES)
def test_only_the_named_context_is_in_it(name: str, kubeconfig: Path, tmp_path: Path) -> None:
    file = contexts.own(name, kubeconfig, tmp_path / "run")
    told = yaml.safe_load(file.read_text())
    assert [one["name"] for one in told["contexts"]] == [told["current-context"]] == [name]
    assert [one["name"] for one in told["users"]] == [name]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize(("name", "words"), [("", "never taken by itself"), ("stagin", "no context 'stagin'")])
def test_the_current_context_is_never_taken_by_itself(name: str, words: str, kubeconfig: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=words) as caught:
        contexts.own(name, kubeconfig, tmp_path / "run")
    assert "staging" in caught.value.next_step
    assert not (tmp_path / "run").exists()


def test_a_file_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "kubeconfig").write_text("no: {config")
    with pytest.raises(UsageError, match="the kubeconfig cannot be used"):
        contexts.own("staging", tmp_path / "kubeconfig", tmp_path / "run")
