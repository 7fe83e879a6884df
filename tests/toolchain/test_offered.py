"""A running cluster can be asked for a program that was built after it started."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from canarylab import paths
from canarylab.errors import EnvironmentFault
from canarylab.toolchain import manifest, recipe, spec
from canarylab.toolchain.manifest import Built, Manifest
from canarylab.toolchain.offered import Offered

CONTOUR = spec.EXTRAS["contour"]


@pytest.fixture
def toolset(tmp_path: Path) -> dict[str, Any]:
    return {"cache": str(tmp_path), "programs": {"etcd": {"path": "/x/etcd"}}}


def build(cache: Path) -> Path:
    """What a build of contour leaves in the cache."""
    folder = cache / "toolchains" / f"{recipe.for_extra(paths.toolchain_source(), CONTOUR).key}-go1.99.0"
    program = folder / "bin" / "contour"
    program.parent.mkdir(parents=True)
    program.write_text("contour")
    manifest.save(folder, Manifest("go1.99.0", {"contour": Built(7, "abc", "v1.33.8", CONTOUR.programs[0].package)}))
    return program


def test_the_clusters_own_programs_are_as_its_toolset_tells(toolset: dict[str, Any]) -> None:
    offered = Offered(toolset)
    assert offered["etcd"] == {"path": "/x/etcd"}
    assert "nginx" not in offered
    assert set(offered) == {"etcd", *spec.extra_programs()}
    assert len(offered) == 1 + len(spec.extra_programs())


def test_an_extra_is_found_once_it_is_built(toolset: dict[str, Any], tmp_path: Path) -> None:
    offered = Offered(toolset)
    with pytest.raises(EnvironmentFault, match="contour is not built yet") as caught:
        offered["contour"]
    assert caught.value.next_step == "run `canarylab provision --with contour`"
    program = build(tmp_path)
    assert (offered["contour"]["path"], offered["contour"]["version"]) == (str(program), "v1.33.8")


def test_what_the_toolset_brings_comes_before_what_was_built_since(toolset: dict[str, Any], tmp_path: Path) -> None:
    build(tmp_path)
    known = {**toolset, "programs": {"contour": {"path": "/x/contour"}}}
    assert Offered(known)["contour"] == {"path": "/x/contour"}
