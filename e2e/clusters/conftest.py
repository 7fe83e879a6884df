"""The rungs that the contract suite holds: the local cluster, and the same one as if somebody else had made it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import accounts
import pytest
from foreign import context_of

from canarylab.clusters.cluster import Cluster
from canarylab.clusters.existing import contexts
from canarylab.clusters.existing.cluster import ExistingCluster
from canarylab.clusters.existing.owned import Mark, owner
from canarylab.joining import Wish, join
from canarylab.stack import Stack

RUNGS = ("local", "existing", "existing, of few rights")


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
    context = context_of(stack.cluster)
    if request.param == "existing":
        joined = join(Wish(context, str(stack.cluster.kubeconfig), install=True), Mark(secrets.token_hex(4), owner()))
        yield joined.cluster
        joined.end()
        return
    made = ExistingCluster(context, request.getfixturevalue("tmp_path") / "run", Mark(secrets.token_hex(4), owner()))
    contexts.own(context, request.getfixturevalue("lowly"), made.folder)
    yield made
