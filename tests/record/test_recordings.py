"""The project's own demos: each can be played, has what is made from it beside it, and is in the docs."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import playing
import pytest

from canarylab.cli import demostep
from canarylab.record import cast as casts
from canarylab.record import chapters, parse, screen
from canarylab.record.grammar import DIRECTIVES
from canarylab.record.problem import WrongDemo
from canarylab.record.script import Line

ROOT = Path(__file__).parents[2]
DEMOS = sorted((ROOT / "recordings").glob("*.demo"))
PAGE = (ROOT / "docs" / "recording.md").read_text()
LARGEST, LARGEST_PICTURE = 64 << 10, 512 << 10  # bytes of a cast, and of a picture
LONGEST = 150.0  # seconds that one plays


@pytest.mark.parametrize("demo", DEMOS, ids=lambda one: one.stem)
def test_each_demo_is_right(demo: Path) -> None:
    script = parse.read(demo, demo.name, demostep.wrong)
    assert any(isinstance(one, Line) for one in script.instructions)


@pytest.mark.parametrize("demo", DEMOS, ids=lambda one: one.stem)
def test_what_is_kept_beside_a_demo_belongs_together(demo: Path) -> None:
    made = casts.read(demo.with_suffix(".cast"))
    assert not made.failed
    assert demo.with_suffix(".cast").stat().st_size <= LARGEST
    assert demo.with_suffix(".txt").read_text() == screen.text(made)
    assert demo.with_suffix(".md").read_text() == chapters.table(made)
    assert made.milliseconds / 1000 <= LONGEST


def test_pictures_are_small() -> None:
    assert [one.name for one in (ROOT / "recordings").glob("*.gif") if one.stat().st_size > LARGEST_PICTURE] == []


@pytest.mark.parametrize("demo", DEMOS, ids=lambda one: one.stem)
def test_nothing_idles_in_a_kept_cast_for_more_than_two_seconds(demo: Path) -> None:
    ats = [one.at for one in casts.read(demo.with_suffix(".cast")).events]
    assert max(later - one for one, later in itertools.pairwise(ats)) <= 2000


@pytest.mark.parametrize("demo", DEMOS, ids=lambda one: one.stem)
def test_each_demo_is_in_the_docs(demo: Path) -> None:
    assert f"`{demo.stem}`" in PAGE


def test_every_directive_is_described_as_it_is_written() -> None:
    documented = dict(re.findall(r"^\| `#\$ ([^`]+)` \| (.+) \|$", PAGE, flags=re.MULTILINE))
    assert documented == {one.usage.replace("|", "\\|"): one.about.replace("|", "\\|") for one in DIRECTIVES.values()}


def test_demos_have_their_chapters_in_the_docs() -> None:
    for demo in DEMOS:
        assert demo.with_suffix(".md").read_text().strip() in PAGE


def test_the_demo_of_the_docs_plays() -> None:
    lines = PAGE.partition("```bash\n")[2].partition("```")[0].splitlines()
    assert "Name? Ada\r\nHello, Ada\r\n" in playing.shown(playing.cast(*lines))


def test_what_is_wrong_is_shown_as_the_docs_have_it() -> None:
    text = (ROOT / "recordings" / "promote.demo").read_text().replace("#$ caption", "#$ captoin", 1)
    with pytest.raises(WrongDemo) as raised:
        parse.parse(text, "recordings/promote.demo", ROOT / "recordings" / "promote.demo")
    told = str(raised.value).partition("\n\n")[2]
    assert "".join(f"    {line}\n" for line in told.splitlines()) in PAGE
