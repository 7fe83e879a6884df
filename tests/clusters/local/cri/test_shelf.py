"""Pulling: what an image is made of, what its id names, and that it is still there after a restart."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
import yaml

from canarylab.clusters.local.cri.shelf import PullFailed, Shelf

from .test_goversion import PLACEHOLDER, program, read


@pytest.fixture
def binary(tmp_path: Path) -> Path:
    file = tmp_path / "App.bin"
    file.write_bytes(program())
    return file


def shelf(tmp_path: Path, *entries: dict[str, Any], **programs: dict[str, str]) -> Shelf:
    file = tmp_path / "images.yaml"
    file.write_text(yaml.safe_dump({"images": list(entries)}))
    return Shelf(tmp_path / "state", [file], programs, [str(tmp_path / "share")])


def test_a_file_of_the_host_is_known_by_its_digest(tmp_path: Path, binary: Path) -> None:
    image = shelf(tmp_path, {"pattern": "app:*", "path": str(binary)}).pull("app:1")
    digest = hashlib.sha256(binary.read_bytes()).hexdigest()
    assert (image.digest, image.file) == (digest, str(binary))
    assert image.ref == f"localhost/path/app.bin@sha256:{digest}"


def test_a_program_is_known_by_module_version_and_digest(tmp_path: Path, binary: Path) -> None:
    info = {"path": str(binary), "module": "example.org/App", "version": "v1+dirty", "sha256": "00"}
    image = shelf(tmp_path, {"pattern": "app:*", "program": "app"}, app=info).pull("app:1")
    assert image.ref == "example.org/app/app:v1_dirty@sha256:00"


def test_a_tag_becomes_the_programs_version(tmp_path: Path, binary: Path) -> None:
    entry = {"pattern": "app:*", "path": str(binary), "version": {"placeholder": PLACEHOLDER}}
    kept = shelf(tmp_path, entry)
    one, two = kept.pull("app:1.0"), kept.pull("app:2.0")
    assert [read(Path(image.file).read_bytes()) for image in (one, two)] == ["1.0", "2.0"]
    assert one.digest != two.digest


def test_a_command_has_a_digest_of_its_words(tmp_path: Path) -> None:
    entries = [{"pattern": name, "command": ["/bin/sh", "-c", name]} for name in ("a", "b")]
    kept = shelf(tmp_path, *entries)
    assert kept.pull("a").digest != kept.pull("b").digest
    assert kept.pull("a").ref.startswith("localhost/command/sh@sha256:")


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"pattern": "other", "command": ["sh"]}, "no program stands behind"),
        ({"pattern": "app", "path": "/no/such/file"}, "/no/such/file"),
        ({"pattern": "app", "program": "missing"}, "no program named 'missing'"),
        ({"pattern": "app", "command": ["sh"], "tools": ["missing"]}, "no program named 'missing'"),
        ({"pattern": "app", "command": ["sh"], "assets": {"/x": "missing"}}, "the toolset holds no 'missing'"),
        ({"pattern": "app", "path": "/bin/sh", "version": {"placeholder": "x" * 99}}, "cannot be had"),
    ],
    ids=["unknown", "no-file", "no-program", "no-tool", "no-asset", "no-placeholder"],
)
def test_what_cannot_be_pulled_says_why(tmp_path: Path, entry: dict[str, Any], said: str) -> None:
    with pytest.raises(PullFailed, match=said):
        shelf(tmp_path, entry).pull("app")


def test_a_mended_file_is_read_at_the_next_pull(tmp_path: Path) -> None:
    kept = shelf(tmp_path)
    with pytest.raises(PullFailed):
        kept.pull("app")
    (tmp_path / "images.yaml").write_text(yaml.safe_dump({"images": [{"pattern": "app", "command": ["sh"]}]}))
    assert kept.pull("app").reference == "app"


def test_an_image_is_found_by_each_of_its_names_also_after_a_restart(tmp_path: Path) -> None:
    entry = {"pattern": "*/app:*", "command": ["sh"]}
    image = shelf(tmp_path, entry).pull("app:1")
    again = shelf(tmp_path, entry)
    for name in ("app:1", "docker.io/library/app:1", image.ref, image.id, f"app@{image.id}"):
        assert again.find("unknown", name) == image
    assert again.find("app:2", "") is None


def test_references_of_one_program_and_recipe_are_one_image(tmp_path: Path) -> None:
    kept = shelf(tmp_path, {"pattern": "*", "command": ["sh"]}, {"pattern": "other", "command": ["sh"], "user": "7"})
    one, two, other = kept.pull("app:1"), kept.pull("app"), kept.pull("other")
    assert one.id == two.id != other.id
    assert kept.by_id() == [(one, two), (other,)]
    kept.remove("app:latest")
    assert kept.all() == [other]


def test_an_image_is_told_with_the_digest_that_it_was_asked_for_by(tmp_path: Path) -> None:
    image = shelf(tmp_path, {"pattern": "*", "command": ["sh"]}).pull("app:1@sha256:00")
    assert image.repo_digest == "app@sha256:00"


def test_a_removed_image_is_gone(tmp_path: Path) -> None:
    entry = {"pattern": "*", "command": ["sh"]}
    kept = shelf(tmp_path, entry)
    kept.pull("app:1")
    kept.remove("app:1")
    assert kept.all() == shelf(tmp_path, entry).all() == []
