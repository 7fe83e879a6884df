"""The report of a rollout that did not go as expected explains it from the real cluster alone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from canarylab.errors import VerdictError
from canarylab.journey import Application, Change, Journey, cases
from canarylab.report import files
from canarylab.report.case import Case, Outcome, Report


@pytest.fixture
def app(short: Application) -> Application:
    return short


@pytest.mark.canary
def test_a_wrong_expectation_leaves_a_report_that_explains_it(canary: Journey, tmp_path: Path) -> None:
    outcome = canary.ship(Change(tag="6.9.1", env={"TOKEN": "hunter2"}))
    with pytest.raises(VerdictError) as error:
        outcome.assert_rolled_back()
    made = cases.of(canary, "e2e/test_report.py::test_x", failure=str(error.value), reproduce="pytest e2e")
    explains(made[0])
    files.write(Report("Canarylab", made), tmp_path)
    written = [(tmp_path / name).read_text() for name in files.FORMATS]
    assert all("Succeeded" in one and "hunter2" not in one for one in written)


def explains(case: Case) -> None:
    """What the dossier needs to have."""
    assert (case.outcome, case.holds) == (Outcome.PROMOTED, False)
    assert "the Canary was rolled back" in [one.claim for one in case.wrong]
    assert {one.metric for one in case.metrics} == {"request-success-rate", "request-duration"}
    assert all("istio_request" in one.query for one in case.metrics)
    parts = {one.name.partition(",")[0]: one.text for one in case.parts}
    assert "podinfo-primary" in parts["pods.txt"]
    assert "VirtualService" in parts["routes.txt"]
    assert f'"canary":"podinfo.{case.namespace}"' in parts["flagger.log"]
    assert case.ground is not None
    behind = {one.program: one.sha256 for one in case.ground.images}
    for name in ("podinfo", "flagger", "istiod", "kube-apiserver"):
        assert re.fullmatch("[0-9a-f]{64}", behind[name])
    assert case.users[0].answers > 1000
