"""What a cluster of our own gets before a run joins it like any other: a mesh, Prometheus and Flagger, by their charts.

The one function to swap for another way of installing is :func:`install`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from canarylab import helm, paths
from canarylab.errors import UsageError
from canarylab.helm import Release
from canarylab.toolchain import Toolset

_ISTIO, _PLAIN = "istio-system", "flagger-system"
MESHES = ("istio", "none")


def releases(mesh: str) -> tuple[Release, ...]:
    """The charts in their order, the last one being Flagger's; UsageError for a mesh that no chart here brings."""
    values = paths.fixtures() / "kind"
    if mesh not in MESHES:
        raise UsageError(
            f"nothing here brings the mesh {mesh} onto a cluster of containers", where="--mesh",
            next_step="choose istio or none, or install it on a cluster of yours and run with --cluster existing",
        )  # fmt: skip
    provider, space = ("istio", _ISTIO) if mesh == "istio" else ("kubernetes", _PLAIN)
    flagger = Release("flagger", "flagger", space, (values / "flagger.yaml",), (f"meshProvider={provider}",))
    if mesh == "none":
        return (flagger,)
    kinds = Release("istio-base", "istio-base", _ISTIO)
    return kinds, Release("istiod", "istiod", _ISTIO, (values / "istiod.yaml",)), flagger


def install(
    kubeconfig: Path, mesh: str, toolset: Toolset, tell: Callable[[str], None], failure: Callable[[], str | None]
) -> None:
    """Installs them, one after the other, and returns when all are ready; EnvironmentFault as soon as one cannot be."""
    for one in releases(mesh):
        helm.install(
            kubeconfig, one.chart, one.name, one.namespace, one.values, settings=one.settings, toolset=toolset,
            failure=failure,
        )  # fmt: skip
        tell(f"release {one.name} ready")
