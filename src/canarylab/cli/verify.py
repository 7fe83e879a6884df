"""``canarylab verify``: the verdict on the rollouts of any cluster, for people and for CI."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import click

from canarylab.cli import connection, live
from canarylab.kube import contexts
from canarylab.report import as_json as json_report
from canarylab.report import case, files, junit, text
from canarylab.report.case import Case, Report, Right
from canarylab.report.foreseen import foreseen
from canarylab.verify import follow, rights, subject
from canarylab.verify.follow import Follow, Settings

_TITLE = "canarylab verify"


@click.command("verify")
@click.argument("names", metavar="[CANARY]...", nargs=-1)
@connection.options
@click.option("--start-within", type=float, default=60.0, show_default=True, help="seconds for a rollout to begin")
@click.option("--timeout", type=float, default=None, help="seconds for it to end, instead of its ticks' bound")
@click.option("--prometheus", default="", help="the URL of Flagger's Prometheus, to be asked from here")
@click.option("--junit", "junit_file", type=click.Path(path_type=Path), default=None, help="write JUnit XML")
@click.option("--report", "folder", type=click.Path(path_type=Path), default=None, help="write every format there")
@click.option("--json", "as_json", is_flag=True, help="print JSON; the events go to standard error")
def command(  # noqa: PLR0917 - one parameter per option, by name
    names: tuple[str, ...],
    namespace: str | None,
    kubeconfig: Path | None,
    context: str | None,
    start_within: float,
    timeout: float | None,
    prometheus: str,
    provider: str,
    flagger_namespace: str,
    junit_file: Path | None,
    folder: Path | None,
    as_json: bool,
) -> None:
    """Follow the rollout in progress, or the next one, of these Canaries, and give the verdict.

    All Canaries of the namespace if none is named. Exit codes: 0 all were promoted, 1 one was rolled back or went
    otherwise than Flagger's rules say, 2 wrong usage, 3 it cannot be told.
    """
    make = contexts.connect(kubeconfig, context)
    space = namespace or contexts.namespace(kubeconfig, context)
    api = make()
    items = connection.choose(connection.canaries(api, space), names, space)
    flagger = connection.flagger(api, space)
    where = flagger_namespace or (flagger.namespace if flagger else connection.FLAGGER)
    settings = Settings(make, start_within, timeout, flagger, where, prometheus)
    cases, missing = _followed(settings, [subject.read(one, flagger, provider) for one in items], as_json=as_json)
    report = Report(_TITLE, tuple(cases), tuple(missing), shlex.join(["canarylab", *sys.argv[1:]]))
    _report(report, junit_file, folder, as_json=as_json)
    sys.exit(case.exit_code(cases))


def _followed(settings: Settings, subjects: list[subject.Subject], *, as_json: bool) -> tuple[list[Case], list[Right]]:
    """Follows them all until each is over."""
    follows = follow.start(settings, subjects)
    try:
        pairs = [(one.subject, one.observer) for one in follows]
        live.follow(pairs, lambda: all(one.over() for one in follows), err=as_json)
        return [foreseen(one.case(), one.subject.canary) for one in follows], _missing(follows)
    finally:
        follow.stop(follows)


def _missing(follows: list[Follow]) -> list[Right]:
    return rights.merged(right for one in follows for right in one.rights())


def _report(report: Report, junit_file: Path | None, folder: Path | None, *, as_json: bool) -> None:
    """In every format that was asked for."""
    if junit_file is not None:
        junit_file.parent.mkdir(parents=True, exist_ok=True)
        junit_file.write_text(junit.render(report), encoding="utf-8")
    if folder is not None:
        files.write(report, folder)
    files.summarise(report)
    click.echo(json_report.render(report) if as_json else "\n".join(text.lines(report)))
