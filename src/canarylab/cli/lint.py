"""``canarylab lint``: everything that is wrong with scenario files, without any cluster."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from canarylab.errors import UsageError
from canarylab.problem import Problem
from canarylab.scenario import find, load
from canarylab.scenario.problem import WrongFile


@click.command("lint")
@click.argument("words", metavar="[FILE|FOLDER]...", nargs=-1, type=click.Path())
@click.option("--json", "as_json", is_flag=True, help="print JSON")
def command(words: tuple[str, ...], as_json: bool) -> None:
    """Check scenario files; the folder scenarios if none is named.

    Each problem has its file, line and column, the line with carets under the word, and the nearest right word.
    Exit codes: 0 nothing is wrong, 2 something is.
    """
    paths = find.files(words or (find.FOLDER,))
    problems = [problem for path in paths for problem in _problems(path)]
    if as_json:
        click.echo(json.dumps({"files": len(paths), "problems": [one.facts() for one in problems]}, indent=1))
    else:
        click.echo("\n\n".join([*map(str, problems), _count(len(paths), len(problems))]))
    sys.exit(UsageError.exit_code if problems else 0)


def _problems(path: Path) -> tuple[Problem, ...]:
    try:
        load.file(path, name=load.shown(path))
    except WrongFile as error:
        return error.problems
    return ()


def _count(files: int, problems: int) -> str:
    return f"{files} scenario{'' if files == 1 else 's'}, {problems} problem{'' if problems == 1 else 's'}"
