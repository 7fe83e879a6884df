"""What a dashboard of Grafana's asks Prometheus, with its variables filled in."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from canarylab.helm import dashboards
from canarylab.helm.dashboards import Query

RATE = 'sum(rate(requests_total{namespace=~"$namespace",name=~"${canary}.*"}[30s])) / sum(other:total {a="b"})'
DASHBOARD: dict[str, Any] = {
    "panels": [
        {"title": "Requests", "targets": [{"expr": f" {RATE}\n"}, {"expr": "up{}"}]},
        {"type": "row", "panels": [{"title": "Inner", "targets": [{"expr": "inner{}"}]}]},
        {"type": "text", "content": "no query"},
    ]
}
GIVEN = {"namespace": "shop", "canary": "web"}


def test_every_panel_is_asked_for_also_those_of_rows_that_are_folded() -> None:
    found = dashboards.queries(DASHBOARD, GIVEN)
    assert [(one.panel, one.text) for one in found] == [
        ("Requests", RATE.replace("$namespace", "shop").replace("${canary}", "web")),
        ("Requests", "up{}"),
        ("Inner", "inner{}"),
    ]


def test_the_metrics_of_a_query_are_named_once_each() -> None:
    assert dashboards.queries(DASHBOARD, GIVEN)[0].metrics == ["requests_total", "other:total"]


def test_a_variable_that_nobody_gives_is_told() -> None:
    first, *_ = dashboards.queries(DASHBOARD, {"namespace": "shop"})
    assert first.unfilled == ["canary"]


def test_a_query_is_answered_when_it_has_a_value() -> None:
    answers: dict[str, Any] = {"a": {"data": {"result": [1]}}, "b": {"data": {"result": []}}, "c": {"status": "error"}}
    wanted = [Query("", text) for text in answers]
    assert list(dashboards.answered(wanted, answers.__getitem__).values()) == [True, False, False]


@given(st.text(), st.dictionaries(st.sampled_from(["namespace", "canary"]), st.text()))
def test_a_text_without_variables_stays_as_it_is(text: str, variables: dict[str, str]) -> None:
    plain = text.replace("$", "")
    assert dashboards.filled(plain, variables) == plain
