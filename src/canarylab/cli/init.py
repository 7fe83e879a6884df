"""``canarylab init``: what a repository needs to test its own application."""

from __future__ import annotations

from pathlib import Path

import click

from canarylab.scenario import schema
from canarylab.starter import advice, project
from canarylab.starter.project import Project
from canarylab.starter.wish import Wish
from canarylab.starter.write import write

_FILE = click.Path(path_type=Path)


@click.command("init")
@click.argument("folder", type=click.Path(path_type=Path), default=".")
@click.option("--name", default="", help="the application's name; the folder's if none is given")
@click.option("--port", type=click.IntRange(1, 65535), default=None, help="where it listens; 8080 if nothing says it")
@click.option("--image", default="", help="its image; example.org/NAME:1 if none is given")
@click.option("--path", default="/", show_default=True, help="the page that users ask for")
@click.option("--ready", default="", metavar="PATH", help="the page of the readiness probe; that of users by default")
@click.option("--pod", default="", metavar="REGEX", help="finds the pod's name in an answer, by its one group")
@click.option("--container", default="", help="the container that revisions change; the first if none is named")
@click.option("--command", "line", default="", help="the command line that starts it, such as 'python3 app.py'")
@click.option("--binary", type=_FILE, default=None, metavar="FILE", help="the program, instead of a command line")
@click.option("--canary", type=_FILE, default=None, metavar="FILE", help="a Canary that is there, used as it is")
@click.option("--manifests", type=_FILE, multiple=True, metavar="FILE", help="manifests, used as they are; repeatable")
@click.option("--force", is_flag=True, help="overwrite files")
@click.option("--dry-run", is_flag=True, help="print the files instead of writing them")
def command(  # noqa: PLR0917 - one parameter per option, by name
    folder: Path, name: str, port: int | None, image: str, path: str, ready: str, pod: str, container: str, line: str,
    binary: Path | None, canary: Path | None, manifests: tuple[Path, ...], force: bool, dry_run: bool,
) -> None:  # fmt: skip
    """Write what a repository needs to test its own application: manifests, an images file, a scenario and a test.

    Exit codes: 0, 2 wrong usage or file.
    """
    wish = Wish(name, port or 0, image, path, ready, pod, container, line, binary, canary, manifests)
    made = project.make(folder, wish)
    if not dry_run:
        write(folder, made.texts, force=force)
    click.echo(_printed(made) if dry_run else _told(made, str(folder)))


def _printed(made: Project) -> str:
    """The files one after another; the schema is named only."""
    shown = {name: text for name, text in made.texts.items() if not name.endswith(schema.NAME)}
    parts = [f"# {name}\n{text}" for name, text in shown.items()]
    return "\n".join([*parts, f"# scenarios/{schema.NAME}: what `canarylab schema` prints"])


def _told(made: Project, folder: str) -> str:
    """The files, the commands that come next, and what is to be known."""
    parts = [
        *(f"wrote {name}" for name in made.texts),
        "",
        "next:",
        *(f"  {one}" for one in advice.steps(made, folder)),
        "",
        "to know:",
        *(f"  - {one}" for one in advice.notes(made)),
    ]
    return "\n".join(parts)
