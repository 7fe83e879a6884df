"""``canarylab record``: demos, recorded and checked."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from canarylab.errors import VerdictError

if TYPE_CHECKING:
    from canarylab.record.files import Recording
    from canarylab.record.ground import Ground
    from canarylab.record.script import Script
    from canarylab.stack import Stack

FOLDER = "recordings"


@click.command("record")
@click.argument("words", metavar="NAME|FILE...", nargs=-1, required=True)
@click.option("--check", is_flag=True, help="record again and compare; write nothing")
@click.option("--dry-run", is_flag=True, help="read the demos, print their steps, start nothing")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=None, help="the folder to write to")
@click.option("--engine", type=click.Choice(["canarylab", "asciinema-automation"]), default="canarylab",
              show_default=True, help="the program that plays them")  # fmt: skip
@click.option("--attach", default="", metavar="NAME", help="a cluster of `canarylab list`, instead of a new one")
@click.option("--flagger", default="", help="another release of Flagger than the pinned one")
def command(  # noqa: PLR0917 - one parameter per option, by name
    words: tuple[str, ...], check: bool, dry_run: bool, out: Path | None, engine: str, attach: str, flagger: str
) -> None:
    """Record demos: files NAME.demo, or their names in the folder recordings.

    Exit codes: 0 recorded, 1 a demo went wrong or came out otherwise, 2 wrong usage or file, 3 the environment.
    """
    from canarylab.cli import demostep  # noqa: PLC0415 - only who records needs any of it
    from canarylab.record import automation, files, parse  # noqa: PLC0415

    found = [files.find(word, Path(FOLDER), ".demo") for word in words]
    scripts = [(path, parse.read(path, str(path), demostep.wrong)) for path in found]
    for path, script in scripts:
        folder = out or path.parent
        if dry_run:
            _print(script)
        elif engine == "canarylab":
            _tell(_record(script, folder, attach, flagger), folder, check=check)
        else:
            click.echo(f"{script.name}: wrote {automation.record(path, folder)}")


def _print(script: Script) -> None:
    cluster = f"on {script.rung}, mesh {script.mesh or 'istio'}" if script.rung else "without a cluster"
    click.echo(f"{script.name}: {len(script.instructions)} steps, {cluster}")
    for one in script.instructions:
        click.echo(f"  {one.where}: {one.text}")


def _record(script: Script, folder: Path, attach: str, flagger: str) -> Recording:
    """Records one demo; VerdictError with the line and the screen when it goes wrong."""
    from canarylab.record import files, screen, session  # noqa: PLC0415

    with _ground(script, attach, flagger) as (ground, variables):
        done = session.record(script, Path.cwd(), ground, variables)
    if done.failure is None:
        return files.of(script.name, done.composed, done.secrets)
    files.failed(script.name, done.composed, done.secrets).keep(folder)
    *_, last = screen.of(done.composed.cast)
    shown = re.sub(r"\n{3,}", "\n\n", "\n".join(last.lines)).strip("\n")
    raise VerdictError(
        f"{done.failure.what}\n\n{shown}\n", where=done.failure.where,
        next_step=f"canarylab render {folder / script.name}.failed.cast shows how it came to that",
    )  # fmt: skip


def _tell(made: Recording, folder: Path, *, check: bool) -> None:
    if check:
        made.check(folder)
        click.echo(f"{made.name}: came out the same again")
        return
    written = made.keep(folder)
    click.echo(f"{made.name}: " + (f"wrote {', '.join(map(str, written))}" if written else "came out the same again"))


@contextmanager
def _ground(script: Script, attach: str, flagger: str) -> Iterator[tuple[Ground | None, dict[str, str]]]:
    """The cluster that a demo needs, with its variables; nothing for one that needs none."""
    if not script.rung:
        yield None, {}
        return
    from canarylab.cli.demostep import Steps  # noqa: PLC0415
    from canarylab.record.ground import Ground  # noqa: PLC0415

    with _stack(script, attach, flagger) as up, tempfile.TemporaryDirectory() as folder:
        steps = Steps()
        ground = Ground(up, script.canaries, Path(folder), steps.do)
        programs = str(up.cluster.kubectl_program.parent)
        where = {"PATH": os.pathsep.join([programs, os.environ.get("PATH", "")])}
        try:
            yield ground, {"KUBECONFIG": str(up.cluster.kubeconfig), **where}
        finally:
            ground.close()
            steps.undo()


@contextmanager
def _stack(script: Script, attach: str, flagger: str) -> Iterator[Stack]:
    from canarylab import stack  # noqa: PLC0415

    mesh = script.mesh or "istio"
    if attach:
        yield stack.attach(attach, mesh=mesh, flagger_version=flagger or None)
        return
    with stack.running(f"demo-{script.name}-{os.getpid()}"[:40], mesh=mesh, flagger_version=flagger or None) as up:
        yield up
