"""What is told of an engine and its machine before anything starts, and what to do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from canarylab.clusters.kind import preflight
from canarylab.clusters.kind.asked import Asked, NodeImage, node_image
from canarylab.clusters.kind.facts import Facts, Place
from canarylab.errors import EnvironmentFault
from canarylab.toolchain.checkup import Finding, Level
from canarylab.toolchain.versions import known

IMAGE = node_image(Asked("1.37"))
FINE = Facts(
    "docker", "", "28.2.2", memory=32_000_000_000, disk=90_000_000_000, watches=524288, instances=512,
    images={IMAGE.reference: Place.REGISTRY, "web:1": Place.CACHE},
)  # fmt: skip


def found(facts: Facts, image: NodeImage = IMAGE, nodes: int = 2) -> dict[str, Finding]:
    """The findings that are not fine, by subject."""
    findings = preflight.examine(facts, image, nodes, known()["kind"])
    return {one.subject: one for one in findings if one.level is not Level.OK}


def test_a_machine_that_has_all_is_told_as_fine() -> None:
    assert found(FINE) == {}


@pytest.mark.parametrize(
    ("change", "subject", "level", "words", "next_step"),
    [
        ({"problem": "no daemon"}, "engine", Level.FAULT, "does not answer", "systemctl start docker"),
        ({"problem": "permission denied"}, "engine", Level.FAULT, "does not answer", "usermod -aG docker"),
        ({"version": "19.3.1"}, "engine", Level.FAULT, "needs 20.10", "newer docker"),
        ({"cgroup": 1}, "cgroup", Level.WARNING, "failCgroupV1: false", "cgroup version 2"),
        ({"cgroup": 1, "rootless": True}, "cgroup", Level.FAULT, "rootless", "unified_cgroup_hierarchy"),
        ({"memory": 1_000_000_000}, "memory", Level.FAULT, "needs 3.0 GB", "more memory"),
        ({"memory": 5_000_000_000}, "memory", Level.WARNING, "wants 6.0 GB", "more memory"),
        ({"disk": 1_000_000_000}, "disk", Level.FAULT, "needs 4.0 GB", "docker system prune"),
        ({"instances": 128}, "inotify", Level.WARNING, "max_user_instances is 128", "max_user_instances=512"),
        ({"port": False}, "ports", Level.FAULT, "no port", "ss -tanp"),
        ({"images": {IMAGE.reference: Place.NOWHERE}}, "image", Level.FAULT, "not to be had", "--node-image"),
        ({"images": {"web:1": Place.NOWHERE}}, "image", Level.WARNING, "will wait", "docker pull web:1"),
    ],
)  # fmt: skip
def test_what_is_amiss_is_told_with_what_to_do(
    change: dict[str, object], subject: str, level: Level, words: str, next_step: str
) -> None:
    findings = found(replace(FINE, **change))  # type: ignore[arg-type] - one field of each type
    assert list(findings) == [subject]
    assert findings[subject].level is level
    assert words in findings[subject].text
    assert next_step in findings[subject].next_step


def test_an_older_kubernetes_takes_cgroup_v1_and_a_node_alone_needs_less() -> None:
    assert found(replace(FINE, cgroup=1), node_image(Asked("1.34"))) == {}
    assert found(replace(FINE, memory=4_500_000_000), nodes=1) == {}


def test_an_engine_on_another_machine_is_not_judged_by_this_one() -> None:
    assert found(replace(FINE, disk=None, watches=None, instances=None)) == {}


def test_everything_that_stands_in_the_way_is_named_at_once_and_nothing_else() -> None:
    findings = list(found(replace(FINE, port=False, disk=1, instances=1)).values())
    with pytest.raises(EnvironmentFault) as caught:
        preflight.require(findings)
    assert caught.value.exit_code == 3
    assert "disk: " not in caught.value.what.splitlines()[0]  # the first one is the message itself
    assert "ports: no port of the loopback is free" in str(caught.value)
    assert "inotify" not in str(caught.value)
    preflight.require([one for one in findings if one.level is not Level.FAULT])
