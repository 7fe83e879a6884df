"""docs/plan.md and the strategies' pages show what the command prints; ``REGENERATE=1`` writes it and charts anew."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from canarylab.cli.plan import command
from canarylab.model import plan, releases
from canarylab.model.canary import Canary
from canarylab.model.pains import PAINS
from canarylab.model.timeline import Timeline

DOCS = Path(__file__).parent.parent / "docs"
STRATEGIES = DOCS / "strategies"
PAGES = [DOCS / "plan.md", *sorted(STRATEGIES.glob("*.md"))]
CONSOLE = re.compile(r"```console\n\$ canarylab plan ([^\n]*)\n(.*?)```", re.DOTALL)
CHART_OPTIONS = {"ab-testing": ["--gate", "approve=2"]}


def released() -> str:
    rows = [
        f"| {releases.text(one.since)} | {one.subject} | {one.before} | {one.now} | {one.source} |"
        for one in releases.CHANGES
    ]
    return "\n".join(["| since | about | before | from then on | source |", "|---|---|---|---|---|", *rows])


def pains() -> str:
    rows = [f"| `{one.name}` | {one.level.value} | {one.about} | {one.source} |" for one in PAINS]
    return "\n".join(["| name | | looks for | source |", "|---|---|---|---|", *rows])


def ran(*arguments: str) -> str:
    """What the command prints, among the files of ``canaries``."""
    result = CliRunner().invoke(command, list(arguments), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture(autouse=True)
def canaries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The Canaries of the strategies' pages as files in the current folder."""
    for page in STRATEGIES.glob("*.md"):
        block = re.search(r"```yaml\n(.*?)```", page.read_text(), re.DOTALL)
        assert block is not None
        (tmp_path / f"{page.stem}.yaml").write_text(block[1])
    monkeypatch.chdir(tmp_path)


def kept(path: Path, wanted: str) -> None:
    if os.environ.get("REGENERATE"):
        path.write_text(wanted)
    assert path.read_text() == wanted


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_pages_show_what_the_command_prints(page: Path) -> None:
    def console(found: re.Match[str]) -> str:
        return f"```console\n$ canarylab plan {found[1]}\n{ran(*shlex.split(found[1]))}```"

    text = CONSOLE.sub(console, page.read_text())
    for name, part in (("RELEASES", released()), ("PAINS", pains())):
        text = re.sub(
            f"<!-- {name} -->.*<!-- /{name} -->", f"<!-- {name} -->\n{part}\n<!-- /{name} -->", text, flags=re.S
        )
    kept(page, text)


@pytest.mark.parametrize("name", sorted(page.stem for page in STRATEGIES.glob("*.md")))
def test_the_charts_are_those_of_the_pages_canaries(name: str) -> None:
    chart = ran(f"{name}.yaml", *CHART_OPTIONS.get(name, []), "--svg", "-")
    kept(STRATEGIES / f"{name}.svg", chart)
    assert f"({name}.svg)" in (STRATEGIES / f"{name}.md").read_text()


def test_the_snippet_about_plan_and_record_runs(capsys: pytest.CaptureFixture[str]) -> None:
    block = re.search(r"```python\n(.*?)```", (DOCS / "plan.md").read_text(), re.DOTALL)
    assert block is not None
    read = yaml.safe_load(Path("canary.yaml").read_text())
    exec(block[1], {"planned": plan.make(Canary.parse(read)), "record": Timeline(())})  # noqa: S102 - our own page
    assert "planned" in capsys.readouterr().out


def test_each_option_that_asks_what_if_is_on_the_page() -> None:
    asked = set(re.findall(r"^\| `(--[a-z-]+)", (DOCS / "plan.md").read_text(), flags=re.MULTILINE))
    shown = {"--ready", "--start", "--svg", "--strict", "--json", "--canary", "--mesh"}
    assert asked | shown == {name for one in command.params for name in one.opts if name.startswith("--")}
