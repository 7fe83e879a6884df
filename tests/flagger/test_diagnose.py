"""Which label of a query lets nothing through, found by leaving one out at a time."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from canarylab.flagger.diagnose import Labels, Matcher, Selector, diagnose, render, selectors
from canarylab.flagger.queries import render as rendered
from canarylab.meshes import providers

SERIES = [
    {"__name__": "requests_total", "namespace": "shop", "workload": "web-primary", "code": "200"},
    {"__name__": "requests_total", "namespace": "shop", "workload": "web-primary", "code": "500"},
    {"__name__": "requests_total", "namespace": "test", "workload": "tester", "code": "200"},
]


def fits(labels: Labels, matcher: Matcher) -> bool:
    value, wanted = labels.get(matcher.label, ""), matcher.value[1:-1]
    alike = re.fullmatch(wanted, value) is not None if "~" in matcher.operator else value == wanted
    return alike is not matcher.operator.startswith("!")


def prometheus(query: str) -> Sequence[Labels]:
    """As much of Prometheus as the questions need: a selector, count(...) and count by (label) (...)."""
    asked = re.fullmatch(r"(?:count(?: by \((\w+)\) )?\()?(.*?)\)?", query)
    assert asked is not None
    one = next(iter(selectors(asked[2])), Selector(asked[2]))
    found = [each for each in SERIES if each["__name__"] == one.metric and all(fits(each, m) for m in one.matchers)]
    if asked[1]:
        values = {each.get(asked[1]) for each in found}
        return [{} if value is None else {asked[1]: value} for value in values]
    return [{}] if found and query.startswith("count") else found


@pytest.mark.parametrize(
    ("query", "words"),
    [
        (
            'sum(rate(requests_total{namespace="shop",workload="web"}[30s]))',
            "the label workload is wrong: workload=\"web\" fits none, the others have web-primary",
        ),
        (
            "sum(rate(requests_total{namespace='shop',app='web'}[30s]))",
            "the label app is missing: the series that fit otherwise have none",
        ),
        ("rate(responses_total[1m])", "Prometheus has no metric responses_total"),
        ('rate(requests_total{code="500"}[1m])', '1 series fit requests_total{code="500"}, but have no rate'),
        (
            'rate(requests_total{namespace="x",app="y"}[1m])',
            'not with namespace="x", app="y"; more than one of these labels differs',
        ),
        (
            'requests_total{namespace="test",workload="web-primary"}',
            'the label namespace is wrong: namespace="test" fits none, the others have shop; or the label workload is'
            ' wrong: workload="web-primary" fits none, the others have tester',
        ),
    ],
)  # fmt: skip
def test_what_lets_nothing_through_is_named(query: str, words: str) -> None:
    (found,) = diagnose(query, prometheus)
    assert words in found


def test_only_the_selector_that_has_no_series_is_told() -> None:
    fine, empty = 'requests_total{code="500"}', 'requests_total{code="404"}'
    (found,) = diagnose(f"sum(rate({fine}[1m])) / sum(rate({empty}[1m]))", prometheus)
    assert 'code="404" fits none' in found


@pytest.mark.parametrize("provider", sorted(providers.every()))
def test_the_selectors_of_flaggers_own_queries_are_read(provider: str) -> None:
    for template in providers.queries(provider).values():
        names = dict.fromkeys(("target", "service", "ingress", "route"), "web")
        query = rendered(template, {**names, "namespace": "shop", "interval": "1m"})
        found = selectors(query)
        assert found
        for one in found:
            assert str(one) in query.replace(",}", "}")  # Flagger ends some lists of labels with a comma
            assert one.matchers


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("a{b=\"x, }y\",c!~'z'}", ["a{b=\"x, }y\",c!~'z'}"]),
        ('{__name__="a",b="c"}', ['a{b="c"}']),
        ("rate(a[1m]) / rate(a[1m])", ["a{}"]),
        ('a{b="c",}', ['a{b="c"}']),
        ('label_replace(a{b="c"}, "d", "e{f}", "g", "h[1]")', ['a{b="c"}']),
        ("vector(1)", []),
    ],
)
def test_selectors_are_read(query: str, found: list[str]) -> None:
    assert [str(one) for one in selectors(query)] == found


def test_a_template_is_rendered_as_flagger_does() -> None:
    template = 'a{n="{{ namespace }}",t=~"{{target}}",v="{{ variables.zone }}",x="{{ unknown }}"}'
    made = render(template, {"namespace": "shop", "target": "web"}, {"zone": "eu"})
    assert made == 'a{n="shop",t=~"web",v="eu",x="{{ unknown }}"}'
