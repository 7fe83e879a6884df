"""``canarylab list``: the clusters whose folders are here."""

from __future__ import annotations

import json

import click

from canarylab.clusters.kind import record
from canarylab.clusters.local import registry


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="print JSON")
def command(as_json: bool) -> None:
    """List the clusters made by `up`, or by a run that goes on."""
    rows = [
        {
            "name": c.name,
            "rung": "local",
            "phase": c.status()["phase"] if c.process() else "dead",
            "kubeconfig": str(c.files.kubeconfig),
            "ports": c.ports(),
        }
        for c in registry.every()
    ]
    rows += [
        {"name": c.name, "rung": "kind", "phase": "made", "kubeconfig": str(c.kubeconfig), "ports": {}}
        for c in record.every()
    ]
    if as_json:
        click.echo(json.dumps(rows, indent=1))
        return
    for row in rows:
        click.echo(f"{row['name']:<20} {row['rung']:<8} {row['phase']:<9} {row['kubeconfig']}")
    if not rows:
        click.echo("no cluster; `canarylab up` makes one", err=True)
