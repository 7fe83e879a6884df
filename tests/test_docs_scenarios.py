"""docs/scenarios.md and the schema show the models as they are; ``REGENERATE=1`` writes them anew."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from canarylab.scenario import find, load, reference, schema
from canarylab.scenario.expect import CLAIMS
from canarylab.scenario.problem import WrongFile
from canarylab.scenario.steps import STEPS

ROOT = Path(__file__).parent.parent
PAGE, SCHEMA = ROOT / "docs" / "scenarios.md", ROOT / "docs" / schema.NAME
LIBRARY = find.folder(ROOT / "scenarios")
WRONG = sorted((ROOT / "tests" / "scenario" / "wrong").glob("*.in"))
# What a schema cannot tell: whether names are known, what stands twice, what makes no sense.
BEYOND_A_SCHEMA = {"unknown-value", "duplicate-key", "impossible", "never-reached", "no-gate"}


def page() -> str:
    """The page with its generated parts put in anew."""
    text = PAGE.read_text()
    parts = {"KEYS": reference.keys(), "STEPS": reference.steps(), "CLAIMS": reference.claims()}
    for name, part in {**parts, "LIBRARY": reference.library(LIBRARY)}.items():
        made = f"<!-- {name} -->\n{part}\n<!-- /{name} -->"
        text = re.sub(f"<!-- {name} -->.*?<!-- /{name} -->", lambda _, made=made: made, text, flags=re.S)
    return text


def test_the_page_shows_the_models_as_they_are() -> None:
    if os.environ.get("REGENERATE"):
        PAGE.write_text(page())
    assert page() == PAGE.read_text()
    assert all(f"### {name}\n" in PAGE.read_text() for name in (*STEPS, *CLAIMS))
    assert all(f"`{file.name}`" in PAGE.read_text() for file in LIBRARY)


def test_the_schema_is_that_of_the_models() -> None:
    if os.environ.get("REGENERATE"):
        SCHEMA.write_text(schema.text())
    assert schema.text() == SCHEMA.read_text()
    jsonschema.Draft202012Validator.check_schema(json.loads(schema.text()))


@pytest.mark.parametrize("file", LIBRARY, ids=lambda file: file.stem)
def test_every_scenario_is_right_names_the_schema_and_fits_it(file: Path) -> None:
    load.file(file)
    assert find.names_schema(file)
    assert errors(file) == []


@pytest.mark.parametrize("file", WRONG, ids=lambda file: file.stem)
def test_an_editor_with_the_schema_sees_what_is_wrong(file: Path) -> None:
    with pytest.raises(WrongFile):
        load.file(file)
    assert bool(errors(file)) == (file.stem not in BEYOND_A_SCHEMA)


def errors(file: Path) -> list[Any]:
    """What the schema says of a file, its values put in."""
    read = load.source.read(file.name, file.read_text())
    if read.data is None:
        return read.problems
    values = {**read.data.get("values", {}), "namespace": "n", "canary": "c", "target": "t"}
    data, _ = load.substitute.put(read, values)
    return list(jsonschema.Draft202012Validator(schema.schema()).iter_errors(data))


def test_the_examples_of_the_pages_are_right(tmp_path: Path) -> None:
    for name in ("scenarios.md", "first-scenario.md"):
        for number, text in enumerate(re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / name).read_text(), re.DOTALL)):
            file = tmp_path / f"{name}-{number}.yaml"
            file.write_text(text)
            load.file(file)


@pytest.mark.parametrize(
    ("page", "name"), [("first-scenario.md", "scenarios/first.yaml"), ("scenarios.md", "scenarios/gates.yaml")]
)
def test_a_pages_wrong_word_is_told_as_the_page_says(page: str, name: str, tmp_path: Path) -> None:
    text = (ROOT / "docs" / page).read_text()
    first = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)[0]
    file = tmp_path / "first.yaml"
    file.write_text(first.replace("set-image", "set-imge"))
    with pytest.raises(WrongFile) as caught:
        load.file(file, name=name)
    told = "\n".join(f"    {line}" for line in str(caught.value.problems[0]).splitlines())
    assert told in text
