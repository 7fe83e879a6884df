"""``canarylab down``: ends a cluster made by ``up`` and leaves nothing of it."""

from __future__ import annotations

import click

from canarylab.clusters.local import registry


@click.command("down")
@click.option("--name", default="default", show_default=True, help="the cluster's name")
def command(name: str) -> None:
    """End a cluster: its processes, namespaces, ports and folder."""
    registry.find(name).remove()
    click.echo(f"cluster {name} is gone")
