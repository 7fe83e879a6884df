"""A MetricTemplate on Prometheus whose value is too high: the revision is rolled back."""

from __future__ import annotations

import pytest
from metrics import with_template

from canarylab.journey import Application, Change, Journey


@pytest.fixture
def app(short: Application) -> Application:
    return with_template(short)


@pytest.mark.canary
def test_a_metric_template_that_fails_rolls_back(canary: Journey) -> None:
    canary.begin(Change(tag="6.9.1"))
    canary.reach("Progressing", 25)
    canary.run(f"hey -z 1m -q 20 -c 1 http://podinfo-canary.{canary.canary.namespace}:9898/no-such-page")
    canary.finish().assert_rolled_back("not-found-percentage", "> 5", "Canary failed!")
