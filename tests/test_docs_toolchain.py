"""``docs/toolchain.md`` names each program and file with its pinned version; ``REGENERATE=1`` writes them anew."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
import yaml

from canarylab import paths
from canarylab.toolchain import spec
from canarylab.toolchain.progress import Step
from canarylab.toolchain.recipe import pinned
from canarylab.toolchain.spec import Program
from canarylab.toolchain.versions import Range, accepted, known, read_pins

PAGE = Path(__file__).parent.parent / "docs" / "toolchain.md"
PINS = pinned(paths.toolchain_source()).pins


def section(title: str) -> str:
    return re.split(rf"^## {re.escape(title)}$", PAGE.read_text(), flags=re.MULTILINE)[1].split("\n## ")[0]


def words(held: Range) -> str:
    """A range as the page tells it."""
    if held.minors_apart == 0:
        return "the same minor version"
    return f"{held.at_least} or newer" + (f", below {held.below}" if held.below else "")


def program(each: Program) -> str:
    """The row of a program."""
    if each.package:
        source, version = f"`{each.module}`", PINS.version(each.module)
    else:
        source, version = f"wheel `{each.module}`", words(accepted("wheels", each.module))
    return f"| {each.name} | {source} | {version} | {words(accepted('programs', each.name)) if each.ask else ''} |"


def demanded(each: spec.Extra) -> str:
    """The row of an extra."""
    version = read_pins(paths.toolchain_source() / "extra" / each.name / "go.mod").version(each.module)
    files = ", ".join(f"`{asset.target}`" for asset in each.assets)
    programs = ", ".join(program.name for program in each.programs)
    return f"| {each.name} | {programs} | `{each.module}` | {version} | {files} |"


def rows(title: str) -> list[str]:
    """What the table of a section is to be."""
    if title == "Programs on demand":
        return [demanded(each) for each in spec.EXTRAS.values()]
    if title == "Programs":
        go = f"| go | wheel `{spec.WHEELS['go'].distribution}` | {PINS.go} or newer | {PINS.go} or newer, from PATH |"
        return [*map(program, spec.PROGRAMS), go]
    return [f"| `{each.target}` | `{each.module}` | {PINS.version(each.module)} |" for each in spec.ASSETS]


@pytest.mark.parametrize("title", ["Programs", "Files", "Programs on demand"])
def test_the_tables_say_what_is_pinned(title: str) -> None:
    table = re.compile(rf"(^## {title}\n(?:[^|].*\n|\n|\| .*\n)*?\|---[-|]*\n)((?:\| .*\n)*)", re.MULTILINE)
    wanted = "".join(f"{row}\n" for row in rows(title))
    if os.environ.get("REGENERATE"):
        PAGE.write_text(table.sub(lambda found: found[1] + wanted, PAGE.read_text(), count=1))
    told = table.search(PAGE.read_text())
    assert told
    assert told[2] == wanted


def test_the_load_testers_tools_are_those_of_its_image() -> None:
    images = yaml.safe_load((paths.fixtures() / "images.yaml").read_text())["images"]
    tester = next(each for each in images if "flagger-loadtester" in each["pattern"])
    told = section("What the load tester's image holds")
    assert [tool for tool in tester["tools"] if not re.search(rf"^\| {tool}\b", told, re.MULTILINE)] == []


def test_progress_looks_as_the_page_shows_it() -> None:
    shown = section("Progress")
    assert Step("downloading", "208 modules so far, now github.com/aws/aws-sdk-go v1.55.8", elapsed=16).line() in shown
    text = "prometheus (github.com/google/s2a-go/internal/proto); ready: kubernetes"
    assert Step("building", text, 3622, 4758, 580).line() in shown


def test_the_tags_and_flags_of_the_build_are_explained() -> None:
    told = section("What it costs")
    flags = [*spec.TAGS, spec.COMPILER_FLAGS.removeprefix("all="), "-s"]
    assert [each for each in flags if f"`{each}`" not in told] == []


def test_an_extra_is_named_with_its_cost_and_on_the_command_line() -> None:
    told, options = section("What it costs"), (PAGE.parent / "cli.md").read_text()
    assert [name for name in spec.EXTRAS if f"| {name} |" not in told] == []
    assert [name for name in spec.EXTRAS if f"`{name}`" not in options] == []


def test_the_releases_of_flagger_stand_where_the_page_says() -> None:
    assert "`fixtures/versions.yaml`" in section("Another release of Flagger")
    assert PINS.version(spec.FLAGGER).removeprefix("v") in known()["flagger"]
