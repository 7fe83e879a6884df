"""docs/reports.md names every format, panel and part, and its example runs."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from canarylab.report import dossier, files

PAGE = (Path(__file__).parent.parent / "docs" / "reports.md").read_text()
sys.path.insert(0, str(Path(__file__).parent / "report"))


def test_every_format_is_described() -> None:
    assert re.findall(r"^\| `([\w.]+)` \|", PAGE.partition("## ")[0], flags=re.MULTILINE) == list(files.FORMATS)


def test_every_panel_is_described() -> None:
    import rollouts  # noqa: PLC0415 - the tests of reports hold it

    drawn = re.findall(r'<p class="name">([^<:]+)', files.FORMATS["index.html"](rollouts.REPORT))
    section = PAGE.partition("| panel | shows |")[2].partition("\n\n")[0]
    assert re.findall(r"^\| ([a-z' ]+) \|", section, flags=re.MULTILINE) == list(dict.fromkeys(drawn))


def test_every_file_of_the_dossier_that_is_shown_is_described() -> None:
    section = PAGE.partition("| part | holds |")[2].partition("\n\n")[0]
    assert set(re.findall(r"`([a-z]+\.(?:txt|log))`", section)) == set(dossier.SHOWN)


def test_the_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    block = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert block is not None
    exec(block[1], {})  # noqa: S102 - our own
    assert {one.name for one in (tmp_path / "out").iterdir()} == set(files.FORMATS)
