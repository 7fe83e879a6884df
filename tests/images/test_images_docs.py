"""docs/images.md and docs/release.md say what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from canarylab import paths
from canarylab.clusters.local.cri.images import _NOT_PULLED, Catalogue
from canarylab.images import registry
from canarylab.toolchain import ready

DOCS = Path(__file__).parents[2] / "docs"
IMAGES, RELEASE = (DOCS / "images.md").read_text(), (DOCS / "release.md").read_text()
WORKFLOW = Path(__file__).parents[2] / ".github/workflows/release.yml"


@pytest.mark.parametrize("text", re.findall(r"```yaml\n(.*?)```", IMAGES, flags=re.DOTALL))
def test_an_example_is_read(tmp_path: Path, text: str) -> None:
    file = tmp_path / "images.yaml"
    file.write_text(text)
    assert Catalogue.read([file]).pulls


def test_the_keys_that_are_refused_are_named() -> None:
    assert [key for key in _NOT_PULLED if f"`{key}`" not in IMAGES] == []


def test_the_bound_of_a_mirror_is_the_one_that_is_told() -> None:
    assert f"something comes every {registry.STALL:.0f} seconds" in IMAGES


def test_the_variables_and_files_of_a_release_are_named() -> None:
    assert [word for word in (ready.REGISTRY, ready.PACKAGE, ready.LIST, "toolchain.lock") if word not in RELEASE] == []
    assert (paths.fixtures() / "toolchain.lock").is_file()


def test_the_workflow_packs_by_the_documented_script_for_both_machines() -> None:
    jobs = yaml.safe_load(WORKFLOW.read_text())["jobs"]
    assert {each["machine"] for each in jobs["toolchain"]["strategy"]["matrix"]["include"]} == {"amd64", "arm64"}
    assert "script/toolchain-package" in WORKFLOW.read_text()
    assert "script/toolchain-package" in RELEASE
