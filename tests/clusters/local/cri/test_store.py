"""What is saved is there after a restart, with the kubelet's own configuration."""

from __future__ import annotations

from pathlib import Path

import pytest

from canarylab.clusters.local.cri.proto import Messages
from canarylab.clusters.local.cri.store import EXITED, RUNNING, Container, NotFound, Sandbox, Store


def sandbox(messages: Messages, name: str = "box") -> Sandbox:
    about = messages.PodSandboxMetadata(name="p", namespace="n", uid="u")
    return Sandbox(name, messages.PodSandboxConfig(metadata=about, hostname="p"), 1)


def container(messages: Messages, name: str, box: str = "box") -> Container:
    config = messages.ContainerConfig(command=["sh"])
    return Container(name, box, config, image_ref="r", image_id="i", log="", created=2, stop_signal=15)


def test_a_restart_finds_what_was_saved(tmp_path: Path, messages: Messages) -> None:
    store, box, one = Store(tmp_path, messages), sandbox(messages), container(messages, "one")
    store.add(box)
    store.add(one)
    box.ready, box.address, one.state, one.pid = True, "10.0.0.2", RUNNING, 42
    store.save(box)
    store.save(one)
    again = Store(tmp_path, messages)
    assert again.sandbox("box") == box
    assert again.container("one") == one
    assert again.sandbox("box").pod == ("n", "p", "u")


def test_a_container_that_had_ended_has_ended(tmp_path: Path, messages: Messages) -> None:
    store, one = Store(tmp_path, messages), container(messages, "one")
    store.add(one)
    one.state = EXITED
    store.save(one)
    assert Store(tmp_path, messages).container("one").ended.is_set()


def test_containers_are_listed_by_their_sandbox(tmp_path: Path, messages: Messages) -> None:
    store = Store(tmp_path, messages)
    for name, box in (("a", "x"), ("b", "x"), ("c", "y")):
        store.add(container(messages, name, box))
    assert [one.id for one in store.containers("x")] == ["a", "b"]
    assert len(store.containers()) == 3


def test_what_is_dropped_is_gone_with_its_folder(tmp_path: Path, messages: Messages) -> None:
    store, box = Store(tmp_path, messages), sandbox(messages)
    store.add(box)
    store.drop(box)
    store.save(box)  # by somebody who had not heard
    assert not store.folder(box).exists()
    with pytest.raises(NotFound, match="box"):
        Store(tmp_path, messages).sandbox("box")
