"""``canarylab up``: a cluster that lives until ``down``."""

from __future__ import annotations

import json
from pathlib import Path

import click

from canarylab import stack
from canarylab.toolchain import progress


@click.command("up")
@click.option("--name", default="default", show_default=True, help="the cluster's name")
@click.option("--mesh", default="istio", show_default=True, help="istio or none")
@click.option("--flagger", "flagger_version", default=None, help="another release of Flagger than the pinned one")
@click.option(
    "--images",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="a file of image patterns of your own; may be repeated",
)
@click.option("--json", "as_json", is_flag=True, help="print JSON")
def command(name: str, mesh: str, flagger_version: str | None, images: tuple[Path, ...], as_json: bool) -> None:
    """Bring up a cluster with a mesh, Prometheus and Flagger."""
    with progress.console() as show:
        up = stack.start(name, mesh=mesh, flagger_version=flagger_version, images=images, tell=_tell, progress=show)
    if as_json:
        click.echo(json.dumps(up.facts(), indent=1))
        return
    for line in up.describe():
        click.echo(line)
    click.echo(f"\nexport KUBECONFIG={up.cluster.kubeconfig}")


def _tell(line: str) -> None:
    click.echo(line, err=True)
