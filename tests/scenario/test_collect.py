"""pytest collects scenario files: an item for each, named like it, with its markers; wrong ones are told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scenes import HEAD

from canarylab.scenario.collect import dealt

TEXT = f"{HEAD}expect:\n  - ends: Succeeded\n"
MODELINE = "# yaml-language-server: $schema=x/scenario.schema.json\n"


@pytest.fixture
def folder(pytester: pytest.Pytester) -> pytest.Pytester:
    for name, text in {
        "scenarios/short.yaml": TEXT,
        "scenarios/long.yaml": TEXT.replace("podinfo-short", "podinfo") + "markers: [slow]\n",
        "scenarios/alone.yaml": TEXT + "exclusive: true\n",
        "scenarios/objects/web.yaml": "kind: Deployment\n",
        "deploy/values.yaml": "a: b\n",
        "deploy/mine.yaml": MODELINE + TEXT,
    }.items():
        file = pytester.path / name
        file.parent.mkdir(exist_ok=True, parents=True)
        file.write_text(text)
    return pytester


def collected(folder: pytest.Pytester, *arguments: str) -> list[str]:
    ran = folder.runpytest_inprocess("--collect-only", "-q", "-p", "no:cacheprovider", *arguments)
    return [line for line in ran.outlines if "::" in line]


def test_scenarios_are_collected_the_longest_first_and_exclusive_ones_before_all(folder: pytest.Pytester) -> None:
    names = [line.rpartition("::")[2] for line in collected(folder)]
    assert names == ["alone", "long", "mine", "short"]


def test_each_worker_is_dealt_a_long_one_and_a_short_one() -> None:
    assert dealt([9, 8, 7, 6, 5, 4, 3], workers=2) == [9, 3, 8, 4, 7, 6, 5]
    assert dealt([9, 8, 7], workers=2) == [9, 8, 7]
    assert dealt([9, 8], workers=1) == [9, 8]


@given(lengths=st.lists(st.integers()), workers=st.integers(1, 9))
def test_dealing_loses_nothing(lengths: list[int], workers: int) -> None:
    assert sorted(dealt(lengths, workers)) == sorted(lengths)


def test_they_are_chosen_by_name_and_by_marker(folder: pytest.Pytester) -> None:
    assert collected(folder, "-k", "short") == ["scenarios/short.yaml::short"]
    assert collected(folder, "-m", "slow") == ["scenarios/long.yaml::long"]
    assert collected(folder, "-m", "exclusive", "--strict-markers") == ["scenarios/alone.yaml::alone"]
    assert collected(folder, "-m", "not scenario") == []


def test_each_may_be_repeated(folder: pytest.Pytester) -> None:
    assert collected(folder, "--repeat=2", "-k", "short") == [f"scenarios/short.yaml::short[{n}]" for n in (1, 2)]


def test_a_file_that_is_named_is_one_wherever_it_lies(folder: pytest.Pytester) -> None:
    (folder.path / "deploy" / "named.yaml").write_text(TEXT)
    assert collected(folder, "deploy/named.yaml") == ["deploy/named.yaml::named"]


def test_a_wrong_file_is_told_with_carets_and_without_a_traceback(folder: pytest.Pytester) -> None:
    (folder.path / "scenarios" / "wrong.yaml").write_text(TEXT.replace("ends", "end"))
    ran = folder.runpytest_inprocess("--collect-only", "scenarios/wrong.yaml")
    ran.stdout.fnmatch_lines(["*scenarios/wrong.yaml:7:5: there is no `end` here", "*^^^", "*did you mean `ends`?"])
    assert "Traceback" not in ran.stdout.str()
    assert ran.ret == pytest.ExitCode.INTERRUPTED


def test_a_scenario_about_another_mesh_is_skipped_without_a_cluster(folder: pytest.Pytester) -> None:
    (folder.path / "scenarios" / "short.yaml").write_text(TEXT + "meshes: [none]\n")
    ran = folder.runpytest_inprocess("scenarios/short.yaml", "--mesh=istio", "-rs")
    ran.assert_outcomes(skipped=1)
    ran.stdout.fnmatch_lines(["*it is about none*"])


def test_a_machine_without_the_programs_fails_in_three_lines(
    folder: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CANARYLAB_CACHE", str(folder.path / "cache"))
    ran = folder.runpytest_inprocess("scenarios/short.yaml", "--attach=nowhere")
    ran.assert_outcomes(errors=1)
    ran.stdout.fnmatch_lines(["missing programs and files: *", "  where: *", "  next:  run `canarylab provision`"])
    assert ran.stdout.str().count("missing programs") == 2  # in the failure, and in pytest's summary of it
