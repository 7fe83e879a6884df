"""A report in files: the five formats in a folder, and its Markdown appended to the summary of a GitHub job.

:func:`of_run` is for a run whose processes kept their cases in its folder.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from canarylab.errors import UsageError
from canarylab.report import as_json, html, junit, markdown, store, text, versions
from canarylab.report.case import Report

PAGE = "index.html"
FORMATS: Mapping[str, Callable[[Report], str]] = {
    PAGE: html.render,
    "report.json": as_json.render,
    "report.md": markdown.render,
    "junit.xml": junit.render,
    "report.txt": text.render,
}
_SUMMARY = "GITHUB_STEP_SUMMARY"


def write(report: Report, folder: Path) -> Path:
    """Every format; the page's file. UsageError where the folder cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, render in FORMATS.items():
            (folder / name).write_text(render(report), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"the report cannot be written: {error.strerror}", where=str(folder)) from error
    return folder / PAGE


def summarise(report: Report) -> None:
    """To the summary of the job, where this runs in one."""
    if summary := os.environ.get(_SUMMARY):
        with Path(summary).open("a", encoding="utf-8") as file:
            file.write(markdown.render(report))


def kept(root: Path, title: str, command: str = "") -> Report | None:
    """The report of what a run keeps below ``root``, also of one that was killed; None if there is nothing."""
    shown = versions.read(root)
    if not (shown or (root / store.FOLDER).is_dir()):
        return None
    return Report(title, store.read(root), command=command, versions=shown)


def of_run(root: Path, title: str, command: str, *, asked: bool) -> Path | None:
    """Puts together what is kept below ``root``, also of a run that was broken off; the page's file.

    None if there is nothing; or if all is fine and no report was ``asked`` for: then nothing is left behind.
    """
    report = kept(root, title, command)
    if report is None:
        return None
    summarise(report)
    if asked or not all(one.holds for one in report.cases):
        return write(report, root)
    store.discard(root)
    return None
