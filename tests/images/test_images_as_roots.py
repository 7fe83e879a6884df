"""A container's root made of an image's tree, in namespaces as a cluster has them, without a cluster."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from canarylab.process import namespaces

# What the shim's child does, and then what the test asks for instead of a program.
INSIDE = """
import json, os, sys
from canarylab.clusters.local.cri import rootfs
plan, look = json.loads(sys.argv[1]), sys.argv[2]
rootfs.enter(plan["root"], plan)
exec(look)
"""


@pytest.fixture
def plan(tmp_path: Path) -> dict[str, Any]:
    """The plan of a container whose image leads /etc, /run and /data astray by links."""
    tree, root = tmp_path / "tree", tmp_path / "container"
    for folder in (tree / "real", tree / "data", root, tmp_path / "volume", tmp_path / "shm"):
        folder.mkdir(parents=True)
    (tree / "data/kept").write_text("kept")
    (tree / "etc").symlink_to("/real")
    (tree / "run").symlink_to(tmp_path)
    (tmp_path / "volume/file").write_text("volume")
    mount = {"source": str(tmp_path / "volume"), "target": "/run/volume", "read_only": False, "recursive": False}
    return {
        "root": str(root),
        "tree": str(tree),
        "etc": {"hostname": "web\n"},
        "shm": str(tmp_path / "shm"),
        "privileged": False,
        "image": [(str(tmp_path / "volume/file"), "/data/ours")],
        "mounts": [mount],
        "workdir": "/run/work",
        "masked_paths": [],
        "read_only_paths": [],
        "read_only": False,
    }


def within(plan: dict[str, Any], look: str) -> Any:
    """What the code ``look`` prints as JSON inside of the root."""
    if complaint := namespaces.complaint(["true"]):
        pytest.skip(f"namespaces are not allowed here: {complaint}")
    command = namespaces.command([sys.executable, "-c", INSIDE, json.dumps(plan), look])
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def test_it_has_the_images_files_and_the_containers_own(plan: dict[str, Any]) -> None:
    look = "print(json.dumps([sorted(os.listdir('/')), open('/etc/hostname').read(), sorted(os.listdir('/data'))]))"
    names, hostname, data = within(plan, look)
    assert hostname == "web\n"
    assert data == ["kept", "ours"]
    assert {"data", "dev", "etc", "proc", "real", "run", "sys"} < set(names)
    assert not {"home", "usr", "bin"} & set(names)


def test_links_of_the_image_lead_within_it(plan: dict[str, Any], tmp_path: Path) -> None:
    look = "print(json.dumps([open('/run/volume/file').read(), os.path.isdir('/run/work'), os.listdir('/real')]))"
    assert within(plan, look) == ["volume", True, ["hostname"]]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["container", "shm", "tree", "volume"]


def test_what_a_container_changes_is_not_the_images(plan: dict[str, Any], tmp_path: Path) -> None:
    look = """
os.unlink('/data/kept'); open('/data/more', 'w').write('x')
os.unlink('/real/hostname'); os.rmdir('/real'); os.mkdir('/real')
print(json.dumps([sorted(os.listdir('/data')), os.listdir('/real')]))
"""
    assert within(plan, look) == [["more", "ours"], []]
    assert sorted(path.name for path in (tmp_path / "tree").rglob("*")) == ["data", "etc", "kept", "real", "run"]


def test_a_root_can_be_read_only(plan: dict[str, Any]) -> None:
    look = """
try: os.mkdir('/data/new')
except OSError as error: print(json.dumps(error.strerror))
"""
    assert within({**plan, "read_only": True}, look) == "Read-only file system"
