"""The part of the plugin that knows the kind rung: what is looked at first, and where stacks come from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import pytest

from canarylab.errors import UsageError

if TYPE_CHECKING:
    from canarylab.clusters.kind.asked import Asked
    from canarylab.rung import Kind

_LOCAL = ("--images", "--real-only")
_EXISTING = ("--context", "--kubeconfig", "--prometheus", "--install")
_GIVEN = ("--cluster", "--nodes", "--engine", "--node-image", "--client-image")


def look(config: pytest.Config, tell: Callable[[str], None]) -> None:
    """Looks at the engine and its machine; the project's error for what stands in the way, warnings as lines."""
    from canarylab.clusters.kind import cluster, preflight
    from canarylab.joining import bring, of_kind
    from canarylab.toolchain.checkup import Level

    _refuse_others(config)
    if config.getoption("--attach"):
        return
    mesh = config.getoption("--mesh") or "istio"
    bring.releases(mesh)
    findings = cluster.check(asked(config), of_kind.images(mesh, _users(config)))
    preflight.require(findings)
    for one in findings:
        if one.level is Level.WARNING:
            tell(f"  {one.subject}: {one.text}; next: {one.next_step}")


def _refuse_others(config: pytest.Config) -> None:
    for names, rung in ((_LOCAL, "local"), (_EXISTING, "existing")):
        for name in names:
            if config.getoption(name):
                raise UsageError(f"{name} is of the {rung} rung", next_step=f"leave it out, or --cluster {rung}")


def misfit(mesh: str) -> str:
    """Why a test that needs a mesh cannot run on kind; empty if it can."""
    from canarylab.joining import bring

    return "" if mesh in bring.MESHES else f"it needs the mesh {mesh}, which no chart here brings onto kind"


def asked(config: pytest.Config) -> Asked:
    """What the options ask of a cluster."""
    from canarylab.clusters.kind.asked import NODES, Asked

    option = config.getoption
    nodes = NODES if option("--nodes") is None else option("--nodes")
    return Asked(option("--kubernetes") or "", nodes, option("--engine"), option("--node-image"))


def rung(config: pytest.Config, labels: Mapping[str, str]) -> Kind:
    """Where the run's stacks come from; ``labels`` are what the namespaces of tests get beside their own."""
    from canarylab.joining import Wish
    from canarylab.rung import Kind

    return Kind(asked(config), Wish("", image=_users(config), labels=labels))


def _users(config: pytest.Config) -> str:
    from canarylab.clusters.existing import programs

    return str(config.getoption("--client-image") or programs.IMAGE)


def given(config: pytest.Config) -> list[tuple[str, str]]:
    """The options by which another run makes such a cluster."""
    told = [(name, config.getoption(name)) for name in _GIVEN]
    return [(name, str(value)) for name, value in told if value]
