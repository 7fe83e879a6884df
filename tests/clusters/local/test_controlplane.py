from __future__ import annotations

from pathlib import Path

import pytest

from canarylab.clusters.local import controlplane
from canarylab.clusters.local.layout import Folder
from canarylab.process.component import Component

NAMES = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "cri-stream")


def plan(*, single_id: bool = False) -> controlplane.Plan:
    return controlplane.Plan(
        folder=Folder(Path("/state/demo")),
        programs={n: f"/programs/{n}" for n in NAMES},
        relays={"api": 7, "prometheus": 8, "ingress": 9},
        images=("images.yaml",),
        toolset="toolset.json",
        single_id=single_id,
        env={},
    )


def named(components: list[Component]) -> dict[str, Component]:
    return {c.name: c for c in components}


def test_what_a_component_needs_is_a_component_too() -> None:
    components = named(controlplane.components(plan()))
    needed = {need for c in components.values() for need in c.needs}
    assert needed <= components.keys()


@pytest.mark.parametrize("single_id", [True, False])
def test_the_kubelet_is_filtered_only_where_one_id_is_mapped(single_id: bool) -> None:
    argv = controlplane.kubelet(plan(single_id=single_id)).argv
    assert ("canarylab.clusters.local.cri.fakechown" in argv) is single_id


def test_no_secret_stands_on_a_command_line() -> None:
    words = [w for c in controlplane.components(plan()) for w in c.argv]
    assert not [w for w in words if w.startswith(("--token=", "--password="))]


def test_only_the_relay_inherits_the_hosts_sockets() -> None:
    components = controlplane.components(plan())
    assert {c.name: c.fds for c in components if c.fds} == {"relay": (7, 8, 9)}
