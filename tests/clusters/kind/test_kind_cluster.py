"""How a kind cluster is made, what is left of one that does not come up, and how a killed run's cluster ends."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import tenacity
import yaml
from fakekind import Fake

from canarylab.clusters.existing.cluster import ExistingCluster
from canarylab.clusters.existing.owned import Mark
from canarylab.clusters.kind import cluster, images, program, record
from canarylab.clusters.kind.asked import Asked
from canarylab.clusters.kind.cluster import KindCluster
from canarylab.clusters.kind.facts import Place, of_podman, place
from canarylab.clusters.local import registry
from canarylab.errors import EnvironmentFault, UsageError
from canarylab.process.lifeline import Lifeline

ASKED = Asked(image="mine/node:v1.34.0")


@pytest.fixture(autouse=True)
def kind(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    """The kind program of the stand-in, wherever one is looked for."""
    monkeypatch.setattr(program, "find", fake.kind)


def deleted(fake: Fake) -> int:
    return sum(call.startswith("kind delete cluster --name=demo") for call in fake.calls)


def test_a_cluster_is_made_with_its_images_and_a_kubeconfig_of_its_own(fake: Fake) -> None:
    made = cluster.start("demo", ASKED, ("web:1",))
    assert [one["image"] for one in yaml.safe_load(made.configuration.read_text())["nodes"]] == [ASKED.image] * 2
    assert made.kubeconfig.stat().st_mode & 0o777 == 0o600
    create = next(call for call in fake.calls if call.startswith("kind create cluster --name=demo"))
    assert f"--kubeconfig={made.kubeconfig}" in create
    assert "--retain" in create
    assert f"kind load image-archive {images.cached('web:1')} --name=demo" in fake.calls
    assert [one.name for one in record.every()] == ["demo"]


def test_one_that_does_not_come_up_is_deleted_and_its_logs_stay(fake: Fake) -> None:
    fake.answers("create", code=1, err='ERROR: failed to create cluster: command "docker run" failed\nno space left')
    with pytest.raises(EnvironmentFault, match="failed to create cluster: no space left"):
        cluster.start("demo", ASKED)
    assert any(call.startswith("kind export logs") for call in fake.calls)
    assert deleted(fake) == 1
    assert "no space left" in (record.home() / "demo" / "logs" / "kind.log").read_text()
    assert record.every() == []
    fake.answers("create")
    assert cluster.start("demo", ASKED).kubeconfig.read_text() == "made"


def test_logs_that_cannot_be_had_do_not_hide_what_failed(fake: Fake) -> None:
    fake.answers("create", code=1, err="ERROR: failed to create cluster: no space left")
    fake.answers("export", code=1, err="ERROR: no journal")
    with pytest.raises(EnvironmentFault, match="no space left"):
        cluster.start("demo", ASKED)
    assert "no journal" in (record.home() / "demo" / "logs" / "export.log").read_text()


def test_nothing_is_started_where_the_engine_does_not_answer(fake: Fake) -> None:
    fake.answers("info", code=1, err="Is the docker daemon running?")
    with pytest.raises(EnvironmentFault, match="Is the docker daemon running") as caught:
        cluster.start("demo", ASKED)
    assert caught.value.exit_code == 3
    assert not any(call.startswith("kind") for call in fake.calls)


def test_podman_is_taken_where_docker_does_not_answer(fake: Fake) -> None:
    fake.answers("info", code=1, err="no daemon")
    (fake.folder / "podman").write_text(
        '#!/bin/sh\nprintf \'{"version": {"Version": "5.4.0"}, "host": {"cgroupVersion": "v2"}}\''
    )
    made = cluster.start("demo", ASKED)
    assert made.kind().engine.name == "podman"
    assert made.kind().engine.environ["KIND_EXPERIMENTAL_PROVIDER"] == "podman"


def test_what_podman_tells_of_itself_is_understood() -> None:
    told = {
        "host": {"cgroupVersion": "v1", "memTotal": 8, "security": {"rootless": True}},
        "store": {"graphRoot": "/data"}, "version": {"Version": "4.3.1"},
    }  # fmt: skip
    assert of_podman(told) == {"version": "4.3.1", "cgroup": 1, "rootless": True, "memory": 8, "root": "/data"}


def test_two_clusters_of_one_name_are_refused(fake: Fake) -> None:
    cluster.start("demo", ASKED)
    with pytest.raises(UsageError, match="there is a kind cluster demo"):
        cluster.start("demo", ASKED)
    with pytest.raises(UsageError, match="no kind cluster 'other'"):
        record.find("other")


def test_an_image_is_asked_for_once_and_then_comes_from_the_cache(fake: Fake) -> None:
    fake.answers("image", "inspect", code=1)
    assert place(fake.engine(), "web:1") is Place.REGISTRY
    file = images.get(fake.engine(), "web:1")
    assert file.read_text() == "layers"
    assert place(fake.engine(), "web:1") is Place.CACHE
    assert images.get(fake.engine(), "web:1") == file
    assert sum("pull" in call for call in fake.calls) == 1


def test_an_image_that_cannot_be_had_is_told_and_the_others_are_loaded(fake: Fake) -> None:
    fake.answers("image", "inspect", "gone:1", code=1)
    fake.answers("pull", "gone:1", code=1, err="not found")
    said: list[str] = []
    cluster.start("demo", ASKED, ("gone:1", "web:1"), tell=said.append)
    assert "image gone:1 is left to the nodes to pull: docker pull: not found" in said
    assert any("web-1.tar" in call for call in fake.calls if call.startswith("kind load"))


def test_a_node_image_that_is_nowhere_is_told_before_anything_starts(fake: Fake) -> None:
    fake.answers("inspect", code=1)
    with pytest.raises(EnvironmentFault, match=r"mine/node:v1\.34\.0: not to be had"):
        cluster.start("demo", ASKED)


def test_a_later_command_deletes_what_a_killed_run_left_and_nothing_else(fake: Fake) -> None:
    cluster.start("demo", ASKED)
    assert list(record.sweep()) == []  # made by `up`: no run has to end it
    (record.home() / "demo" / "owner").write_text(registry.owner())
    assert list(record.sweep()) == []  # its run lives
    (record.home() / "demo" / "owner").write_text(registry.owner().rpartition(" ")[0] + " 1")
    assert list(record.sweep()) == ["deleted the kind cluster demo, which a run had left that was killed"]
    assert deleted(fake) == 1
    assert not (record.home() / "demo").exists()


def test_one_that_cannot_be_deleted_is_told_and_kept_for_the_next(fake: Fake) -> None:
    cluster.start("demo", ASKED)
    (record.home() / "demo" / "owner").write_text(registry.owner().rpartition(" ")[0] + " 1")
    fake.answers("delete", code=1, err="ERROR: no daemon")
    assert [line.rpartition(": ")[2] for line in record.sweep()] == ["no daemon"]
    assert record.there("demo")


def test_nodes_that_appear_while_a_cluster_is_deleted_are_deleted_as_well(fake: Fake) -> None:
    made = cluster.start("demo", ASKED)
    fake.answers("get", "nodes", out="demo-worker")
    made.end()
    assert deleted(fake) == 3


def test_the_kind_program_of_a_killed_run_is_ended_before_its_cluster_is_deleted(fake: Fake) -> None:
    made = cluster.start("demo", ASKED)
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True) as making:
        made.making(making.pid)
        made.end()
        assert making.wait(timeout=10) == -9


def test_a_guard_deletes_the_cluster_when_its_run_is_gone(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{fake.folder}:{os.defpath}")
    life = Lifeline()
    made = cluster.start("demo", ASKED, lifeline=life.read_end)
    assert made.root.is_dir()
    life.close()
    gone = tenacity.retry(
        retry=tenacity.retry_if_result(bool), wait=tenacity.wait_fixed(0.1), stop=tenacity.stop_after_delay(60)
    )(made.root.exists)  # fmt: skip
    assert not gone()
    assert deleted(fake) == 1


def test_it_is_told_as_what_it_is_and_ends_as_a_whole(fake: Fake, tmp_path: Path) -> None:
    made = cluster.start("demo", ASKED)
    seen = KindCluster.of(ExistingCluster("kind-demo", made.root, Mark("0a0b0c0d", "")), made)
    assert seen.rung == "kind"
    assert seen.describe()[0] == "cluster demo: kind v0.33.0 by docker, 2 nodes of mine/node:v1.34.0"
    assert seen.kubeconfig == made.kubeconfig
    whole = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "mine"}}
    assert seen.unfit([whole], "test") == ""
    seen.stop()
    assert not made.root.exists()
