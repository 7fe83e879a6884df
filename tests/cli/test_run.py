"""``canarylab run`` is a thin front of pytest: its arguments, its exit codes, and what it refuses before it starts."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from canarylab.cli import main
from canarylab.scenario import front, load
from canarylab.scenario.front import Front, Wishes
from canarylab.shards import Shard

TEXT = "title: t\nvalues: {tag: 6.9.1}\nsteps: [{set-image: '${tag}'}]\nexpect: [{plan: all-pass}]\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scenarios").mkdir()
    for name in ("good", "other"):
        (tmp_path / "scenarios" / f"{name}.yaml").write_text(TEXT)
    return tmp_path / "scenarios"


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What a run that is refused says; its exit code is 2."""
    with pytest.raises(SystemExit) as ended:
        main(["run", *arguments])
    assert ended.value.code == 2
    return capsys.readouterr().err


def test_a_wrong_file_is_told_with_carets_before_anything_starts(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "good.yaml").write_text(TEXT.replace("plan", "plam"))
    told = refused(capsys, "good")
    assert "scenarios/good.yaml:4:11: there is no `plam` here" in told
    assert "^^^^" in told
    assert "did you mean `plan`?" in told


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["god"], "did you mean `good`?"),
        (["good", "--set", "tag"], "write it like --set tag=6.9.1"),
        (["good", "--set", "tga=1"], "did you mean `tag`?"),
        (["good", "--pause-on-failure"], "there is no terminal"),
        (["good", "--attach", "nowhere"], "there is no cluster 'nowhere'"),
        (["good", "-n", "-1"], "-1 is not in the range"),
        (["good", "--shard", "3/2"], "write it like --shard 2/5"),
        (["good", "--shard-times", "scenarios"], "give both"),
        ([], "Missing argument"),
    ],
)
def test_wrong_usage_is_told(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert words in refused(capsys, *arguments)


def told(*names: str, **wishes: Any) -> list[str]:
    files = load.every([Path("scenarios", f"{name}.yaml").absolute() for name in names], {})
    return front.arguments(files, Wishes(("--keep=none",), **wishes))


def test_several_scenarios_go_side_by_side_as_far_as_the_cores_bear(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    assert told("good", "other")[:2] == ["scenarios/good.yaml", "scenarios/other.yaml"]
    assert "-n" not in told("good")
    assert front.workers(Wishes(()), 5) == 5
    assert front.workers(Wishes(()), 500) == 2 * front.FOR_EACH_CORE
    assert front.workers(Wishes((), workers=3), 500) == 3
    assert front.workers(Wishes((), pause=True), 500) == 0


def test_what_is_wished_is_handed_on() -> None:
    given = told("good", select="goo", markers="m", fail_fast=True, pause=True, repeat=3, report=Path("out"))
    assert [one for one in ("-k", "goo", "-m", "m", "-x", "--pause-on-failure", "--repeat=3") if one not in given] == []
    assert "--canary-report=out" in given
    assert "--noconftest" in given


def test_a_share_is_handed_on_and_has_its_part_of_the_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    given = told("good", "other", repeat=4, shard=Shard(2, 3), times=(Path("before"),))
    assert given[given.index("-n") + 1] == "3"
    assert {"--shard=2/3", "--shard-times=before"} < set(given)


def report(when: str, outcome: str, seconds: float = 1.0, **properties: object) -> pytest.TestReport:
    told = [(f"canarylab.{name}", value) for name, value in properties.items()]
    made: Any = {"nodeid": "scenarios/good.yaml::good[2]", "location": ("", 0, ""), "keywords": {}, "longrepr": None}
    return pytest.TestReport(**made, when=when, outcome=outcome, duration=seconds, user_properties=told)  # type: ignore[arg-type]


def codes(*reports: pytest.TestReport, pytests: int = 1) -> int:
    made = Front()
    for one in reports:
        made.pytest_runtest_logreport(one)
    return made.exit_code(pytests)


def test_the_exit_code_tells_a_wrong_rollout_from_a_wrong_machine() -> None:
    assert codes(report("call", "passed"), pytests=0) == 0
    assert codes(report("call", "failed", exit=1)) == 1
    assert codes(report("setup", "failed", exit=3)) == 3
    assert codes(report("setup", "failed", exit=3), report("call", "failed", exit=1)) == 1
    assert codes(report("call", "failed")) == 1
    assert codes(pytests=4) == codes(pytests=5) == 2
    assert codes(pytests=2) == 130


def test_a_run_that_its_first_failure_ended_has_that_ones_exit_code() -> None:
    assert codes(report("call", "failed", exit=1), pytests=2) == 1
    assert codes(report("setup", "failed", exit=3), pytests=2) == 3


def test_each_item_is_counted_once_under_its_scenarios_name() -> None:
    made = Front()
    known = json.dumps({"status": "known upstream"})
    for one in (report("setup", "passed"), report("call", "skipped", 50, scenario=known), report("teardown", "passed")):
        made.pytest_runtest_logreport(one)
    assert [(one.name, one.word, one.passed, one.seconds) for one in made.done] == [
        ("good", "known upstream", True, 50)
    ]


def test_news_and_what_was_kept_stand_in_the_last_lines() -> None:
    made = Front()
    news = json.dumps({"status": "news", "reason": "news: sound"})
    made.pytest_runtest_logreport(report("call", "passed", scenario=news))
    made.pytest_runtest_logreport(report("teardown", "passed", scenario=news, kept="good: canarylab watch"))
    assert made.notes == ["good: news: sound", "kept good: canarylab watch"]
