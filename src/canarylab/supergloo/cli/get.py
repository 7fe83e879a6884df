"""``supergloo get``: SuperGloo's objects as kubectl shows them, with the columns that the API server itself makes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from canarylab.errors import UsageError
from canarylab.kube import apply, contexts, rest
from canarylab.supergloo.api.data import API_VERSION, NAMESPACE
from canarylab.supergloo.cli import target
from canarylab.supergloo.definitions import DEFINITIONS

Json = dict[str, Any]

_TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"
_BETWEEN = 3  # columns, as kubectl has it
_NO_KIND = 404


@click.command("get")
@click.argument("kind")
@click.argument("name", required=False, default="")
@click.option("-n", "--namespace", default=NAMESPACE, show_default=True, help="the objects' namespace")
@click.option("-A", "--all-namespaces", is_flag=True, help="those of all namespaces")
@click.option("-o", "--output", type=click.Choice(["wide", "yaml", "json"]), default=None, help="more of them")
@target.cluster
def command(*, kubeconfig: Path | None, context: str | None, kind: str, name: str, namespace: str,
            all_namespaces: bool, output: str | None) -> None:  # fmt: skip
    """Show objects: installs, meshes, meshgroups, meshingresses, routingrules (rr), securityrules, upstreams."""
    space = "" if all_namespaces else namespace
    where = apply.path(API_VERSION, plural(kind), space, name)
    api = contexts.connect(kubeconfig, context)()
    if output in ("yaml", "json"):
        click.echo(target.shown([_asked(api, where)], output), nl=False)
        return
    told = _asked(api, where, _TABLE)
    if not told["rows"]:
        click.echo(f"No resources found{f' in {space} namespace' if space else ''}.", err=True)
        return
    for line in lines(table(told, wide=output == "wide", spaces=all_namespaces)):
        click.echo(line)


def plural(word: str) -> str:
    """The plural of a kind, of its plural, its singular or its short name; UsageError that lists what there is."""
    for one in DEFINITIONS:
        if word.lower() in (one.plural, one.type.__name__.lower(), one.short):
            return one.plural
    known = ", ".join(f"{one.plural} ({one.short})" for one in DEFINITIONS)
    raise UsageError(f"there is no kind {word!r}", next_step=f"choose one of {known}")


def _asked(api: Any, where: str, accept: str = "application/json") -> Json:
    try:
        return rest.send(api, "GET", where, accept=accept)
    except rest.Refused as error:
        next_step = "`supergloo init` brings SuperGloo's kinds" if error.status == _NO_KIND else ""
        raise UsageError(error.what, where=error.where, next_step=next_step) from error


def table(told: Json, *, wide: bool, spaces: bool) -> Iterator[list[str]]:
    """The cells that are shown of the server's table, the head first."""
    shown = [number for number, one in enumerate(told["columnDefinitions"]) if wide or not one["priority"]]
    head = [told["columnDefinitions"][number]["name"].upper() for number in shown]
    yield ["NAMESPACE", *head] if spaces else head
    for row in told["rows"]:
        cells = ["" if row["cells"][number] is None else str(row["cells"][number]) for number in shown]
        yield [row["object"]["metadata"]["namespace"], *cells] if spaces else cells


def lines(rows: Iterator[list[str]]) -> Iterator[str]:
    """Rows as text, each column as wide as its widest cell."""
    found: Sequence[list[str]] = list(rows)
    widths = [max(map(len, column)) + _BETWEEN for column in zip(*found, strict=True)]
    for row in found:
        yield "".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
