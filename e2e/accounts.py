"""The kubeconfig of a ServiceAccount, for whoever is to run with its rights."""

from __future__ import annotations

from pathlib import Path

import yaml

from canarylab.clusters.cluster import Cluster


def kubeconfig(cluster: Cluster, namespace: str, account: str, folder: Path) -> Path:
    """The cluster's kubeconfig with a ServiceAccount's token instead of its own account."""
    made = yaml.safe_load(cluster.kubeconfig.read_text())
    token = cluster.kubectl("create", "token", account, "-n", namespace).strip()
    made["users"] = [{"name": one["name"], "user": {"token": token}} for one in made["users"]]
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "kubeconfig"
    file.touch(mode=0o600)
    file.write_text(yaml.safe_dump(made))
    return file
