"""What kind is told, and that the real kind program takes it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
import yaml
from fakekind import Fake

from canarylab import paths
from canarylab.clusters.kind.asked import Asked, NodeImage, node_image
from canarylab.clusters.kind.configuration import render
from canarylab.toolchain import kit, spec
from canarylab.toolchain.found import Finder
from canarylab.toolchain.recipe import for_extra

NEW, OLD = node_image(Asked("1.37")), node_image(Asked("1.34"))


@pytest.mark.parametrize(("nodes", "roles"), [(1, ["control-plane"]), (3, ["control-plane", "worker", "worker"])])
def test_there_is_one_control_plane_and_the_rest_are_workers(nodes: int, roles: list[str]) -> None:
    told = render("demo", NEW, nodes, 2)
    assert [one["role"] for one in told["nodes"]] == roles
    assert {one["image"] for one in told["nodes"]} == {NEW.reference}


@pytest.mark.parametrize(
    ("image", "cgroup", "patched"), [(NEW, 1, True), (NEW, 2, False), (OLD, 1, False), (NodeImage("mine"), 1, True)]
)
def test_a_kubelet_that_would_refuse_cgroup_v1_is_told_to_take_it(image: NodeImage, cgroup: int, patched: bool) -> None:
    patches = render("demo", image, 2, cgroup).get("kubeadmConfigPatches", [])
    assert [yaml.safe_load(one)["failCgroupV1"] for one in patches] == ([False] if patched else [])


@pytest.fixture(scope="module")
def kind() -> Path:
    """The real program, found or built before."""
    cache = paths.cache_dir()
    recipe = for_extra(paths.toolchain_source(), spec.extra_named("kind"))
    found = kit.look(cache, recipe, Finder(cache / "found.json", os.environ)).programs
    if "kind" not in found:
        pytest.skip("there is no kind program here: canarylab provision --with kind")
    return found["kind"].path


def said(kind: Path, fake: Fake, told: dict[str, object]) -> str:
    """What the real kind says of a configuration; its engine has every image, and runs no container."""
    file = fake.folder / "kind.yaml"
    file.write_text(yaml.safe_dump(told))
    fake.answers("run", code=1, err="no containers here")
    command = [str(kind), "create", "cluster", f"--config={file}", f"--kubeconfig={fake.folder / 'kubeconfig'}"]
    environ = {"PATH": str(fake.folder), "HOME": str(fake.folder)}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environ).stderr


@pytest.mark.parametrize(("nodes", "cgroup"), [(2, 1), (3, 2)])
def test_the_real_kind_takes_it_and_goes_on_to_run_its_nodes(kind: Path, fake: Fake, nodes: int, cgroup: int) -> None:
    assert "no containers here" in said(kind, fake, render("demo", NEW, nodes, cgroup))
    assert any(call.startswith("docker run") and call.endswith(NEW.reference) for call in fake.calls)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [({"colour": "red"}, "field colour not found"), ({"nodes": [{"role": "worker"}]}, "must have at least one")],
)
def test_the_real_kind_would_tell_what_is_wrong(kind: Path, fake: Fake, wrong: dict[str, object], words: str) -> None:
    assert words in said(kind, fake, render("demo", NEW, 2, 2) | wrong)
    assert not any(call.startswith("docker run") for call in fake.calls)
