"""``--cluster existing``: what it does on a cluster that it did not make, and what it leaves there."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import accounts
import pytest
import tenacity
import yaml
from foreign import RIGHTS, Caller, changed, context_of, namespaces, snapshot

from canarylab import stack
from canarylab.clusters.cluster import Cluster

MINE = "canarylab.dev/run"
RUN = ("run", "--cluster=existing")


@pytest.fixture(scope="module")
def theirs() -> Iterator[Cluster]:
    """A cluster that no other test uses, since all that is on it is compared."""
    with stack.running(f"theirs-{os.getpid()}") as up:
        for word in ("create serviceaccount -n default ci", "create serviceaccount -n default lowly"):
            up.cluster.kubectl(*word.split())
        up.cluster.kubectl("apply", "-f", str(RIGHTS))
        up.cluster.kubectl(
            "create", "clusterrolebinding", "ci", "--clusterrole=canarylab-existing", "--serviceaccount=default:ci"
        )
        yield up.cluster


@pytest.fixture
def ci(theirs: Cluster, tmp_path: Path) -> Caller:
    """An account with the rights of the docs, and no other."""
    return Caller(accounts.kubeconfig(theirs, "default", "ci", tmp_path), context_of(theirs), tmp_path / "state")


@pytest.mark.nightly
def test_a_promotion_and_a_rollback_leave_theirs_as_it_was_and_nothing_of_ours(theirs: Cluster, ci: Caller) -> None:
    before = snapshot(theirs)
    code, said = ci.run(*RUN, "promotion", "rollback")
    assert code == 0
    assert said.count(f"removed from {ci.context}: namespace ") == 2
    assert changed(before, snapshot(theirs)) == []
    assert list((ci.state / "existing").iterdir()) == []


@pytest.mark.nightly
def test_what_a_killed_run_left_is_removed_by_whoever_comes_next(theirs: Cluster, ci: Caller) -> None:
    before = snapshot(theirs)
    started = ci.start(*RUN, "promotion")
    left = tenacity.Retrying(
        retry=tenacity.retry_if_result(lambda found: not found), wait=tenacity.wait_fixed(0.5),
        stop=tenacity.stop_after_delay(60),
    )(namespaces, theirs, MINE)  # fmt: skip
    os.killpg(started.pid, signal.SIGKILL)
    started.communicate()
    code, said = ci.run("down")
    assert (code, said) == (0, f"removed from {ci.context}: namespace {left[0]}\n")
    assert changed(before, snapshot(theirs)) == []
    assert list((ci.state / "existing").iterdir()) == []


@pytest.mark.nightly
def test_every_right_that_is_missing_is_named_with_what_it_is_for(theirs: Cluster, tmp_path: Path) -> None:
    kubeconfig = accounts.kubeconfig(theirs, "default", "lowly", tmp_path)
    code, said = Caller(kubeconfig, context_of(theirs), tmp_path / "state").run(*RUN, "promotion")
    assert code == 3
    assert "list, create, delete namespaces in the whole cluster: the namespace of each test, and its end" in said
    for rule in yaml.safe_load(RIGHTS.read_text())["rules"]:
        for resource in rule["resources"]:
            name = f"{resource}.{rule['apiGroups'][0]}" if rule["apiGroups"][0] else resource
            assert f" {name} in the whole cluster" in said
    assert namespaces(theirs, MINE) == []


@pytest.mark.nightly
def test_a_load_tester_is_brought_only_with_leave_and_goes_again(theirs: Cluster, ci: Caller) -> None:
    theirs.kubectl("delete", "namespace", "test")
    before = snapshot(theirs)
    code, said = ci.run(*RUN, "rollback")
    assert code == 2
    assert "Flagger's load tester would have to be installed" in said
    assert "--install" in said
    code, said = ci.run(*RUN, "rollback", "--install")
    assert code == 0
    assert "will     install Flagger's load tester into namespace canarylab-tester-" in said
    assert changed(before, snapshot(theirs)) == []
