"""What rules become in each mesh, as it was read and found good; ``REGENERATE=1`` writes it anew."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import worlds
import yaml

from canarylab import supergloo
from canarylab.kube import manifests

FOLDER = Path(__file__).parent / "golden"
INPUTS = sorted(FOLDER.glob("*/*.in.yaml"))


class Plain(yaml.SafeDumper):
    """Writes what stands in two places twice."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True


def decided(file: Path) -> supergloo.Wanted:
    """What is decided about the cluster with the objects of a file."""
    return worlds.decided(*manifests.read(FOLDER / "cluster.yaml", file))


def told(wanted: supergloo.Wanted) -> dict[str, Any]:
    """Objects and statuses, but for the upstreams and what is only valid."""
    statuses = {manifests.label(item): status for item, status in wanted.statuses}
    return {
        "objects": [item for item in wanted.objects if item["kind"] != "Upstream"],
        "statuses": {name: said(status) for name, status in statuses.items() if status["reason"] != "valid"},
    }


def said(status: dict[str, Any]) -> dict[str, str]:
    """State and reason, and why it is not enforced."""
    unenforced = {one["type"]: one["message"] for one in status["conditions"] if one["status"] == "False"}
    unenforced.pop("Accepted", None)
    return {"state": status["state"], "reason": status["reason"], **unenforced}


@pytest.mark.parametrize("file", INPUTS, ids=lambda file: f"{file.parent.name}/{file.name.partition('.')[0]}")
def test_rules_are_compiled_as_they_were(file: Path) -> None:
    out, now = file.with_name(file.name.replace(".in.", ".out.")), told(decided(file))
    if os.environ.get("REGENERATE"):
        out.write_text(yaml.dump(now, Dumper=Plain, sort_keys=False, width=118))
    assert yaml.safe_load(out.read_text()) == now


@pytest.mark.parametrize(("mesh", "least"), [("istio", 8), ("linkerd", 4), ("appmesh", 4), ("consul", 4)])
def test_every_mesh_has_golden_files(mesh: str, least: int) -> None:
    assert sum(file.parent.name == mesh for file in INPUTS) >= least
