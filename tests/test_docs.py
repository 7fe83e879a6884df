"""The docs name every subcommand, option, fixture and marker, and no others."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from canarylab import pytest_plugin, pytest_rungs, pytest_shards, pytest_versions
from canarylab.cli import cli

ROOT = Path(__file__).parent.parent
MODULES = (pytest_plugin, pytest_rungs, pytest_shards, pytest_versions)


def _sections(page: str) -> dict[str, str]:
    parts = re.split(r"^## (.+)$", (ROOT / "docs" / page).read_text(), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def _options(command: click.Command) -> set[str]:
    return {name for parameter in command.params for name in parameter.opts if name.startswith("--")}


def test_every_subcommand_has_its_section() -> None:
    commands = cli.list_commands(click.Context(cli))
    assert set(_sections("cli.md")) == {f"canarylab {name}" for name in commands}


@pytest.mark.parametrize("name", cli.list_commands(click.Context(cli)))
def test_every_option_is_described(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    documented = set(re.findall(r"^\| `(--[a-z-]+)", _sections("cli.md")[f"canarylab {name}"], flags=re.MULTILINE))
    assert documented == _options(command) - {"--help"}


def test_every_option_of_the_plugin_is_described(pytestconfig: pytest.Config) -> None:
    source = "".join(Path(module.__file__).read_text() for module in MODULES)
    defined = set(re.findall(r'"(--[a-z-]+)", (?:default|metavar|action)', source))
    documented = set(re.findall(r"^\| `(--[a-z-]+)", _sections("pytest.md")["Options"], flags=re.MULTILINE))
    assert defined == documented


def test_every_fixture_and_marker_is_described() -> None:
    source = Path(pytest_plugin.__file__).read_text()
    fixtures = set(re.findall(r"^@pytest\.fixture.*\ndef (\w+)", source, flags=re.MULTILINE))
    documented = set(re.findall(r"^\| `(\w+)`", _sections("pytest.md")["Fixtures"], flags=re.MULTILINE))
    assert documented == fixtures
    markers = set(re.findall(r"^\| `([^`]+)`", _sections("pytest.md")["Markers"], flags=re.MULTILINE))
    assert markers == set(pytest_plugin.MARKERS)


@pytest.mark.parametrize("page", [*sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md"], ids=lambda p: p.name)
def test_links_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text())
    assert [t for t in targets if not (page.parent / t).exists()] == []
