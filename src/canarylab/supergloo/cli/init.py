"""``supergloo init``: the kinds and the controller."""

from __future__ import annotations

import click

from canarylab.supergloo import init
from canarylab.supergloo.cli import target
from canarylab.supergloo.cli.target import Target


@click.command("init")
@target.options
def command(where: Target) -> None:
    """Bring SuperGloo into the cluster: its kinds, and its controller in supergloo-system."""
    where.send(*init.objects())
