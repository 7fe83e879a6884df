"""``canarylab install``: Flagger, its load tester or the metrics-server, on the cluster of a kubeconfig."""

from __future__ import annotations

import click

from canarylab import toolchain
from canarylab.errors import UsageError
from canarylab.flagger import charts
from canarylab.kube import manifests
from canarylab.meshes import metricsserver
from canarylab.supergloo.cli import target
from canarylab.supergloo.cli.target import Json, Target
from canarylab.toolchain import Toolset, progress

_METRICS = "metrics-server"
_PLACES = {"flagger": "flagger-system", "loadtester": "test", _METRICS: metricsserver.NAMESPACE}


@click.command("install")
@click.argument("what", type=click.Choice(list(_PLACES)))
@click.option("-n", "--namespace", default="", help="where its programs shall be; made if it is not there")
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="a value of its chart; repeatable")
@target.options
def command(where: Target, *, what: str, namespace: str, settings: tuple[str, ...]) -> None:
    """Install Flagger or its load tester by Flagger's own charts, or the metrics-server by its own manifests."""
    with progress.console() as show:
        toolset = toolchain.provision(show)
    chosen, mesh = charts.driven(settings)
    if mesh and not where.dry_run:
        where.change(mesh, "meshes", {"spec": {"smiEnabled": True}}, "takes TrafficSplits")
    place = namespace or _PLACES[what]
    where.send(manifests.namespace(place), *_objects(toolset, what, place, chosen), namespace=place)


def _objects(toolset: Toolset, what: str, place: str, settings: list[str]) -> list[Json]:
    if what in charts.NAMES:
        return charts.objects(toolset, what, place, settings)
    if settings or place != metricsserver.NAMESPACE:
        raise UsageError(f"the {_METRICS} has no chart: it takes neither --set nor another --namespace", where=what)
    return [item for part in metricsserver.parts(toolset) for item in part.objects]
