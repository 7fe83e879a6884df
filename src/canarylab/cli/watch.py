"""``canarylab watch``: canaries, live, on any cluster whose Canaries may be read."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import click
from kubernetes import client, config

from canarylab.clusters.local import registry
from canarylab.errors import UsageError
from canarylab.kube import rest
from canarylab.kube.apply import path
from canarylab.model.canary import Canary
from canarylab.observe import view
from canarylab.observe.observer import Observer
from canarylab.observe.record import Record
from canarylab.observe.routes import ROUTES
from canarylab.report import text

_REFRESH = 0.25  # seconds


def connect(kubeconfig: Path | None, context: str | None, name: str | None) -> Any:
    """A function that makes clients for the cluster meant."""
    file = registry.find(name).files.kubeconfig if name else kubeconfig

    def make() -> Any:
        settings = client.Configuration()
        config.load_kube_config(str(file) if file else None, context, client_configuration=settings)  # type: ignore[no-untyped-call]
        return client.ApiClient(settings)

    try:
        make()
    except (config.ConfigException, OSError) as error:
        raise UsageError(
            f"the kubeconfig cannot be used: {error}", where=str(file or "KUBECONFIG"),
            next_step="name one with --kubeconfig, or a cluster of `canarylab list` with --name",
        ) from error  # fmt: skip
    return make


def find(api: Any, namespace: str | None, names: tuple[str, ...]) -> list[Canary]:
    """The Canaries of these names, or all of them; UsageError for a name that is not there."""
    items = rest.send(api, "GET", path("flagger.app/v1beta1", "canaries", namespace or ""))["items"]
    found = [Canary.parse(item) for item in items if not names or item["metadata"]["name"] in names]
    missing = set(names) - {one.name for one in found}
    if missing or not found:
        raise UsageError(
            f"there is no Canary {', '.join(sorted(missing)) or 'at all'}",
            where=f"namespace {namespace}" if namespace else "all namespaces",
            next_step="kubectl get canaries -A",
        )
    return found


@click.command("watch")
@click.argument("names", metavar="[CANARY]...", nargs=-1)
@click.option("-n", "--namespace", default=None, help="only the Canaries of this namespace")
@click.option("--name", default=None, help="a local cluster of `canarylab list`")
@click.option("--kubeconfig", type=click.Path(path_type=Path), default=None, help="instead of KUBECONFIG's")
@click.option("--context", default=None, help="instead of the kubeconfig's current one")
@click.option("--provider", default="istio", show_default=True, help="of Canaries that name none")
@click.option("--flagger-namespace", default="istio-system", show_default=True, help="where Flagger runs")
@click.option("--seconds", type=float, default=None, help="end after so many seconds")
@click.option("--json", "as_json", is_flag=True, help="print each event as a line of JSON")
def command(  # noqa: PLR0917 - one parameter per option, by name
    names: tuple[str, ...],
    namespace: str | None,
    name: str | None,
    kubeconfig: Path | None,
    context: str | None,
    provider: str,
    flagger_namespace: str,
    seconds: float | None,
    as_json: bool,
) -> None:
    """Follow canaries live: phase, weights, checks, last reason, seconds to the next tick."""
    make = connect(kubeconfig, context, name)
    observers = [
        (one, Observer(make, one, ROUTES.get(one.provider or provider), flagger_namespace, Record()))
        for one in find(make(), namespace, names)
    ]
    until = time.monotonic() + seconds if seconds is not None else float("inf")
    try:
        for _, observer in observers:
            observer.start()
        if sys.stdout.isatty() and not as_json:
            show(observers, until)
        else:
            tell(observers, until, as_json=as_json)
    finally:
        for _, observer in observers:
            observer.stop()


def tell(observers: list[tuple[Canary, Observer]], until: float, *, as_json: bool) -> None:
    """A line for each event, as it comes."""
    told = dict.fromkeys(range(len(observers)), 0)
    began = time.monotonic()
    while time.monotonic() < until:
        for number, (canary, observer) in enumerate(observers):
            events = observer.record.timeline.events
            for event in events[told[number] :]:
                where = {"canary": f"{canary.namespace}/{canary.name}"}
                words = f"{where['canary']} {text.line(event, began)}"
                click.echo(json.dumps({**where, **event.facts()}) if as_json else words)
            told[number] = len(events)
        time.sleep(_REFRESH)


def show(observers: list[tuple[Canary, Observer]], until: float) -> None:
    """A table that is drawn again and again."""
    from rich.live import Live  # noqa: PLC0415 - only a terminal needs it

    with Live(auto_refresh=False) as live:
        while time.monotonic() < until:
            at = time.monotonic()
            live.update(table([view.now(canary, o.record.timeline, at) for canary, o in observers]), refresh=True)
            time.sleep(_REFRESH)


def table(rows: list[view.Now]) -> Any:
    """The rows as a table for the terminal."""
    from rich.table import Table  # noqa: PLC0415

    made = Table("canary", "phase", "weight", "checks", "next tick", "last reason", expand=True)
    for row in rows:
        tick = f"{row.next_tick:.0f} s" if row.next_tick is not None else "-"
        made.add_row(row.name, row.phase, row.weight, row.checks, tick, row.reason)
    return made
