"""The page as a document: complete, escaped, self-contained; how it looks and works, ``browser`` tests."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser

import rollouts
from hypothesis import given
from hypothesis import strategies as st

from canarylab.model.timeline import Acted, Timeline
from canarylab.report import html
from canarylab.report.case import Case, Outcome, Report
from canarylab.report.html.scale import MILLISECONDS, Time, Values, ceiling


class Document(HTMLParser):
    """Its elements with their attributes, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


PAGE = html.render(rollouts.REPORT)
DOCUMENT = Document(PAGE)


def test_nothing_is_loaded_and_nothing_runs() -> None:
    assert {tag for tag, _ in DOCUMENT.elements}.isdisjoint({"script", "img", "iframe", "object", "form", "base"})
    attributes = [pair for _, found in DOCUMENT.elements for pair in found.items()]
    loaded = [value or "" for name, value in attributes if name in ("src", "href")]
    assert [one for one in loaded if not one.startswith("#")] == ["data:,"]
    assert not [name for name, _ in attributes if name.startswith("on")]


def test_its_policy_lets_in_its_own_style_alone() -> None:
    policy = next(one["content"] for one in DOCUMENT.all("meta") if one.get("http-equiv"))
    style = re.search("<style>(.*?)</style>", PAGE, re.DOTALL)
    assert policy is not None
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}'; ")
    assert not [one for _, one in DOCUMENT.elements if "style" in one]


def test_what_went_wrong_stands_first_and_has_its_explanation() -> None:
    sections = [one for one in DOCUMENT.all("section") if "case" in (one.get("class") or "")]
    assert [one["class"] for one in sections] == ["case bad"] * 2 + ["case ok"] * 3
    text = "".join(DOCUMENT.texts)
    for words in ("sum(rate(x[30s])) < 1", "no value", "ab" * 32, "pods.txt", "pytest e2e/test_x.py --mesh=istio"):
        assert words in text
    assert "success rate 91.20% < 99%" in text  # in Flagger's words
    assert "a metric is outside its limits: success rate 91.20% < 99%" in text  # in ours


def test_every_chart_says_what_it_shows_and_has_a_table() -> None:
    plots = [one for one in DOCUMENT.all("svg") if one.get("role") == "img"]
    assert plots
    assert all(one.get("aria-label") for one in plots)
    text = "".join(DOCUMENT.texts)
    for caption in ("Stages, predicted and seen", "Answers to users at each weight", "Answers to users over time"):
        assert text.count(caption) >= 4


def test_ids_are_unique_and_every_link_has_its_place() -> None:
    ids = [one["id"] for _, one in DOCUMENT.elements if one.get("id")]
    assert len(ids) == len(set(ids))
    links = {(one["href"] or "").removeprefix("#") for one in DOCUMENT.all("a")}
    assert links <= set(ids)
    assert len([one for one in links if one.startswith("rollout-")]) == len(rollouts.ALL)


@given(st.text(max_size=40))
def test_no_text_becomes_an_element(text: str) -> None:
    evil = f'</style></pre><script>alert(1)</script>"><img src=x onerror=y>{text}'
    event = Acted(1000.0, 1000.0, "act", evil)
    case = Case(evil, evil, Outcome.UNKNOWN, evil, (evil,), Timeline((event,)), test=evil, failure=evil, note=evil)
    found = Document(html.render(Report(evil, (case, replace(case, reproduce=evil)), command=evil)))
    assert {tag for tag, _ in found.elements}.isdisjoint({"script", "img"})
    assert not [one for _, one in found.elements if "onerror" in one or "src" in one]


def test_an_empty_report_is_a_page() -> None:
    assert "0 rollouts" in html.render(Report("Canarylab"))


@given(st.floats(-50, 50), st.floats(1, 500), st.floats(0, 1))
def test_a_place_in_a_chart_can_be_read_back(start: float, length: float, share: float) -> None:
    time, second = Time(start, start + length), start + share * length
    assert abs(start + float(time.x(second)[:-1]) / 100 * length - second) < 0.01
    assert len(time.ticks()) <= 8


def test_higher_values_stand_higher_and_scales_end_at_round_numbers() -> None:
    values = Values(0, 50, 100)
    assert [values.y(one) for one in (0, 25, 50, 99)] == [100, 50, 0, 0]
    assert [ceiling(one) for one in (0, 0.3, 1, 17, 200, 201)] == [1, 0.5, 1, 20, 200, 500]


def test_milliseconds_are_seconds_where_they_are_many() -> None:
    values = Values(0, 2000, 60, MILLISECONDS)
    assert [values.label(one) for one in values.lines()] == ["0 ms", "1 s", "2 s"]
    assert Values(0, 500, 60, MILLISECONDS).label(250) == "250 ms"
    assert Values(0, 50, 60).label(12.5) == "12.5%"


def test_a_curve_breaks_where_no_answer_came_and_leaves_out_what_goes_on_level() -> None:
    users = rollouts.PROMOTED.users[0]
    silent = replace(users, seconds=tuple(one for one in users.seconds if not 1010 <= one.at < 1020))
    found = Document(html.render(Report("x", (replace(rollouts.PROMOTED, users=(silent,)),))))
    curves = [one for one in found.all("line") if (one.get("class") or "").startswith("curve c0")]
    rates = [one["data-at"] for one in curves if (one["class"] or "").rstrip() == "curve c0"]
    assert rates == ["9.5", "59.5"]
