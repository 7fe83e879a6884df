"""Which recipe stands behind a reference, and what is wrong with a file."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml

from canarylab import paths
from canarylab.clusters.local.cri import images
from canarylab.clusters.local.cri.images import Catalogue, Recipe
from canarylab.errors import UsageError


def write(file: Path, *entries: dict[str, Any]) -> Path:
    file.write_text(yaml.safe_dump({"images": list(entries)}))
    return file


@pytest.mark.parametrize(
    ("reference", "full"),
    [
        ("busybox", "docker.io/library/busybox:latest"),
        ("busybox:1.36", "docker.io/library/busybox:1.36"),
        ("prom/prometheus", "docker.io/prom/prometheus:latest"),
        ("localhost/app", "localhost/app:latest"),
        ("host:5000/app:v1", "host:5000/app:v1"),
        ("ghcr.io/a/b@sha256:00", "ghcr.io/a/b@sha256:00"),
    ],
)
def test_references_are_completed_as_docker_does(reference: str, full: str) -> None:
    assert images.completed(reference) == full


@pytest.mark.parametrize(
    ("reference", "repository", "tag"),
    [
        ("busybox", "busybox", "latest"),
        ("host:5000/app", "host:5000/app", "latest"),
        ("host:5000/app:v1", "host:5000/app", "v1"),
        ("ghcr.io/a/b:v2@sha256:00", "ghcr.io/a/b", "v2"),
    ],
)
def test_parts_of_a_reference(reference: str, repository: str, tag: str) -> None:
    assert (images.repository_of(reference), images.tag_of(reference)) == (repository, tag)


def test_the_last_entry_that_fits_wins(tmp_path: Path) -> None:
    ours = write(tmp_path / "ours.yaml", {"pattern": "docker.io/library/*", "program": "a"})
    theirs = write(tmp_path / "theirs.yaml", {"pattern": "docker.io/library/app:*", "path": "/srv/b"})
    catalogue = Catalogue.read([ours, theirs])
    found, other = catalogue.find("app:1"), catalogue.find("other")
    assert found is not None
    assert other is not None
    assert (found.path, found.source) == ("/srv/b", str(theirs))
    assert other.program == "a"
    assert catalogue.find("example.org/app") is None


def test_files_of_the_host_are_relative_to_the_images_file(tmp_path: Path) -> None:
    entry = {"files": {"/app": "..", "/x": "/srv/x"}, "mounts": ["lib", "/opt/jdk"], "tools": {"hey": "", "t": "bin/t"}}
    file = write(tmp_path / "ours.yaml", {"pattern": "a", "path": "bin/a", **entry})
    found = Catalogue.read([file]).find("a")
    assert found is not None
    assert found.path == f"{tmp_path}/bin/a"
    assert found.files == {"/app": str(tmp_path.parent), "/x": "/srv/x"}
    assert found.mounts == (f"{tmp_path}/lib", "/opt/jdk")
    assert found.tools == {"hey": "", "t": f"{tmp_path}/bin/t"}


def test_an_unknown_image_is_told_with_what_to_add(tmp_path: Path) -> None:
    said = Catalogue.read([write(tmp_path / "ours.yaml")]).unknown("example.org/app:1")
    assert 'behind the image "example.org/app:1"' in said
    assert f"add to {tmp_path}/ours.yaml" in said
    assert '- pattern: "example.org/app:*"' in said


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"program": "a"}, "`pattern` is missing"),
        ({"pattern": "a"}, "give exactly one of program, path, command"),
        ({"pattern": "a", "program": "a", "path": "/b"}, "give exactly one of"),
        ({"pattern": "a", "program": "a", "colour": "red"}, "unknown key colour"),
        ({"pattern": "a", "command": "sh -c x"}, "`command` is a list"),
        ({"pattern": "a", "program": "a", "source": "x"}, "unknown key source"),
        ({"pattern": "a", "program": "a", "stopSignal": "SIGNOTHING"}, "SIGNOTHING is no signal"),
        ("nonsense", "entry 1"),
    ],
)
def test_a_wrong_entry_names_its_file_and_number(tmp_path: Path, entry: Any, said: str) -> None:
    with pytest.raises(UsageError, match="entry 1") as error:
        Catalogue.read([write(tmp_path / "mine.yaml", entry)])
    assert said in str(error.value)
    assert "mine.yaml" in str(error.value)


@pytest.mark.parametrize("text", ["images: 3", "images: {a: b}", "[", "images: [\n"])
def test_a_file_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(text)
    with pytest.raises(UsageError, match=r"mine\.yaml"):
        Catalogue.read([file])


def test_every_key_of_an_entry_is_read() -> None:
    entry = {
        "pattern": "a", "program": "a", "at": "/app/a", "entrypoint": ["./a"], "args": [1], "env": {"N": 1},
        "workdir": "/app", "user": 100, "stopSignal": "SIGINT", "tools": ["b"], "files": {"/x": "/y"},
        "assets": {"/z": "b/c"}, "mounts": ["/opt/jdk"], "python": True, "version": {"placeholder": "---"},
    }  # fmt: skip
    assert images.recipe(entry, "here") == Recipe(
        "a", "here", program="a", at="/app/a", entrypoint=("./a",), args=("1",), env={"N": "1"}, workdir="/app",
        user="100", stop_signal="SIGINT", tools={"b": ""}, files={"/x": "/y"}, assets={"/z": "b/c"},
        mounts=("/opt/jdk",), python=True, placeholder="---",
    )  # fmt: skip


PAGE = (Path(__file__).parents[4] / "docs" / "node.md").read_text()


def test_the_docs_describe_every_key() -> None:
    table = PAGE.partition("| key | meaning |")[2].partition("\n\n")[0]
    known = {f.name for f in fields(Recipe)} - {"source", "placeholder", "stop_signal", "root"}
    known |= {"version", "stopSignal"}
    assert set(re.findall(r"^\| `(\w+)`", table, flags=re.MULTILINE)) == known


@pytest.mark.parametrize("text", re.findall(r"```yaml\n(.*?)```", PAGE, flags=re.DOTALL))
def test_the_docs_examples_are_read(tmp_path: Path, text: str) -> None:
    file = tmp_path / "images.yaml"
    file.write_text(text)
    (pattern,) = re.findall(r'pattern: "(.*):\*"', text)
    assert Catalogue.read([file]).find(f"{pattern}:1")


def test_a_program_stands_on_the_path_unless_it_is_told_where() -> None:
    assert images.recipe({"pattern": "a", "path": "/srv/app"}, "").argv == ("/usr/local/bin/app",)
    assert images.recipe({"pattern": "a", "path": "/srv/app", "at": "/app"}, "").argv == ("/app",)
    assert images.recipe({"pattern": "a", "command": ["python3", "x.py"]}, "").argv == ("python3", "x.py")


def test_the_projects_own_file_is_right() -> None:
    catalogue = Catalogue.read([paths.fixtures() / "images.yaml"])
    found = catalogue.find("ghcr.io/stefanprodan/podinfo:6.9.2")
    assert found is not None
    assert (found.program, found.inside, found.workdir) == ("podinfo", "/home/app/podinfo", "/home/app")
