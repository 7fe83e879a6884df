"""``canarylab report``: the report of a run that was killed as a whole, from what its processes had kept."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from canarylab import paths
from canarylab.errors import UsageError
from canarylab.report import case, files, store, text

_TITLE = "Canarylab"


@click.command("report")
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(file_okay=False, path_type=Path))
def command(folder: Path | None) -> None:
    """Write the report of a run that was killed, in every format, into its report folder DIR.

    The newest of the state folder if none is named. Exit codes: 0 all that it kept came as expected, 1 one did not,
    2 nothing of a run is there, 3 it cannot be told, such as of a test that was under way.
    """
    root = folder or _newest()
    report = files.kept(root, _TITLE)
    if report is None:
        raise UsageError("no run has kept anything there", where=str(root), next_step="name the folder of its report")
    files.summarise(report)
    page = files.write(report, root)
    click.echo("\n".join([*text.lines(report), f"report: {page}"]))
    sys.exit(case.exit_code(report.cases))


def _newest() -> Path:
    """The folder of the last run that was asked for none."""
    found = sorted(one.parent for one in paths.reports_dir().glob(f"*/{store.FOLDER}"))
    return found[-1] if found else paths.reports_dir()
