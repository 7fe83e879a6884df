"""``canarylab meshes``: the providers of Flagger that there are, and what each can be shown to do."""

from __future__ import annotations

import json

import click

from canarylab.meshes import providers
from canarylab.meshes.provider import AB, BLUE_GREEN, CANARY, MIRROR, Provider

_STRATEGIES = (CANARY, AB, BLUE_GREEN, MIRROR)


@click.command("meshes")
@click.option("--real-only", is_flag=True, help="leave out those whose API is served by translation")
@click.option("--json", "as_json", is_flag=True, help="print JSON")
def command(real_only: bool, as_json: bool) -> None:
    """List the providers of Flagger: what carries their traffic here, and which strategies their routers know."""
    shown = [one for one in providers.every().values() if not (real_only and one.translated)]
    if as_json:
        click.echo(json.dumps([_facts(one) for one in shown], indent=1))
        return
    for line in _table(shown):
        click.echo(line)


def _facts(one: Provider) -> dict[str, object]:
    route = one.route
    return {
        "name": one.name,
        "title": one.title,
        "data_plane": one.plane.value,
        "about": one.about,
        "strategies": list(one.strategies),
        "route": {"kind": route.kind.kind, "api_version": route.kind.api_version} if route else None,
        "upstream": list(one.upstream),
    }


def _table(shown: list[Provider]) -> list[str]:
    rows = [("PROVIDER", "DATA PLANE", *(name.upper() for name in _STRATEGIES), "ROUTE")]
    for one in shown:
        kind = one.route.kind.kind if one.route else "-"
        marks = ("yes" if name in one.strategies else "-" for name in _STRATEGIES)
        rows.append((one.name, one.plane.value, *marks, kind))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows]
