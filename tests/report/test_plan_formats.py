"""A forecast in each format: its ticks, and a picture that can be read without being seen, with what is marked."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest

from canarylab.model import forecast, pains, plan
from canarylab.model.canary import Canary
from canarylab.model.forecast import Forecast
from canarylab.model.plan import ENDLESS, Assumption, Closed
from canarylab.report.plan import as_json, svg, table, words

SVG = "{http://www.w3.org/2000/svg}"
GATES = ("confirm-rollout", "confirm-promotion")


def made(assumed: Assumption = plan.ALL_PASS, **analysis: object) -> Forecast:
    hooks = [{"name": one, "type": one, "url": "http://gate/"} for one in GATES]
    settings = {"interval": "10s", "threshold": 2, "stepWeight": 20, "maxWeight": 40, "webhooks": hooks, **analysis}
    spec = {"targetRef": {"kind": "Deployment", "name": "web"}, "service": {"port": 80}, "analysis": settings}
    canary = Canary.parse({"metadata": {"name": "web", "namespace": "shop"}, "spec": spec}).played("istio")
    return forecast.make(plan.make(canary, assumed), (0, 20))


def drawn(found: Forecast) -> ET.Element:
    return ET.fromstring(svg.render(found))  # noqa: S314 - our own picture


def of_class(root: ET.Element, name: str) -> list[ET.Element]:
    return [one for one in root.iter() if one.get("class") == name]


def points(root: ET.Element) -> list[tuple[float, float]]:
    text = of_class(root, "line")[0].attrib["points"]
    return [(float(x), float(y)) for x, y in (pair.split(",") for pair in text.split())]


def test_the_table_has_a_row_for_each_tick() -> None:
    text = table.render(made())
    assert text.splitlines()[:2] == [
        "shop/web: canary by 20% > 40%", "Flagger 1.44.0, istio; a tick each 10 s; 2 failed checks roll back",
    ]  # fmt: skip
    assert re.search(r"^ +2 +0:10 \.\. 0:30 +Progressing +20% +80% +Starting canary analysis", text, re.MULTILINE)
    assert "promoted 0:50 to 1:20 after the trigger, in 6 ticks" in text


def test_one_failed_check_is_told_as_one() -> None:
    assert "1 failed check rolls back" in table.render(made(threshold=1))


def test_the_trigger_turns_times_into_those_of_the_day() -> None:
    start = datetime(2026, 1, 31, 23, 59, 55, tzinfo=UTC)
    assert "23:59:55 .. 00:00:05" in table.render(made(), start=start)
    assert as_json.facts(made(), start=start)["ticks"][0]["worst_at"] == "2026-02-01T00:00:05+00:00"


def test_json_has_states_events_alerts_and_calls() -> None:
    told = json.loads(as_json.render(made()))
    first, second = told["ticks"][:2]
    assert (told["outcome"], len(told["ticks"]), told["strategy"]) == ("promoted", 6, "canary by 20% > 40%")
    assert first["calls"] == [
        {"name": "confirm-rollout", "type": "confirm-rollout", "phase": "Initialized", "passes": True}
    ]
    assert [one["severity"] for one in first["alerts"]] == ["info"]
    assert (second["canary"], second["primary"], second["waits"]) == (20, 80, "canary")


@pytest.mark.parametrize(
    ("found", "outcome"),
    [
        (made(), "promoted"),
        (made(Assumption(checks=lambda _state: False)), "rolled back"),
        (made(Assumption(closed=(Closed("confirm-promotion", ENDLESS),))), "waits for confirm-promotion"),
        (made(stepWeight=0), "never ends: no step to take"),
    ],
)
def test_the_outcome_in_words(found: Forecast, outcome: str) -> None:
    assert words.outcome(found) == outcome
    assert words.end(found).startswith(outcome)


def test_hours_are_told() -> None:
    assert [words.clock(one) for one in (5, 65, 3725)] == ["0:05", "1:05", "1:02:05"]


def test_the_pictures_line_is_the_routes_weight() -> None:
    found = made()
    root = drawn(found)
    line, zero = points(root), 304.0
    weights = [round((zero - y) / 2) for _, y in line[::2]]
    assert weights == [tick.state.route.canary for tick in found.ticks]
    assert [x for x, _ in line[2::2]] == [x for x, _ in line[1:-1:2]]


def test_the_picture_is_told_to_a_screen_reader() -> None:
    root = drawn(made())
    title, told = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert told is not None
    assert root.attrib["aria-labelledby"].split() == [title.attrib["id"], told.attrib["id"]]
    assert "Tick 2, 0:10 to 0:30: Progressing, canary 20%" in str(told.text)
    assert root.attrib["role"] == "img"


def test_the_picture_marks_failed_checks_closed_gates_waits_and_copies() -> None:
    failed = drawn(made(Assumption(checks=lambda _state: False)))
    assert len(of_class(failed, "bad")) == 4
    gated = drawn(made(Assumption(closed=(Closed("confirm-rollout", 2),))))
    assert len(of_class(gated, "gate")) == 2
    assert len(of_class(gated, "wait")) == 2
    assert len(of_class(drawn(made(mirror=True)), "copies")) == 1


def test_the_picture_has_a_band_for_each_phase_and_follows_dark_and_light() -> None:
    text = svg.render(made())
    for phase in ("Progressing", "Promoting", "Finalising", "Succeeded"):
        assert f'class="{phase}"' in text
    assert "prefers-color-scheme:dark" in text
    assert re.findall(r"(?:href|src|url)\b", text) == []


@pytest.mark.parametrize("steps", [1, 20, 100])
def test_pictures_of_any_length_keep_what_they_draw_within_their_width(steps: int) -> None:
    root = drawn(made(stepWeight=100 // steps, maxWeight=100))
    width = float(root.attrib["viewBox"].split()[2])
    assert max(x for x, _ in points(root)) <= width


def test_a_warning_tells_where_it_stands() -> None:
    found = made(interval="5s")
    item = {"metadata": {"name": "web"}, "spec": {"analysis": {"interval": "5s", "threshold": 1, "stepWeight": 20}}}
    warned = pains.look(item, found.canary)
    text = table.render(found, warned, where=lambda *path: f"web.yaml:{len(path)}")
    assert "warning interval-floor: Flagger analyses every 10 s" in text
    assert "  where:   web.yaml:3 spec.analysis.interval" in text
