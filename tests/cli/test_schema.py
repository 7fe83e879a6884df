"""``canarylab schema`` prints the schema that the docs have."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from canarylab.cli import cli

FILE = Path(__file__).parents[2] / "docs" / "scenario.schema.json"


def test_the_schema_is_that_of_the_docs() -> None:
    told = CliRunner().invoke(cli, ["schema"])
    assert (told.exit_code, told.output) == (0, FILE.read_text())
