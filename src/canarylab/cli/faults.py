"""``canarylab faults``: the faults in force on this machine, and those that killed runners left."""

from __future__ import annotations

import json
import time

import click

from canarylab.faults import journal
from canarylab.faults import revert as reverting
from canarylab.faults.journal import Entry


@click.command("faults")
@click.option("--revert", is_flag=True, help="revert the faults of runners that were killed")
@click.option("--json", "as_json", is_flag=True, help="print JSON")
def command(revert: bool, as_json: bool) -> None:
    """List the faults in force, and revert those that killed runners left."""
    reverted = list(reverting.abandoned()) if revert else []
    rows = [_row(entry) for entry in journal.entries()]
    if as_json:
        click.echo(json.dumps({"reverted": reverted, "faults": rows}, indent=1))
        return
    for line in reverted:
        click.echo(line)
    for row in rows:
        since = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(float(row["began"])))
        click.echo(f"{since}  {row['cluster']}/{row['namespace']}  {row['what']}  (its runner is {row['runner']})")
    if not rows:
        click.echo("no fault is in force", err=True)


def _row(entry: Entry) -> dict[str, str | float]:
    return {
        "id": entry.id,
        "what": entry.what,
        "cluster": entry.cluster,
        "namespace": entry.namespace,
        "began": entry.began,
        "runner": "dead" if entry.abandoned else "alive",
    }
