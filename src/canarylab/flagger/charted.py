"""A local stack by charts: Istio's, Flagger's and the load tester's own by ``helm install``, and what has no chart.

What helm installs stays as its charts make it. One after the other, in the order of the projects' own instructions; the
gateway, Flagger and the load tester, which wait for nothing but what is there by then, side by side.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from canarylab import helm
from canarylab.clusters.cluster import Cluster
from canarylab.errors import EnvironmentFault, UsageError
from canarylab.flagger.install import LOADTESTER, TESTER
from canarylab.helm import Release, charts
from canarylab.kube import parts
from canarylab.meshes import Mesh, base, istiocharts
from canarylab.toolchain import Toolset

_PROBE = "wget"  # Flagger's charts ask by it for readiness; on the local rung an image's programs are the host's


def releases(mesh: Mesh) -> tuple[Release, ...]:
    """Flagger and its load tester, called as everywhere."""
    tester = Release(LOADTESTER.name, "loadtester", TESTER)
    return Release("flagger", "flagger", mesh.namespace), tester


def require(mesh: Mesh) -> None:
    """UsageError for a mesh without charts, EnvironmentFault where the host lacks what the charts' probes run."""
    if mesh.name != "istio":
        what = f"there are no charts for the mesh {mesh.name}"
        raise UsageError(what, where="--installer helm", next_step="run with --mesh istio, or leave --installer out")
    if shutil.which(_PROBE, path="/usr/bin:/bin") is None:
        raise EnvironmentFault(
            f"there is no {_PROBE} in /usr/bin, by which Flagger's charts ask whether Flagger is ready",
            where="--installer helm",
            next_step=f"install {_PROBE}, or leave --installer out",
        )


def install(cluster: Cluster, toolset: Toolset, mesh: Mesh, note: Callable[[str], None] = lambda _what: None) -> None:
    """Installs everything, and returns when all of it is ready; ``note`` is told what is."""

    def by_helm(release: Release) -> None:
        values = (charts.pinned()[release.chart].settings, *release.values)
        helm.install(
            cluster.kubeconfig, release.chart, release.name, release.namespace, values, toolset=toolset, pulls=False,
            failure=cluster.failure,
        )  # fmt: skip
        note(f"release {release.name} ready")

    for release in (istiocharts.KINDS, istiocharts.CONTROL_PLANE):
        by_helm(release)
    beside = [*base.parts(), *istiocharts.parts(toolset)]
    parts.install(cluster.api_client(), *beside, failure=cluster.failure, note=note)
    with ThreadPoolExecutor() as pool:
        list(pool.map(by_helm, [istiocharts.GATEWAY, *releases(mesh)]))


def describe(mesh: Mesh) -> list[str]:
    """What is by helm, a line."""
    by_helm = [istiocharts.KINDS, istiocharts.CONTROL_PLANE, istiocharts.GATEWAY, *releases(mesh)]
    return [f"by helm install of their own charts: {', '.join(one.name for one in by_helm)}"]
