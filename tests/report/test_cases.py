"""Cases in every format: what CI systems and people read."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import pytest

from canarylab.model.timeline import CanarySeen, FlaggerSaid, Timeline
from canarylab.report import as_json, junit, markdown, text
from canarylab.report.case import Case, Outcome, Report, Right, exit_code

RECORD = Timeline(
    [CanarySeen(1, 1, "canary", "1", "Failed", 0, 0, 0), FlaggerSaid(2, 2, "log", "info", "\x1b[1m <b> | &")]
)
PROMOTED = Case("shop", "web", Outcome.PROMOTED, "in 50 s", (), RECORD, 50)
ROLLED_BACK = Case(
    "shop", "api", Outcome.ROLLED_BACK, "success rate 91.20% < 99%", ("pod x | is not ready",), RECORD, 30
)
WRONG = Case("shop", "db", Outcome.WRONG, "a weight was skipped")
UNKNOWN = Case("shop", "ui", Outcome.UNKNOWN, "no rollout began")
RIGHT = Right("list", "pods", "namespace shop", "which pods are not ready")
ALL = [PROMOTED, ROLLED_BACK, WRONG, UNKNOWN]


def report(*cases: Case, rights: tuple[Right, ...] = ()) -> Report:
    return Report("canarylab verify", cases, rights)


def read(document: str) -> ET.Element:
    return ET.fromstring(document)  # noqa: S314 - our own


@pytest.mark.parametrize(
    ("cases", "code"),
    [
        ([], 0),
        ([PROMOTED], 0),
        ([PROMOTED, UNKNOWN], 3),
        ([UNKNOWN, ROLLED_BACK, PROMOTED], 1),
        ([WRONG, UNKNOWN], 1),
    ],
)
def test_the_worst_case_gives_the_exit_code(cases: list[Case], code: int) -> None:
    assert exit_code(cases) == code


def test_text_tells_each_case_and_the_rights_that_are_missing() -> None:
    assert text.lines(report(PROMOTED, ROLLED_BACK, rights=(RIGHT,))) == [
        "shop/web: promoted",
        "  in 50 s",
        "shop/api: rolled back",
        "  success rate 91.20% < 99%",
        "  pod x | is not ready",
        "further rights would tell more:",
        "  list pods in namespace shop: which pods are not ready",
    ]


def test_junit_has_a_test_case_for_each_canary() -> None:
    suite = read(junit.render(report(*ALL))).find("testsuite")
    assert suite is not None
    assert {name: suite.get(name) for name in ("tests", "failures", "errors", "time")} == {
        "tests": "4", "failures": "2", "errors": "1", "time": "50.0",
    }  # fmt: skip
    found = {one.get("name"): [child.tag for child in one] for one in suite}
    assert found == {"web": ["system-out"], "api": ["failure", "system-out"], "db": ["failure"], "ui": ["error"]}


def test_a_failure_in_junit_has_reason_explanation_and_record() -> None:
    failure = read(junit.render(report(ROLLED_BACK))).find(".//failure")
    assert failure is not None
    assert failure.get("message") == "rolled back: success rate 91.20% < 99%"
    assert failure.text is not None
    assert "pod x | is not ready" in failure.text
    assert "+0.0  canary   Failed 0%" in failure.text
    assert "?[1m <b> | &" in failure.text  # XML cannot hold the escape


def test_json_has_everything() -> None:
    told = json.loads(as_json.render(report(*ALL, rights=(RIGHT,))))
    assert (told["exit"], [one["outcome"] for one in told["canaries"]]) == (
        1,
        ["promoted", "rolled back", "wrong", "cannot tell"],
    )
    assert told["canaries"][0]["stages"] == ["Failed 0%"]
    assert told["canaries"][0]["events"][1]["text"].endswith("&")
    assert told["rights"] == [
        {"verbs": "list", "resource": "pods", "where": "namespace shop", "tells": "which pods are not ready"}
    ]


def test_markdown_shows_all_and_unfolds_what_failed() -> None:
    told = markdown.render(report(PROMOTED, ROLLED_BACK, rights=(RIGHT,)))
    assert "| :white_check_mark: | shop/web | promoted | in 50 s |" in told
    assert "| :x: | shop/api | rolled back | success rate 91.20% &lt; 99% |" in told
    assert "- pod x \\| is not ready" in told
    assert told.count("<details>") == 1
    assert "Further rights would tell more:" in told


@pytest.mark.parametrize("tildes", range(3, 10))
def test_no_text_ends_the_block_that_it_stands_in(tildes: int) -> None:
    told = markdown.render(report(Case("a", "b", Outcome.WRONG, "", test="t", failure="x\n" + "~" * tildes + "\n# y")))
    assert told.count("~~~") == 2
