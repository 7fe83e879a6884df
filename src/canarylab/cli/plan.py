"""``canarylab plan``: what a rollout will be, told from its Canary alone, without any cluster."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from canarylab.cli import whatif
from canarylab.cli.located import Located, read
from canarylab.errors import UsageError
from canarylab.model import forecast, pains, plan, releases
from canarylab.model.forecast import Forecast
from canarylab.model.pains import Level, Warned
from canarylab.report.plan import as_json as json_report
from canarylab.report.plan import svg, table

_STDIN = "-"


@click.command("plan")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path())
@click.option("--canary", "names", multiple=True, help="only this Canary of the files; may be repeated")
@click.option("--check-fails", type=int, default=None, metavar="N", help="checks fail from weight or iteration N on")
@click.option("--fails-once", type=int, multiple=True, metavar="N", help="one check fails at weight or iteration N")
@click.option("--fails-at", type=int, default=0, metavar="TICK", help="checks fail from then on")
@click.option("--gate", "gates", multiple=True, metavar="NAME=open|closed|N[@WEIGHT]", help="its answers")
@click.option("--revision", "revisions", type=int, multiple=True, metavar="TICK", help="another revision comes then")
@click.option("--not-ready", is_flag=True, help="the canary's pods never become ready")
@click.option("--primary-not-ready", is_flag=True, help="the primary's pods do not become ready when it is promoted")
@click.option("--rollback-at", type=int, default=0, metavar="TICK", help="a rollback webhook asks for it from then on")
@click.option("--edit-service", "edits", type=int, multiple=True, metavar="TICK", help="spec.service is edited then")
@click.option("--ready", default=None, metavar="SECONDS|MIN..MAX", help="how long pods take to become ready")
@click.option("--flagger", default=releases.RELEASES[-1], show_default=True, metavar="VERSION", help="the release")
@click.option("--provider", default="", help="of Canaries that name none; istio if none is given")
@click.option("--mesh", default="", help="the same by the mesh's name: istio, or none for plain Kubernetes")
@click.option("--start", type=click.DateTime(), default=None, help="when the revision is shipped: times of the day")
@click.option("--svg", "picture", type=click.Path(path_type=Path), default=None, help="write a picture; - prints it")
@click.option("--strict", is_flag=True, help="exit with 1 where there is a warning")
@click.option("--json", "as_json", is_flag=True, help="print JSON")
def command(  # noqa: PLR0917 - one parameter per option, by name
    files: tuple[str, ...], names: tuple[str, ...], check_fails: int | None, fails_once: tuple[int, ...],
    fails_at: int, gates: tuple[str, ...], revisions: tuple[int, ...], not_ready: bool, primary_not_ready: bool,
    rollback_at: int, edits: tuple[int, ...], ready: str | None, flagger: str, provider: str, mesh: str,
    start: datetime | None, picture: Path | None, strict: bool, as_json: bool,
) -> None:  # fmt: skip
    """Predict the rollout of each Canary in the files: what each tick does, and when it comes.

    Other objects of the files are used for warnings. - is standard input. Exit codes: 0, 2 wrong usage or file; 1 with
    --strict where there is a warning.
    """
    asked = whatif.Asked(
        check_fails, fails_once, fails_at, gates, revisions, not_ready, primary_not_ready, rollback_at, edits,
        whatif.ready(ready), releases.version(flagger), whatif.provider(provider, mesh),
    )  # fmt: skip
    objects = list(read(files))
    told = [(one, *_told(one, objects, asked)) for one in _chosen(objects, names, files)]
    _print(told, start, picture, as_json=as_json)
    if strict and any(one.pain.level is Level.WARNING for _, _, found in told for one in found):
        sys.exit(1)


Told = tuple[Located, Forecast, tuple[Warned, ...]]


def _chosen(objects: list[Located], names: tuple[str, ...], files: tuple[str, ...]) -> list[Located]:
    """The Canaries meant; UsageError where there is none."""
    found = [one for one in objects if one.item["kind"] == "Canary"]
    known = [str((one.item.get("metadata") or {}).get("name", "")) for one in found]
    for name in names:
        if name not in known:
            raise UsageError(f"there is no Canary {name}", where=", ".join(files), next_step=whatif.near(name, known))
    if not found:
        kinds = ", ".join(sorted({one.item["kind"] for one in objects})) or "nothing"
        raise UsageError("no Canary in it", where=", ".join(files), next_step=f"it has {kinds}; name the Canary's file")
    return [one for one, name in zip(found, known, strict=True) if not names or name in names]


def _told(one: Located, objects: list[Located], asked: whatif.Asked) -> tuple[Forecast, tuple[Warned, ...]]:
    canary = whatif.canary(one, asked)
    made = forecast.make(plan.make(canary, whatif.assumption(canary, one, asked)), asked.ready)
    others = [other.item for other in objects if other is not one]
    return made, pains.look(one.item, canary, others)


def _print(told: list[Told], start: datetime | None, picture: Path | None, *, as_json: bool) -> None:
    if picture is not None:
        _draw(told, picture)
    if as_json:
        facts = [_facts(one, start) for one in told]
        click.echo(json.dumps({"canaries": facts}, indent=1))
    elif str(picture) != _STDIN:
        texts = (table.render(made, found, start, where.where) for where, made, found in told)
        click.echo("\n\n".join(texts))


def _facts(told: Told, start: datetime | None) -> dict[str, Any]:
    where, made, found = told
    facts = json_report.facts(made, found, start)
    for fact, one in zip(facts["warnings"], found, strict=True):
        fact["where"] = where.where(*one.found.path)
    return facts


def _draw(told: list[Told], picture: Path) -> None:
    """One picture holds one rollout."""
    if len(told) > 1:
        many = ", ".join(str(one[0].item["metadata"]["name"]) for one in told)
        raise UsageError(f"a picture shows one Canary, and there are {many}", next_step="choose one with --canary")
    if str(picture) == _STDIN:
        click.echo(svg.render(told[0][1]), nl=False)
        return
    try:
        picture.write_text(svg.render(told[0][1]))
    except OSError as error:
        raise UsageError(f"the picture cannot be written: {error.strerror}", where=str(picture)) from error
