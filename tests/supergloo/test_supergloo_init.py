"""`supergloo init` and the Helm chart put the same into a cluster.

``CANARYLAB_REGENERATE=1`` writes the kinds into the chart.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from canarylab import paths, toolchain
from canarylab.clusters.local.cri.images import Catalogue
from canarylab.errors import CanarylabError
from canarylab.kube import manifests
from canarylab.supergloo import init

Json = dict[str, Any]
CHART = paths.fixtures() / "supergloo" / "chart"


def keyed(objects: list[Json]) -> dict[str, Json]:
    return {manifests.label(item): item for item in objects}


@pytest.fixture(scope="module")
def helm() -> Path:
    """The toolchain's, or the machine's own; without either there is nothing to compare with."""
    try:
        return toolchain.installed().program("helm")
    except CanarylabError:
        found = shutil.which("helm")
        if found is None:
            pytest.skip("there is no helm")
        return Path(found)


def template(helm: Path, *arguments: str, namespace: str = "supergloo-system") -> subprocess.CompletedProcess[str]:
    command = [str(helm), "template", "supergloo", str(CHART), "--namespace", namespace, "--include-crds", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_chart_holds_the_kinds_as_they_are() -> None:
    file = CHART / "crds" / "supergloo.yaml"
    if os.environ.get("CANARYLAB_REGENERATE"):
        file.write_text(yaml.safe_dump_all(init.kinds(), sort_keys=False, width=120))
    assert manifests.read(file) == init.kinds()


def test_the_chart_does_what_init_does_but_for_the_namespace_that_helm_makes_itself(helm: Path) -> None:
    told = template(helm)
    assert told.returncode == 0, told.stderr
    made = keyed(manifests.load(told.stdout))
    wanted = keyed(init.objects())
    del wanted["namespace/supergloo-system"]
    assert made == wanted


def test_the_chart_refuses_another_namespace(helm: Path) -> None:
    assert "SuperGloo lives in the namespace supergloo-system" in template(helm, namespace="elsewhere").stderr


def test_the_chart_takes_another_image(helm: Path) -> None:
    made = keyed(manifests.load(template(helm, "--set", "image=shop/supergloo:1").stdout))
    [container] = made["deployment/supergloo-system/supergloo"]["spec"]["template"]["spec"]["containers"]
    assert container["image"] == "shop/supergloo:1"


def test_the_controllers_image_has_a_program_behind_it() -> None:
    [container] = keyed(init.objects())["deployment/supergloo-system/supergloo"]["spec"]["template"]["spec"][
        "containers"
    ]
    recipe = Catalogue.read([paths.fixtures() / "images.yaml"]).find(container["image"])
    assert recipe is not None
    assert recipe.command == ("python3", "-m", "canarylab.supergloo.controller")
