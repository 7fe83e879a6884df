"""What a report takes from a dossier that was written."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from canarylab.report import dossier
from canarylab.report.case import Measured

VALUE = Measured("rate", "sum(x)", None, 99, None)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in dossier.SHOWN:
        (tmp_path / name).write_text("\n".join(f"{name} {number}" for number in range(200)))
    (tmp_path / "metrics.json").write_text(json.dumps([asdict(VALUE)]))
    return tmp_path


def test_logs_are_sliced_and_objects_are_whole(folder: Path) -> None:
    parts = {one.name: one.text.splitlines() for one in dossier.read(folder).texts("shop/web")}
    assert len(parts["routes.txt"]) == len(parts["pods.txt"]) == 200
    assert parts["target.log, the last 60 of 200 lines"][0] == "target.log 140"


def test_of_flaggers_log_only_what_is_about_the_canary_is_taken(folder: Path) -> None:
    lines = ['{"canary":"web.shop","msg":"a"}', '{"canary":"api.shop"}', '{"canary":"web.shop","msg":"b"}']
    (folder / "flagger.log").write_text("\n".join(lines))
    parts = {one.name: one.text for one in dossier.read(folder).texts("shop/web")}
    assert parts["flagger.log"].splitlines() == [lines[0], lines[2]]


def test_metrics_come_back_as_they_were_measured(folder: Path) -> None:
    assert dossier.read(folder).metrics == (VALUE,)


def test_metrics_that_could_not_be_had_say_so(folder: Path) -> None:
    (folder / "metrics.json").write_text("could not be had: Prometheus does not answer\n")
    found = dossier.read(folder)
    assert (found.metrics, found.files[0].text) == ((), "could not be had: Prometheus does not answer")
