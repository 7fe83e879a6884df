"""A module that needs what cannot be had is built from a copy with files of ours, checked by its checksum."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.toolchain.conftest import MODULE

from canarylab import paths
from canarylab.errors import EnvironmentFault
from canarylab.toolchain import patched, recipe, spec
from canarylab.toolchain.gobuild import Shell
from canarylab.toolchain.make import make
from canarylab.toolchain.progress import silent
from canarylab.toolchain.spec import Patch

if TYPE_CHECKING:
    from tests.toolchain.conftest import Workshop

PATCH = Patch(MODULE, "v1.2.3", "h1:right", "patched/tools", {"charts/Chart.yaml": "_ours/chart.yaml"})


@pytest.fixture
def shell(workshop: Workshop) -> Shell:
    """The module's checksum is told as the real go does; our file stands in the source."""
    told = json.loads((workshop.folder / "modules").read_text())
    (workshop.folder / "modules").write_text(json.dumps({**told, "Sum": "h1:right"}))
    ours = workshop.folder / "source" / "_ours" / "chart.yaml"
    ours.parent.mkdir()
    ours.write_text("name: ours\n")
    scratch = workshop.folder / "scratch"
    scratch.mkdir()
    return Shell(workshop.go, {}, workshop.folder / "source", scratch, workshop.folder / "log", silent)


def test_the_copy_has_our_file_and_stands_where_the_module_file_leads(shell: Shell) -> None:
    made = patched.folder(shell, shell.folder, (PATCH,))
    assert (made / "go.mod").exists()
    assert (made / "patched/tools/charts/Chart.yaml").read_text() == "name: ours\n"
    assert not (shell.folder / "patched").exists()


def test_another_module_than_the_pinned_one_is_refused(shell: Shell) -> None:
    with pytest.raises(EnvironmentFault, match=r"tools@v1\.2\.3 is not the one that is pinned"):
        patched.folder(shell, shell.folder, (replace(PATCH, sum="h1:wrong"),))


def test_a_build_goes_on_in_the_copy(workshop: Workshop, shell: Shell) -> None:
    lacking = replace(workshop.look(), recipe=replace(workshop.recipe, patches=(PATCH,), assets=()), to_copy=())
    make(lacking, workshop.cache, workshop.go, silent, 0.0)
    assert set(workshop.look().programs) == {"one", "two", "alpha"}


@pytest.mark.parametrize("extra", [each for each in spec.EXTRAS.values() if each.patches], ids=lambda each: each.name)
def test_a_patch_is_where_the_module_file_leads_and_brings_files_of_ours(extra: spec.Extra) -> None:
    source = paths.toolchain_source() / "extra" / extra.name
    text = (source / "go.mod").read_text()
    for patch in extra.patches:
        assert f"{patch.module} => ./{patch.copy}\n" in text
        assert all((source / ours).is_file() for ours in patch.files.values())


def test_files_of_ours_change_an_extras_key(tmp_path: Path) -> None:
    source = tmp_path / "extra" / "traefik"
    (source / "_lego").mkdir(parents=True)
    for name in ("go.mod", "go.sum"):
        (source / name).write_bytes((paths.toolchain_source() / "extra/traefik" / name).read_bytes())
    before = recipe.for_extra(tmp_path, spec.EXTRAS["traefik"]).key
    (source / "_lego" / "dns.go").write_text("package dns\n")
    assert recipe.for_extra(tmp_path, spec.EXTRAS["traefik"]).key != before
