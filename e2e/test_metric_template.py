"""A MetricTemplate on Prometheus whose value is fine: the revision is promoted."""

from __future__ import annotations

import pytest
from metrics import with_template

from canarylab.journey import Application, Change, Journey


@pytest.fixture
def app(short: Application) -> Application:
    return with_template(short)


@pytest.mark.canary
def test_a_metric_template_that_passes_promotes(canary: Journey) -> None:
    canary.ship(Change(tag="6.9.1")).assert_promoted()
