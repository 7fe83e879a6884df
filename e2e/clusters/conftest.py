"""The rungs that the contract suite holds: local, the same cluster as if somebody else had made it, and kind."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import accounts
import pytest
from foreign import context_of

from canarylab import pytest_kind
from canarylab.clusters.cluster import Cluster
from canarylab.clusters.existing import contexts, programs
from canarylab.clusters.existing.cluster import ExistingCluster
from canarylab.clusters.existing.owned import Mark
from canarylab.clusters.kind import cluster as kind
from canarylab.clusters.local.registry import owner
from canarylab.errors import EnvironmentFault
from canarylab.joining import Wish, join, of_kind
from canarylab.process.lifeline import Lifeline
from canarylab.scenario import space
from canarylab.stack import Stack

RUNGS = ("local", "existing", "existing, of few rights", pytest.param("kind", marks=pytest.mark.nightly))


@pytest.fixture(scope="session")
def on_kind(pytestconfig: pytest.Config) -> Iterator[Stack]:
    """A kind cluster, as the options of that rung ask for it; skipped with the reason where none can be made."""
    option = pytestconfig.getoption
    asked, mesh = pytest_kind.asked(pytestconfig), option("--mesh") or "istio"
    wish = Wish("", image=option("--client-image") or programs.IMAGE)
    try:
        kind.require(asked, of_kind.images(mesh, wish.image))
    except EnvironmentFault as fault:
        pytest.skip(fault.what)
    life = Lifeline()
    up = of_kind.start(f"contract-{os.getpid()}", asked, wish, mesh=mesh, lifeline=life.read_end)
    yield up
    up.cluster.stop()
    life.close()


@pytest.fixture
def lowly(stack: Stack, namespace: str, tmp_path: Path) -> Path:
    """The kubeconfig of an account that may edit one namespace, and sees nothing that belongs to the whole cluster."""
    cluster = stack.cluster
    cluster.kubectl("create", "serviceaccount", "lowly", "-n", namespace)
    given = ("--clusterrole=edit", f"--serviceaccount={namespace}:lowly")
    cluster.kubectl("create", "rolebinding", "lowly", "-n", namespace, *given)
    return accounts.kubeconfig(cluster, namespace, "lowly", tmp_path)


@pytest.fixture(params=RUNGS)
def seen(request: pytest.FixtureRequest, stack: Stack) -> Iterator[Cluster]:
    """The running cluster as each rung gives it."""
    if request.param == "local":
        yield stack.cluster
        return
    if request.param == "kind":
        cluster: Cluster = request.getfixturevalue("on_kind").cluster
        space.create(cluster, request.getfixturevalue("namespace"))
        yield cluster
        return
    context = context_of(stack.cluster)
    if request.param == "existing":
        joined = join(Wish(context, str(stack.cluster.kubeconfig), install=True), Mark(secrets.token_hex(4), owner()))
        yield joined.cluster
        joined.end()
        return
    made = ExistingCluster(context, request.getfixturevalue("tmp_path") / "run", Mark(secrets.token_hex(4), owner()))
    contexts.own(context, request.getfixturevalue("lowly"), made.folder)
    yield made
