"""The recording rules: what a label becomes where Istio's metric says this or that.

A few lines here do what Prometheus does for ``label_join`` and ``label_replace``; ``e2e/mesh/test_recorded.py`` asks
the real one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canarylab.meshes import recording
from canarylab.meshes.recording import DURATION, REQUESTS, Record

Labels = dict[str, str]

names = st.from_regex(r"[a-z0-9]([a-z0-9.-]{0,8}[a-z0-9])?", fullmatch=True)
PARTS = ("workload", "namespace", "service", "home", "port", "code")
texts = st.lists(st.one_of(st.sampled_from([f"{{{one}}}" for one in PARTS]), st.sampled_from(["-", "_svc_", "x"])))
CALL = re.compile(r'(label_join|label_replace)\((.*[)}]), ((?:"[^"]*"(?:, )?)+)\)')


def labels(expression: str, before: Labels) -> Labels:
    """What a series has after an expression."""
    found = CALL.fullmatch(expression)
    if not found:
        return before
    there, (target, *rest) = labels(found[2], before), re.findall(r'"([^"]*)"', found[3])
    if found[1] == "label_join":
        return {**there, target: rest[0].join(there.get(one, "") for one in rest[1:])}
    replacement, source, pattern = rest
    fits = re.fullmatch(pattern, there.get(source, ""))
    return {**there, target: fits.expand(re.sub(r"\$\{(\d)\}", r"\\g<\1>", replacement))} if fits else there


def series(values: Mapping[str, str]) -> Labels:
    """Istio's labels with these values."""
    return {recording._SOURCES[name]: value for name, value in values.items()}


@given(st.fixed_dictionaries(dict.fromkeys(PARTS, names)), texts.map("".join))
def test_a_label_is_its_text_with_what_istio_says(values: dict[str, str], text: str) -> None:
    rule = Record("x", REQUESTS, {"made": text}).rule()
    assert labels(rule["expr"], series(values))["made"] == text.format(**values)


@given(st.fixed_dictionaries(dict.fromkeys(PARTS, names)))
def test_a_label_does_not_change_what_the_next_one_says(values: dict[str, str]) -> None:
    made = labels(Record("x", REQUESTS, {"a": "{service}", "b": "{home}"}).rule()["expr"], series(values))
    assert (made["a"], made["b"]) == (values["service"], values["home"])
    assert series(values).items() <= made.items()


def test_a_route_is_told_without_its_provider() -> None:
    made = labels(Record("x", REQUESTS, {"made": "{route}_canary"}).rule()["expr"], {"route": "nginx/a_b"})
    assert made["made"] == "a_b_canary"


def test_only_what_was_selected_is_taken() -> None:
    assert Record("x", REQUESTS, {}, 'route=~"gloo/.+"').rule()["expr"] == 'istio_requests_total{route=~"gloo/.+"}'


def test_limits_of_buckets_become_seconds_but_the_last_has_none() -> None:
    expression = Record("x_bucket", f"{DURATION}_bucket", {}, seconds=True).rule()["expr"]
    assert labels(expression, {"le": "2.5"}) == {"le": "2.5e-3"}
    assert labels(expression, {"le": "+Inf"}) == {"le": "+Inf"}


@pytest.mark.parametrize(("source", "end"), [("_sum", " / 1000"), ("_count", "}"), ("_bucket", ")")])
def test_a_sum_becomes_seconds_and_a_count_stays(source: str, end: str) -> None:
    assert Record("x", f"{DURATION}{source}", {}, seconds=True).rule()["expr"].endswith(end)


def test_a_group_has_the_rules_of_one_provider() -> None:
    made = recording.config({"one": [Record("a", REQUESTS, {})], "two": [Record("b", REQUESTS, {})]})
    assert [(group["name"], [rule["record"] for rule in group["rules"]]) for group in made["groups"]] == [
        ("one", ["a"]),
        ("two", ["b"]),
    ]
