"""Flagger and its load tester by the charts that Flagger's own module carries, for a cluster of one's own choice.

A provider of old, ``supergloo:MESH.NAMESPACE``, is understood, which today's Flagger is not able to: it writes SMI's
TrafficSplits, and SuperGloo takes those as rules of that Mesh.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from canarylab.errors import UsageError
from canarylab.flagger.install import asked_at_once
from canarylab.meshes import rendered
from canarylab.supergloo.api.data import Ref
from canarylab.toolchain import Toolset

Json = dict[str, Any]

SUPERGLOO = "supergloo"
SPLITS = "smi:v1alpha2"  # Flagger's provider whose objects SuperGloo takes as rules
_PROVIDER = "meshProvider"  # the chart's value

_CHARTS = "flagger/charts"
_RELEASES = {"flagger": "flagger", "loadtester": "flagger-loadtester"}  # as the Services shall be called
NAMES = tuple(_RELEASES)


def objects(toolset: Toolset, name: str, namespace: str, settings: Sequence[str]) -> list[Json]:
    """What a chart makes with values, each ``name=value``; its kinds first."""
    chart = toolset.asset(f"{_CHARTS}/{name}")
    made = rendered.chart(toolset, _RELEASES[name], chart, None, namespace, *settings)
    kinds = rendered.files(toolset, chart / "crds") if (chart / "crds").is_dir() else []
    return [*kinds, *map(asked_at_once, made)]


def driven(settings: Sequence[str]) -> tuple[list[str], Ref | None]:
    """The values as Flagger understands them, and the Mesh of SuperGloo's that it shall drive, if any."""
    found = [setting.partition("=") for setting in settings]
    meshes = [_mesh(value) for name, _, value in found if name == _PROVIDER and value.startswith(f"{SUPERGLOO}:")]
    if not meshes:
        return list(settings), None
    others = ["".join(parts) for parts in found if parts[0] != _PROVIDER]
    return [*others, f"{_PROVIDER}={SPLITS}"], meshes[-1]


def _mesh(provider: str) -> Ref:
    name, _, namespace = provider.removeprefix(f"{SUPERGLOO}:").partition(".")
    if not name or not namespace:
        raise UsageError(f"{provider!r} names no mesh", where=_PROVIDER, next_step="write supergloo:MESH.NAMESPACE")
    return Ref(name=name, namespace=namespace)
