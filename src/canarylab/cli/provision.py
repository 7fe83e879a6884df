"""``canarylab provision``: gets every program of the local rung, and says which one is from where."""

from __future__ import annotations

import json

import click

from canarylab.toolchain import Toolset, progress, provision, spec


def table(toolset: Toolset) -> str:
    """A line for each program: name, version, origin, file."""
    rows = [(each.name, each.version, each.origin, str(each.path)) for each in toolset.programs.values()]
    name, version, origin = (max(len(row[column]) for row in rows) for column in range(3))
    return "\n".join(f"{row[0]:{name}}  {row[1]:{version}}  {row[2]:{origin}}  {row[3]}" for row in rows)


@click.command("provision")
@click.option("--flagger", default="", metavar="VERSION", help="build that release of Flagger, with what it pinned")
@click.option("--kubernetes", default="", metavar="VERSION", help="build that release of Kubernetes, likewise")
@click.option(
    "--with", "extras", default="", metavar="NAME,...", help="get programs that only some clusters need as well"
)
@click.option("--json", "as_json", is_flag=True, help="print JSON")
def command(flagger: str, kubernetes: str, extras: str, as_json: bool) -> None:
    """Get every program of the local rung: take what the machine has, build the rest once."""
    with progress.console() as show:
        toolset = provision(show, flagger, spec.listed(extras), kubernetes)
    if as_json:
        programs = [each.facts() for each in toolset.programs.values()]
        click.echo(json.dumps({"key": toolset.key, "programs": programs}, indent=1))
    else:
        click.echo(table(toolset))
