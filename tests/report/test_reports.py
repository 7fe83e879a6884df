from __future__ import annotations

from canarylab.model.timeline import CanarySeen, Gap, Timeline, Triggered
from canarylab.report import text
from canarylab.report.dossier import without_values


def test_a_timeline_counts_from_the_trigger() -> None:
    seen = [
        CanarySeen(1, 1, "canary", "1", "Initialized", 0, 0, 0),
        Triggered(5, 5, "trigger", "tag 2"),
        CanarySeen(15.2, 15.2, "canary", "2", "Progressing", 10, 0, 0),
    ]
    assert text.table(Timeline(seen)).splitlines() == [
        "    -4.0  canary   Initialized 0%",
        "    +0.0  trigger  shipped: tag 2",
        "   +10.2  canary   Progressing 10%",
    ]


def test_what_says_nothing_new_is_told_once() -> None:
    seen = [CanarySeen(at, at, "canary", str(at), "Progressing", 10, 0, 0) for at in (1, 2, 3)]
    assert len(text.table(Timeline([*seen, Gap(4, 4, "canary", "listed again")])).splitlines()) == 2


def test_values_of_environment_variables_stay_out_of_reports() -> None:
    container = {"name": "app", "env": [{"name": "TOKEN", "value": "hunter2"}, {"name": "REF", "valueFrom": {}}]}
    item = {"metadata": {"managedFields": [{}]}, "spec": {"containers": [container]}}
    left = without_values(item)
    assert "hunter2" not in str(left)
    assert [one["name"] for one in left["spec"]["containers"][0]["env"]] == ["TOKEN", "REF"]
    assert "managedFields" not in left["metadata"]
