"""``canarylab regressions``: what fails in one run that did not in the run before, as the text of an issue."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from canarylab.errors import UsageError
from canarylab.report import ran, regressions


@click.command("regressions")
@click.argument("before", type=click.Path(path_type=Path))
@click.argument("after", type=click.Path(path_type=Path))
@click.option("--link", default="", metavar="URL", help="where the run can be looked at, for the text")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), default=None, help="write the text there")
@click.option("--json", "as_json", is_flag=True, help="print JSON")
def command(before: Path, after: Path, link: str, out: Path | None, as_json: bool) -> None:
    """Compare two runs: each is a report.json, JUnit XML, or a folder of these.

    Exit codes: 0 nothing fails newly, 1 something does, 2 wrong usage or file.
    """
    found = regressions.between(ran.read(before), ran.read(after))
    text = regressions.issue(found, link)
    if out is not None:
        _write(out, text)
    told = {"new": [asdict(one) for one in found.new], "fixed": [asdict(one) for one in found.fixed]}
    click.echo(json.dumps({**told, "gone": found.gone, "ran": found.ran}, indent=1) if as_json else text, nl=as_json)
    sys.exit(1 if found.any else 0)


def _write(out: Path, text: str) -> None:
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"the text cannot be written: {error.strerror}", where=str(out)) from error
