"""``canarylab versions``: the releases that a run can choose, whose newer ones are there, and the tables of runs."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from canarylab.errors import UsageError
from canarylab.toolchain import axes, newer, profiles
from canarylab.toolchain.versions import known


@click.command("versions")
@click.option("--newer", "ask", is_flag=True, help="ask the module proxy for newer releases of all that is pinned")
@click.option(
    "--table", "folders", multiple=True, type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="DIR",
    help="print one table of what runs over versions have left in their report folders; repeatable",
)  # fmt: skip
@click.option("--markdown", is_flag=True, help="print that table as Markdown")
@click.option("--json", "as_json", is_flag=True, help="print JSON")
def command(ask: bool, folders: tuple[Path, ...], markdown: bool, as_json: bool) -> None:
    """Tell the releases of Kubernetes and Flagger that runs can choose, and the historical profile.

    Exit codes: 0 it was told, 2 wrong usage, 3 no module proxy can be asked.
    """
    if markdown and not folders:
        raise UsageError("--markdown is of --table DIR", next_step="give both")
    if folders:
        click.echo(_table(folders, markdown=markdown))
    elif ask:
        found = newer.ask()
        told = json.dumps([asdict(one) for one in found], indent=1) if as_json else "\n".join(map(str, found))
        click.echo(told or "nothing newer than what is pinned")
    else:
        click.echo(json.dumps(_facts(), indent=1) if as_json else "\n".join(_lines(_facts())))


def _table(folders: tuple[Path, ...], *, markdown: bool) -> str:
    from canarylab.report import versions  # noqa: PLC0415 - only a table needs it

    shown = versions.merged([versions.read(folder) for folder in folders])
    if not shown:
        raise UsageError(
            "no run over versions has left anything there", where=", ".join(map(str, folders)),
            next_step="name the report folders of `tox -e matrix`",
        )  # fmt: skip
    return versions.markdown(shown).rstrip() if markdown else "\n".join(versions.text(shown))


def _facts() -> dict[str, Any]:
    """Both axes and the historical profile, as plain data."""
    newest = profiles.flagger()[0]
    found = [
        {**asdict(one), "unsupported by": axes.unsupported(axes.Cell(one.release, newest))}
        for one in profiles.kubernetes()
    ]
    return {"kubernetes": found, "flagger": list(profiles.flagger()), "historical": known()["historical"]}


def _lines(facts: dict[str, Any]) -> list[str]:
    axis = [
        f"Kubernetes {one['release']:8}  etcd {one['etcd']}, Go {one['go']} or newer"
        + "".join(f"; not supported by {words}" for words in one["unsupported by"])
        for one in facts["kubernetes"]
    ]
    past = facts["historical"]
    parts = [f"  {part['name']} {part['version']}: {part['found']}" for part in past["parts"]]
    return [*axis, f"Flagger {', '.join(facts['flagger'])}", f"historical, for {past['rung']}: {past['about']}", *parts]
