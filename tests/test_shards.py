"""Shares of tests: each test is in exactly one, whatever is known of their durations, and they take equally long."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canarylab import durations, shards
from canarylab.errors import UsageError
from canarylab.report import files
from canarylab.report.case import Case, Outcome, Report
from canarylab.shards import Shard, key

NAMES = st.lists(st.from_regex(r"e2e/test_[a-z]{1,3}\.py::test_[a-z]{1,2}", fullmatch=True), unique=True, max_size=30)
SECONDS = st.floats(0, 500)
LASTS = st.dictionaries(st.text("abc", min_size=1), SECONDS, max_size=30)
COUNTS = st.integers(1, 40)
PYTESTS = """<testsuites><testsuite>
<testcase classname="e2e.test_ab" name="test_a" time="50.5"/>
<testcase classname="e2e.test_ab" name="test_b" time="3"/>
</testsuite></testsuites>"""


@given(NAMES, st.data(), COUNTS)
def test_each_test_is_in_exactly_one_share(names: list[str], data: st.DataObject, count: int) -> None:
    known = {key(one): data.draw(SECONDS) for one in names if data.draw(st.booleans())}
    groups: dict[str, list[str]] = {}
    for one in names:
        groups.setdefault(data.draw(st.sampled_from([one, "group a", "group b"])), []).append(one)
    shares = [Shard(number, count).of(groups, known) for number in range(1, count + 1)]
    assert sorted(one for share in shares for one in share) == sorted(names)
    assert all(set(group) <= set(share) or not set(group) & set(share) for group in groups.values() for share in shares)


@given(LASTS, COUNTS)
def test_no_share_is_longer_than_the_shortest_one_and_a_test(lasts: dict[str, float], count: int) -> None:
    loads = [sum(lasts[one] for one in share) for share in shards.dealt(lasts, count)]
    assert max(loads) <= min(loads) + max(lasts.values(), default=0) + 1e-6


@given(LASTS, st.randoms(use_true_random=False), COUNTS)
def test_every_machine_deals_alike(lasts: dict[str, float], randoms: Random, count: int) -> None:
    mixed = sorted(lasts, key=lambda _: randoms.random())
    assert shards.dealt({one: lasts[one] for one in mixed}, count) == shards.dealt(lasts, count)


def test_a_long_test_outweighs_several_short_ones() -> None:
    tests = {name: [f"a.py::{name}"] for name in ("long", "b", "c", "d", "new")}
    known = {"a.long": 90, "a.b": 30, "a.c": 30, "a.d": 30}
    assert Shard(1, 2).of(tests, known) == ["a.py::long", "a.py::d"]
    assert Shard(2, 2).of(tests, known) == ["a.py::new", "a.py::b", "a.py::c"]


@pytest.mark.parametrize("text", ["", "3", "0/2", "3/2", "-1/2", "a/b", "1/2/3", "1/0"])
def test_what_is_no_share_is_told(text: str) -> None:
    with pytest.raises(UsageError, match="no share"):
        Shard.parse(text)


def test_durations_come_from_every_kind_of_report(tmp_path: Path) -> None:
    """Ours and pytest's spell a test differently; one with two rollouts took both of their times."""
    (tmp_path / "pytest.xml").write_text(PYTESTS)
    cases = [Case("x", "podinfo", Outcome.PROMOTED, "", test="e2e/test_ab.py::test_a", seconds=one) for one in (40, 45)]
    made = Case("x", "web", Outcome.PROMOTED, "", test="scenarios/gates.yaml::gates", seconds=60)
    files.write(Report("run", (*cases, made)), tmp_path / "ours")
    told = {"e2e.test_ab.test_a": 85, "e2e.test_ab.test_b": 3, "scenarios.gates.yaml.gates": 60}
    assert durations.known([tmp_path]) == told
    assert durations.known([tmp_path / "ours" / "junit.xml", tmp_path / "pytest.xml"]) == told
    assert {key("e2e/test_ab.py::test_b"), key("scenarios/gates.yaml::gates")} < set(told)


@pytest.mark.parametrize("text", ["{}", "[]", "no JSON", '{"canaries": [{"test": "a"}]}'])
def test_what_is_no_report_is_told(text: str, tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text(text)
    with pytest.raises(UsageError, match="this is no report"):
        durations.known([tmp_path])
    with pytest.raises(UsageError, match="there is no report"):
        durations.known([tmp_path / "nothing"])
