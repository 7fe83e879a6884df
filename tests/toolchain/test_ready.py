"""Toolchains that a release has built: what is taken, and what is not."""

from __future__ import annotations

import hashlib
import json
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.toolchain.conftest import Workshop

from canarylab import paths
from canarylab.errors import EnvironmentFault
from canarylab.toolchain import manifest, ready, release
from canarylab.toolchain.make import make
from canarylab.toolchain.progress import Step

Take = Callable[[], bool]


@pytest.fixture
def packed(workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What a release made of the workshop's recipe, installed as a package; the workshop itself has nothing."""
    made = tmp_path / "made"
    make(workshop.look(), made, workshop.go, lambda _: None, 0.0)
    (built,) = (made / "toolchains").iterdir()
    package = tmp_path / "site" / ready.PACKAGE
    digest = release.staged(built, package / ready.FOLDER / built.name)
    (package / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    monkeypatch.delitem(sys.modules, ready.PACKAGE, raising=False)
    monkeypatch.setattr(ready, "locked", lambda: {built.name: digest})
    return package / ready.FOLDER / built.name


@pytest.fixture
def take(workshop: Workshop) -> Take:
    return lambda: ready.take(workshop.look(), workshop.cache, lambda _: None, 0.0)


@pytest.mark.usefixtures("packed")
def test_a_ready_toolchain_is_whole_at_once(workshop: Workshop, take: Take) -> None:
    assert take()
    kit = workshop.look()
    assert kit.complete
    assert {name: info.path.resolve().name for name, info in kit.programs.items()}["two"] == "multi"
    assert not take()  # nothing is missing any more


def test_its_files_are_linked_and_outlive_the_package(workshop: Workshop, packed: Path, take: Take) -> None:
    assert take()
    ours = workshop.look().programs["alpha"].path
    assert ours.samefile(packed / "bin" / "alpha")


@pytest.mark.parametrize("spoil", ["bin/alpha", "manifest.json", ready.LIST])
def test_one_file_that_differs_ends_it_and_nothing_is_taken(
    workshop: Workshop, packed: Path, take: Take, spoil: str
) -> None:
    (packed / spoil).write_text("other")
    with pytest.raises(EnvironmentFault, match=f"{spoil} of the ready toolchain is not the one"):
        take()
    assert [path for path in (workshop.cache / "toolchains").glob("*") if path.is_dir()] == []


def test_what_the_list_does_not_name_is_not_taken(workshop: Workshop, packed: Path, take: Take) -> None:
    (packed / "bin" / "more").write_text("more")
    assert take()
    assert not list(workshop.cache.rglob("more"))


@pytest.mark.parametrize("known", [{}, {"another-go1.99.0": "0" * 64}])
@pytest.mark.usefixtures("packed")
def test_a_key_that_no_lock_names_is_built(take: Take, monkeypatch: pytest.MonkeyPatch, known: dict[str, str]) -> None:
    monkeypatch.setattr(ready, "locked", lambda: known)
    assert not take()


def test_without_a_package_or_a_registry_there_is_none(
    workshop: Workshop, packed: Path, take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ready, "PACKAGE", "canarylab_toolchain_of_nobody")
    assert not take()


def test_what_is_done_is_told(workshop: Workshop, packed: Path) -> None:
    steps: list[Step] = []
    ready.take(workshop.look(), workshop.cache, steps.append, 0.0)
    assert [(step.phase, step.text) for step in steps] == [("taking", f"{packed.name}, built by a release")]


def test_the_lock_names_toolchains_by_key_and_digest() -> None:
    for name, digest in json.loads((paths.fixtures() / "toolchain.lock").read_text()).items():
        key, _, go = name.partition("-")
        assert (len(key), go[:2], len(digest)) == (12, "go", 64)


def test_the_list_is_one_that_sha256sum_reads(packed: Path) -> None:
    for line in (packed / ready.LIST).read_text().splitlines():
        told, name = line.split("  ")
        assert manifest.sha256(packed / name) == told


def test_a_toolchain_that_comes_out_otherwise_than_locked_is_not_packed(packed: Path) -> None:
    release.check(packed.name, ready.locked()[packed.name])
    release.check("unknown-go1.99.0", "0" * 64)
    with pytest.raises(EnvironmentFault, match=r"came out as 0{64}, and the lock says"):
        release.check(packed.name, "0" * 64)


def test_the_layout_holds_the_toolchain_and_gives_the_same_bytes_twice(packed: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        release.layout(packed.parent, tmp_path / name)
    ones, twos = ({p.name: p.read_bytes() for p in (tmp_path / n / "blobs/sha256").iterdir()} for n in ("one", "two"))
    assert ones == twos
    layer = max(ones, key=lambda digest: len(ones[digest]))
    assert hashlib.sha256(ones[layer]).hexdigest() == layer
    with tarfile.open(tmp_path / "one/blobs/sha256" / layer) as tar:
        assert f"{ready.FOLDER}/{packed.name}/bin/alpha" in tar.getnames()
        assert {member.uid for member in tar} == {0}


def test_the_bill_names_programs_and_modules_once(packed: Path) -> None:
    told = {
        "Main": {"Path": "canarylab.dev/toolchain", "Version": "(devel)"},
        "Deps": [
            {"Path": "example.org/a", "Version": "v1.0.0"},
            {"Path": "example.org/b", "Version": "v2.0.0", "Replace": {"Path": "example.org/c", "Version": "v3.0.0"}},
        ],
    }
    bill = release.bill(packed, [("alpha", told), ("alpha", told)])
    libraries = [each["purl"] for each in bill["components"] if each["type"] == "library"]
    assert libraries == ["pkg:golang/example.org/a@v1.0.0", "pkg:golang/example.org/c@v3.0.0"]
    (hashed, *_) = bill["components"][0]["hashes"]
    assert hashed == {"alg": "SHA-256", "content": manifest.sha256(packed / "bin/alpha")}
