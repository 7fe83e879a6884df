"""The steps about git do what Python does with the same words, and files that make no sense are told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from canarylab.errors import UsageError
from canarylab.journey import Change
from canarylab.scenario import load
from canarylab.scenario.document import StepEntry
from canarylab.scenario.problem import WrongFile
from canarylab.scenario.stage import Stage
from canarylab.scenario.step import Step

SETTING = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "setting"}}
FILE = """\
title: A test's scenario
given: {{application: podinfo-short{git}}}
steps:
  - git-commit: {{tag: 6.9.1, objects: [{object}]}}
  - wait-for-sync: 30
  - git-revert: last
expect:
  - follows-git: [target]
"""


class Delivery:
    """Keeps what it is told to do."""

    def __init__(self) -> None:
        self.done: list[tuple[Any, ...]] = []

    def __getattr__(self, name: str) -> Any:
        return lambda *args, **named: self.done.append((name, *args, *named.values()))


def done(value: Any, name: str = "git-commit", folder: Path = Path()) -> Any:
    """What a step had the delivery do."""
    stage = Stage(None, folder, git=Delivery())  # type: ignore[arg-type]
    step(name, value).do(stage)
    (told,) = stage.git.done  # type: ignore[union-attr]
    return told


def step(name: str, value: Any) -> Step:
    entry = StepEntry.model_validate({name: value}, by_alias=True, by_name=False)
    assert isinstance(entry.verb, Step)
    return entry.verb


def test_a_revision_is_shipped_by_a_commit_that_says_what_it_is() -> None:
    assert done("6.9.1") == ("ship", Change("6.9.1"), "tag 6.9.1", [], [], False)


def test_a_pull_request_is_a_merge() -> None:
    told = done({"tag": "6.9.1", "message": "promote", "pull-request": True})
    assert told == ("ship", Change("6.9.1"), "promote", [], [], True)


def test_objects_are_committed_without_shipping_anything(tmp_path: Path) -> None:
    told = done({"objects": [SETTING], "remove": ["service/web"], "message": "a setting"}, folder=tmp_path)
    assert told == ("commit", "a setting", [SETTING], ["service-web.yaml"], False)


def test_a_revert_and_a_sync_are_asked_for() -> None:
    assert done("last", "git-revert") == ("revert",)
    assert done(30, "wait-for-sync") == ("sync", 30.0, True)
    assert done({"asking": False}, "wait-for-sync") == ("sync", 60.0, False)


def test_a_commit_of_nothing_is_refused() -> None:
    with pytest.raises(ValidationError, match="say what to commit"):
        step("git-commit", {})


def test_an_application_that_does_not_come_by_git_has_no_commits() -> None:
    with pytest.raises(UsageError, match="does not come by git"):
        step("git-revert", "last").do(Stage(None, Path()))  # type: ignore[arg-type]


def wrong(folder: Path, git: str, objects: str) -> list[str]:
    file = folder / "scene.yaml"
    file.write_text(FILE.format(git=git, object=objects))
    try:
        load.file(file)
    except WrongFile as error:
        return [f"{one.spot.line}: {one.what}" for one in error.problems]
    return []


def test_steps_and_claims_about_git_need_a_repository(tmp_path: Path) -> None:
    (tmp_path / "setting.yaml").write_text("{}")
    told = "the application does not come by git"
    assert wrong(tmp_path, "", "setting.yaml") == [f"{line}: {told}" for line in (4, 5, 6, 8)]
    assert wrong(tmp_path, ", git: {}", "setting.yaml") == []


def test_a_file_of_a_commit_has_to_be_there(tmp_path: Path) -> None:
    assert wrong(tmp_path, ", git: {}", "nowhere.yaml") == ["4: there is no file `nowhere.yaml` beside this one"]
