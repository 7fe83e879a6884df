"""Layers over each other: what comes, what goes, and that nothing reaches outside."""

from __future__ import annotations

import contextlib
import gzip
import os
import tarfile
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from pushed import Entry, digest, folder, hardlink, symlink, tar

from canarylab.images import inside, layers
from canarylab.images.problem import PullFault


def unpacked(home: Path, *tars: bytes, owners: bool = False) -> Path:
    """The root that layers make."""
    root = home / "root"
    root.mkdir()
    for number, data in enumerate(tars):
        file = home / f"layer-{number}"
        file.write_bytes(data)
        layers.unpack(file, digest(data), root, owners=owners)
    return root


def tree(root: Path) -> dict[str, str]:
    """Path -> text of a file, ``/`` for a folder, ``-> TARGET`` for a link."""
    found = {}
    for path in sorted(root.rglob("*")):
        kind = f"-> {os.readlink(path)}" if path.is_symlink() else "/" if path.is_dir() else path.read_text()
        found[str(path.relative_to(root))] = kind
    return found


LOWER = tar(folder("d"), Entry("d/a", b"a"), Entry("d/b", b"b"), folder("d/e"), Entry("d/e/f", b"f"), Entry("g", b"g"))


def test_a_later_layer_goes_before_an_earlier_one(tmp_path: Path) -> None:
    root = unpacked(tmp_path, LOWER, tar(Entry("d/a", b"new"), Entry("i", b"i")))
    assert tree(root) == {"d": "/", "d/a": "new", "d/b": "b", "d/e": "/", "d/e/f": "f", "g": "g", "i": "i"}


def test_a_whiteout_takes_a_file_or_a_folder_away(tmp_path: Path) -> None:
    root = unpacked(tmp_path, LOWER, tar(Entry("d/.wh.a"), Entry("d/.wh.e"), Entry(".wh.absent")))
    assert tree(root) == {"d": "/", "d/b": "b", "g": "g"}


@pytest.mark.parametrize("first", [True, False])
def test_an_opaque_folder_keeps_only_what_its_own_layer_has(tmp_path: Path, first: bool) -> None:
    """Wherever in the layer it is said."""
    opaque, own = Entry("d/.wh..wh..opq"), [folder("d/e"), Entry("d/e/new", b"n"), Entry("d/b", b"B")]
    root = unpacked(tmp_path, LOWER, tar(*([opaque, *own] if first else [*own, opaque])))
    assert tree(root) == {"d": "/", "d/b": "B", "d/e": "/", "d/e/new": "n", "g": "g"}


def test_a_folder_and_what_is_none_take_each_others_place(tmp_path: Path) -> None:
    root = unpacked(tmp_path, LOWER, tar(Entry("d", b"now a file"), folder("g"), Entry("g/h", b"h")))
    assert tree(root) == {"d": "now a file", "g": "/", "g/h": "h"}


def test_a_link_in_the_place_of_a_folder_is_no_folder(tmp_path: Path) -> None:
    root = unpacked(tmp_path, LOWER, tar(symlink("d", "elsewhere")), tar(folder("d"), Entry("d/x", b"x")))
    assert tree(root) == {"d": "/", "d/x": "x", "g": "g"}


def test_hard_links_are_one_file_also_across_layers(tmp_path: Path) -> None:
    root = unpacked(tmp_path, LOWER, tar(hardlink("one", "d/a"), hardlink("two", "/one"), hardlink("g", "g")))
    assert (root / "two").samefile(root / "d/a")
    assert tree(root)["g"] == "g"


def test_a_folder_that_only_its_files_name_is_made(tmp_path: Path) -> None:
    assert tree(unpacked(tmp_path, tar(Entry("./x/y/z", b"z")))) == {"x": "/", "x/y": "/", "x/y/z": "z"}


def test_modes_are_the_layers_and_folders_can_be_removed(tmp_path: Path) -> None:
    entries = [
        folder("d", 0o555),
        Entry("d/s", mode=0o4755),
        Entry("d/none", mode=0),
        Entry("fifo", kind=tarfile.FIFOTYPE),
    ]
    root = unpacked(tmp_path, tar(*entries))
    assert [oct((root / name).stat().st_mode & 0o7777) for name in ("d", "d/s", "d/none")] == ["0o755", "0o4755", "0o0"]


def test_devices_are_left_out(tmp_path: Path) -> None:
    entries = [Entry("dev/sda", kind=tarfile.BLKTYPE), Entry("dev/mem", kind=tarfile.CHRTYPE), Entry("a", b"a")]
    assert tree(unpacked(tmp_path, tar(*entries))) == {"a": "a"}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files to others")
def test_owners_are_the_layers_where_ids_are_real(tmp_path: Path) -> None:
    root = unpacked(tmp_path, tar(Entry("a", uid=100, gid=101), symlink("l", "/a")), owners=True)
    assert (root / "a").stat().st_uid == 100
    assert (root / "a").stat().st_gid == 101


OUTSIDE = [
    (Entry("../../outside", b"x"),),
    (Entry("/outside", b"x"),),
    (symlink("up", "../.."), Entry("up/outside", b"x")),
    (symlink("l", "{home}"), Entry("l/outside", b"x")),
    (symlink("a", "b"), symlink("b", "{home}"), Entry("a/outside", b"x")),
    (symlink("outside", "{home}/secret"), Entry("outside", b"x")),
    (symlink("l", "{home}"), Entry("l/.wh.secret")),
    (symlink("l", "{home}"), Entry("l/.wh..wh..opq")),
    (Entry("../.wh.secret"),),
]


@pytest.mark.parametrize("entries", OUTSIDE)
def test_nothing_is_written_or_removed_outside(tmp_path: Path, entries: tuple[Entry, ...]) -> None:
    (tmp_path / "secret").write_text("safe")
    placed = [Entry(e.name, e.data, e.kind, e.link.replace("{home}", str(tmp_path)), e.mode) for e in entries]
    unpacked(tmp_path, *(tar(each) for each in placed))
    assert sorted(path.name for path in tmp_path.iterdir() if not path.name.startswith("layer-")) == ["root", "secret"]
    assert (tmp_path / "secret").read_text() == "safe"


def test_a_hard_link_reaches_nothing_outside(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("safe")
    with pytest.raises(PullFault, match="links stolen to"):
        unpacked(tmp_path, tar(hardlink("stolen", f"{tmp_path}/secret")))


@pytest.mark.parametrize(
    "entries",
    [
        (Entry("f", b"x"), Entry("f/below", b"x")),
        (symlink("a", "b"), symlink("b", "a"), Entry("a/x", b"x")),
        (Entry("."),),
    ],
)
def test_a_layer_that_contradicts_itself_is_refused(tmp_path: Path, entries: tuple[Entry, ...]) -> None:
    with pytest.raises(PullFault, match=r"a layer (contradicts itself|has something else than a folder)"):
        unpacked(tmp_path, tar(*entries))


@pytest.mark.parametrize("pack", [lambda data: data, gzip.compress, zstandard.compress])
def test_a_layer_is_packed_by_gzip_zstandard_or_not_at_all(tmp_path: Path, pack: object) -> None:
    (tmp_path / "root").mkdir()
    (tmp_path / "layer").write_bytes(pack(LOWER))  # type: ignore[operator]
    layers.unpack(tmp_path / "layer", digest(LOWER), tmp_path / "root", owners=False)
    assert (tmp_path / "root/d/a").read_text() == "a"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (LOWER, "and the image says"),
        (gzip.compress(LOWER)[:-90], "cannot be unpacked"),
        (LOWER[:700], "and the image says"),
    ],
)
def test_a_layer_that_is_another_or_not_whole_is_refused(tmp_path: Path, data: bytes, words: str) -> None:
    (tmp_path / "layer").write_bytes(data)
    (tmp_path / "root").mkdir()
    with pytest.raises(PullFault, match=words):
        layers.unpack(tmp_path / "layer", digest(b"another"), tmp_path / "root", owners=False)


NAMES = st.sampled_from(
    ["a", "b", "a/b", "b/a", "a/b/a", "../a", "/b", "a/../../b", "a/.wh.b", ".wh.a", "b/.wh..wh..opq"]
)
LINKS = st.sampled_from(["a", "/", "..", "../..", "/a/b", "b/../..", "../../../tmp", "."])
ENTRIES = st.one_of(
    st.builds(Entry, NAMES, st.just(b"x")),
    st.builds(folder, NAMES),
    st.builds(symlink, NAMES, LINKS),
    st.builds(hardlink, NAMES, st.one_of(NAMES, LINKS)),
)


@given(st.lists(st.lists(ENTRIES, max_size=5), max_size=4))
def test_whatever_layers_say_the_folder_beside_stays_as_it_is(
    tmp_path_factory: pytest.TempPathFactory, given: list[list[Entry]]
) -> None:
    home = tmp_path_factory.mktemp("any")
    beside = home / "beside"
    beside.write_text("safe")
    with contextlib.suppress(PullFault):
        unpacked(home, *(tar(*each) for each in given))
    assert beside.read_text() == "safe"
    assert beside.stat().st_nlink == 1
    assert {path.name for path in home.iterdir() if not path.name.startswith("layer-")} == {"root", "beside"}


def test_a_path_inside_never_leads_out(tmp_path: Path) -> None:
    (tmp_path / "abs").symlink_to("/etc")
    (tmp_path / "up").symlink_to("../../..")
    assert inside.resolve(str(tmp_path), "abs/passwd") == f"{tmp_path}/etc/passwd"
    assert inside.resolve(str(tmp_path), "up/up/x") == f"{tmp_path}/x"
    assert inside.resolve(str(tmp_path), "../../x") == f"{tmp_path}/x"
    assert inside.resolve(str(tmp_path), "abs", follow_last=False) == f"{tmp_path}/abs"
