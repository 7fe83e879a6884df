"""``canarylab up``: a cluster that lives until ``down``."""

from __future__ import annotations

import json
from pathlib import Path

import click

from canarylab import paths, stack
from canarylab.clusters.existing import programs
from canarylab.clusters.kind.asked import NODES, Asked
from canarylab.joining import Wish, of_kind
from canarylab.toolchain import progress


@click.command("up")
@click.option("--name", default="default", show_default=True, help="the cluster's name")
@click.option("--cluster", type=click.Choice(["local", "kind"]), default="local", show_default=True, help="the rung")
@click.option("--nodes", default=NODES, show_default=True, metavar="N", help="kind: how many, with the control plane")
@click.option("--engine", default="", metavar="NAME", help="kind: docker or podman, instead of what is there")
@click.option("--node-image", default="", metavar="IMAGE", help="kind: a node image of your own")
@click.option("--client-image", default="", metavar="IMAGE", help="kind: an image with Python for users' pods")
@click.option("--mesh", default="istio", show_default=True, help="istio or none")
@click.option("--flagger", "flagger_version", default=None, help="another release of Flagger than the pinned one")
@click.option("--kubernetes", default=None, help="another release of Kubernetes than the pinned one")
@click.option(
    "--installer", type=click.Choice(stack.INSTALLERS), default=stack.MANIFESTS, show_default=True,
    help="what installs the mesh and Flagger: their manifests at once, or helm, chart by chart",
)  # fmt: skip
@click.option(
    "--images",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="a file of image patterns of your own; may be repeated",
)
@click.option("--pull", is_flag=True, help="pull images that no pattern stands for, of their registries")
@click.option("--json", "as_json", is_flag=True, help="print JSON")
def command(  # noqa: PLR0917 - one parameter per option, by name
    name: str,
    cluster: str,
    nodes: int,
    engine: str,
    node_image: str,
    client_image: str,
    mesh: str,
    flagger_version: str | None,
    kubernetes: str | None,
    installer: str,
    images: tuple[Path, ...],
    pull: bool,
    as_json: bool,
) -> None:
    """Bring up a cluster with a mesh, Prometheus and Flagger."""
    images += (paths.every_image(),) if pull else ()
    with progress.console() as show:
        if cluster == "kind":
            asked = Asked(kubernetes or "", nodes, engine, node_image)
            wish = Wish("", image=client_image or programs.IMAGE)
            up = of_kind.start(name, asked, wish, mesh=mesh, flagger=flagger_version or "", tell=_tell, progress=show)
        else:
            up = stack.start(
                name, mesh=mesh, flagger_version=flagger_version, kubernetes_version=kubernetes, images=images,
                installer=installer, tell=_tell, progress=show,
            )  # fmt: skip
    if as_json:
        click.echo(json.dumps(up.facts(), indent=1))
        return
    for line in up.describe():
        click.echo(line)
    click.echo(f"\nexport KUBECONFIG={up.cluster.kubeconfig}")


def _tell(line: str) -> None:
    click.echo(line, err=True)
