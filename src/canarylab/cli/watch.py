"""``canarylab watch``: canaries, live, on any cluster whose Canaries may be read."""

from __future__ import annotations

import time
from pathlib import Path

import click

from canarylab.cli import completion, connection, live
from canarylab.kube import contexts
from canarylab.meshes import providers
from canarylab.observe.observer import Observer
from canarylab.observe.record import Record
from canarylab.verify import subject
from canarylab.verify.follow import REQUIRED


@click.command("watch")
@click.argument("names", metavar="[CANARY]...", nargs=-1)
@connection.options
@click.option("--name", default=None, shell_complete=completion.clusters, help="a local cluster of `canarylab list`")
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
    """Follow canaries live: phase, weights, checks, last reason or what is waited for, seconds to the next tick."""
    until = time.monotonic() + seconds if seconds is not None else float("inf")
    make = contexts.connect(_file(name) if name else kubeconfig, context)
    api = make()
    items = connection.await_canaries(api, names, namespace, until, lambda line: click.echo(line, err=True))
    flagger = connection.flagger(api, namespace)
    where = flagger_namespace or (flagger.namespace if flagger else connection.FLAGGER)
    subjects = [subject.read(item, flagger, provider) for item in items]
    pairs = [
        (one, Observer(make, one.canary, providers.route(one.canary.provider), where, Record(), required=REQUIRED))
        for one in subjects
    ]
    try:
        for _, observer in pairs:
            observer.start()
        live.follow(pairs, lambda: time.monotonic() >= until, as_json=as_json)
    finally:
        for _, observer in pairs:
            observer.stop()


def _file(name: str) -> Path:
    """The kubeconfig of a local cluster."""
    from canarylab.clusters.local import registry  # noqa: PLC0415 - only a local cluster needs it

    return registry.find(name).files.kubeconfig
