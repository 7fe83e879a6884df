"""``canarylab down``: ends a cluster made by ``up``, or removes from another cluster what runs have left there."""

from __future__ import annotations

from pathlib import Path

import click

from canarylab.cli import completion
from canarylab.clusters.kind import record
from canarylab.clusters.local import registry


@click.command("down")
@click.option(
    "--name", default="default", show_default=True, shell_complete=completion.clusters, help="the cluster's name"
)
@click.option("--context", default="", metavar="NAME", help="an existing cluster, by a context of the kubeconfig")
@click.option("--kubeconfig", default="", metavar="FILE", help="instead of KUBECONFIG's")
@click.option("--run", default="", metavar="ID", help="of an existing cluster: the run whose namespaces go")
def command(name: str, context: str, kubeconfig: str, run: str) -> None:
    """End a cluster: its processes or containers, namespaces, ports and folder.

    Kind clusters that killed runs have left are deleted as well.

    With --context the cluster stays, and the namespaces that runs have left there go: those of --run, else those of
    runs that were killed on this machine.
    """
    if context:
        _leave(context, kubeconfig, run)
        return
    for line in record.sweep():
        click.echo(line)
    if record.there(name):
        record.find(name).remove()
    else:
        registry.find(name).remove()
    click.echo(f"cluster {name} is gone")


def _leave(context: str, kubeconfig: str, run: str) -> None:
    from canarylab import joining  # noqa: PLC0415 - only an existing cluster needs it

    left = joining.leave(context, Path(kubeconfig) if kubeconfig else None, run)
    for one in left.removed:
        click.echo(f"removed from {context}: namespace {one}")
    for one, runs in left.others.items():
        click.echo(f"left there: namespace {one} of run {runs}")
    if not left.removed:
        click.echo(f"nothing to remove from {context}", err=True)
