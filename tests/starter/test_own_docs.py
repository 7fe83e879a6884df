"""docs/own-application.md shows the example and what the command prints; ``REGENERATE=1`` writes both anew."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from canarylab.cli import cli
from canarylab.scenario import load

DOCS = Path(__file__).parent.parent.parent / "docs"
PAGE = DOCS / "own-application.md"
GREETER = DOCS / "examples" / "greeter" / "greeter.py"
INIT = re.compile(r"^    canarylab (init --name .*)$", re.MULTILINE)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def told(text: str) -> str:
    found = INIT.search(text)
    assert found is not None
    ran = CliRunner().invoke(cli, shlex.split(found[1]), catch_exceptions=False)
    assert ran.exit_code == 0, ran.output
    return ran.output


def test_the_page_shows_the_program_and_what_init_prints(project: Path) -> None:
    text = PAGE.read_text()
    wanted = re.sub(
        r"```python\n\"\"\".*?```", lambda _: f"```python\n{GREETER.read_text()}```", text, count=1, flags=re.S
    )
    wanted = re.sub(r"```\nwrote .*?```", lambda _: f"```\n{told(text)}```", wanted, count=1, flags=re.S)
    if os.environ.get("REGENERATE"):
        PAGE.write_text(wanted)
    assert text == wanted


def test_each_file_that_is_written_is_described(project: Path) -> None:
    written = re.findall(r"^wrote (.*)$", told(PAGE.read_text()), re.MULTILINE)
    described = re.findall(
        r"^\| (`.*?) \|", PAGE.read_text().partition("| file |")[2].partition("\n\n")[0], re.MULTILINE
    )
    assert re.findall(r"`([^`]+)`", " ".join(described)) == written


def test_the_bad_scenario_of_the_page_lints(project: Path) -> None:
    told(PAGE.read_text())
    block = re.search(r"```yaml\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert block is not None
    file = project / "scenarios" / "bad-greeter.yaml"
    file.write_text(block[1])
    assert load.file(file).scenario.title == "A greeter that fails every second time is rolled back"
