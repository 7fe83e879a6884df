"""A file becomes a scenario; values that are given override its own, in its own types."""

from __future__ import annotations

from pathlib import Path

import pytest
from scenes import HEAD, read, written

from canarylab.errors import UsageError
from canarylab.scenario import load
from canarylab.scenario.problem import WrongFile
from canarylab.scenario.steps.set_image import SetImage

TEXT = f"{HEAD}expect:\n  - ends: Succeeded\n"


def shipped(folder: Path, **given: str) -> SetImage:
    file = load.file(written(folder, TEXT), given)
    verb = file.scenario.steps[0].verb
    assert isinstance(verb, SetImage)
    return verb


def test_a_given_value_overrides_the_files_and_keeps_its_type(tmp_path: Path) -> None:
    assert shipped(tmp_path).tag == "6.9.1"
    assert shipped(tmp_path, tag="7").tag == "7"


def test_a_number_stays_a_number(tmp_path: Path) -> None:
    text = TEXT.replace("{tag: 6.9.1}", "{tag: 6.9.1, step: 25}") + "  - never-above: ${step}\n"
    assert load.file(written(tmp_path, text), {"step": "50"}).scenario.expect[1].verb.words() == "50"
    with pytest.raises(WrongFile, match="a whole number is wanted for `never-above`"):
        load.file(written(tmp_path, text), {"step": "half"})


def test_what_the_run_knows_is_put_in_when_it_runs(tmp_path: Path) -> None:
    file = read(tmp_path, TEXT + "  - object: {name: 'pod/${canary}', has: {n: '${namespace}'}}\n")
    claim = file.bound(namespace="shop", canary="web", target="web").expect[1].verb
    assert "pod/web" in claim.words()
    assert "shop" in claim.words()


def test_a_given_value_that_no_file_has_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no scenario has a value `tga`") as caught:
        load.unused([read(tmp_path, TEXT)], {"tga": "1"})
    assert caught.value.next_step == "did you mean `tag`?"


def test_settings_are_name_and_value() -> None:
    assert load.settings(("tag=6.9.1", "a=b=c")) == {"tag": "6.9.1", "a": "b=c"}
    with pytest.raises(UsageError, match="sets nothing"):
        load.settings(("tag",))


def test_the_problems_of_all_files_are_told_together(tmp_path: Path) -> None:
    files = [written(tmp_path, "title: 1\n", name) for name in ("a.yaml", "b.yaml")]
    with pytest.raises(WrongFile) as caught:
        load.every(files, {})
    assert {Path(one.file).name for one in caught.value.problems} == {"a.yaml", "b.yaml"}


@pytest.mark.parametrize("data", [b"", b"# nothing\n", b"- a\n", b"text\n"])
def test_a_file_that_is_no_mapping_is_told(data: bytes, tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(data)
    with pytest.raises(WrongFile, match=r"the file is empty|a mapping of names is wanted"):
        load.file(file)


def test_a_file_that_cannot_be_read_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="a scenario cannot be read"):
        load.file(tmp_path / "nowhere.yaml")
    (tmp_path / "a.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="a scenario cannot be read"):
        load.file(tmp_path / "a.yaml")


def test_the_longest_scenario_is_known_beforehand(tmp_path: Path) -> None:
    short = read(tmp_path, TEXT)
    long = read(tmp_path, TEXT.replace("  - set-image: ${tag}\n", "  - set-image: ${tag}\n  - wait: {ticks: 9}\n"))
    assert short.expected_seconds() == 60
    assert long.expected_seconds() == 150
