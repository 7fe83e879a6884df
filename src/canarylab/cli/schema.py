"""``canarylab schema``: the JSON Schema of scenario files, made from the models."""

from __future__ import annotations

import click

from canarylab.scenario import schema


@click.command("schema")
def command() -> None:
    """Print the JSON Schema of scenario files, for editors."""
    click.echo(schema.text(), nl=False)
