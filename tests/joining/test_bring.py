"""What is brought onto a cluster of our own: charts, with images that a registry has, all of them known beforehand."""

from __future__ import annotations

from typing import Any

import pytest

from canarylab import toolchain
from canarylab.clusters.kind import asked
from canarylab.errors import EnvironmentFault, UsageError
from canarylab.helm import charts
from canarylab.joining import bring
from canarylab.meshes import rendered


def test_flagger_comes_last_and_with_the_provider_of_its_mesh() -> None:
    assert [one.name for one in bring.releases("istio")] == ["istio-base", "istiod", "flagger"]
    assert [one.name for one in bring.releases("none")] == ["flagger"]
    assert bring.releases("none")[-1].settings == ("meshProvider=kubernetes",)


def test_a_mesh_that_no_chart_here_brings_is_refused() -> None:
    with pytest.raises(UsageError, match="nothing here brings the mesh linkerd"):
        bring.releases("linkerd")


def images(found: list[dict[str, Any]]) -> set[str]:
    pods = [one["spec"]["template"]["spec"] for one in found if one["kind"] == "Deployment"]
    return {container["image"] for pod in pods for container in pod["containers"]}


@pytest.mark.parametrize("mesh", bring.MESHES)
def test_the_images_of_the_charts_are_those_that_are_preloaded(mesh: str) -> None:
    try:
        toolset = toolchain.installed()
    except EnvironmentFault:
        pytest.skip("the toolchain, which has the charts, is not here")
    found: set[str] = set()
    for one in bring.releases(mesh):
        folder = charts.find(toolset, one.chart)
        values = one.values[0] if one.values else None
        found |= images(rendered.chart(toolset, one.name, folder, values, one.namespace, *one.settings))
    assert found <= set(asked.preloaded(mesh))
    assert {one.rpartition("/")[2] for one in found} >= {"flagger:1.44.0", "prometheus:v2.41.0"}
