"""A made-up mesh of another package, as docs/meshes.md shows it, comes in by the public entry point."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from canarylab.cli.meshes import command
from canarylab.errors import UsageError
from canarylab.meshes import providers, translation
from canarylab.meshes.provider import Provider

DOCS = Path(__file__).parents[2] / "docs"
SHARE = {
    "metadata": {"name": "web", "namespace": "shop", "creationTimestamp": "2026-01-01T00:00:00Z"},
    "spec": {"of": "web", "shares": [{"to": "web-primary", "percent": 70}, {"to": "web-canary", "percent": 30}]},
}


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An installed package with the mesh of the docs."""
    code, entry = (
        re.search(rf"```{kind}\n(.*?)```", (DOCS / "meshes.md").read_text(), re.DOTALL) for kind in ("python", "toml")
    )
    assert code is not None
    assert entry is not None
    assert len(code[1].splitlines()) < 150
    (tmp_path / "sharemesh").mkdir()
    (tmp_path / "sharemesh/canarylab.py").write_text(code[1])
    about = tmp_path / "sharemesh-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: sharemesh\nVersion: 1.0\n")
    target = re.search(r'"(sharemesh\.canarylab:PROVIDER)"', entry[1])
    assert target is not None
    (about / "entry_points.txt").write_text(f"[canarylab.meshes]\nsharemesh = {target[1]}\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    providers.every.cache_clear()
    yield tmp_path
    providers.every.cache_clear()


def test_a_mesh_of_another_package_is_listed_and_translated(package: Path) -> None:
    mesh = providers.get("sharemesh")
    assert isinstance(mesh, Provider)
    assert "sharemesh" in CliRunner().invoke(command).output
    (made,) = translation.decide([mesh], {"Share": [SHARE]}).objects
    assert [one["weight"] for one in made["spec"]["http"][0]["route"]] == [70, 30]


def test_what_is_no_provider_is_refused_with_its_entry_point(package: Path) -> None:
    (package / "sharemesh-1.0.dist-info/entry_points.txt").write_text("[canarylab.meshes]\nodd = os:path\n")
    with pytest.raises(UsageError, match=r"entry point odd of .* is no Provider"):
        providers.every()
