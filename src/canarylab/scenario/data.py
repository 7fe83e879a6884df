"""The types that a scenario file is made of: strict, frozen, and told apart by plain words.

Names are written with dashes in files and with underscores in Python. ``Verb`` is a step or a claim: a mapping, or
the value of its ``bare`` field alone (``gate: open`` for ``gate: {word: open}``).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, GetJsonSchemaHandler, Strict, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from canarylab.scenario.compare import WRITTEN, Compare

T = TypeVar("T")

Many = Annotated[tuple[T, ...], Strict(False)]
Percent = Annotated[int, Field(ge=0, le=100)]
Count = Annotated[int, Field(ge=1)]
Seconds = Annotated[float, Field(gt=0)]
PHASES = (
    "Initializing", "Initialized", "Waiting", "Progressing", "WaitingPromotion", "Promoting", "Finalising",
    "Succeeded", "Failed",
)  # fmt: skip
_STAGE = re.compile(r"([A-Za-z]+) (\d{1,3})%")


def one_of(known: Callable[[], tuple[str, ...] | list[str]]) -> AfterValidator:
    """A word of a list that is asked for when it is needed."""

    def check(word: str) -> str:
        if word not in known():
            raise UnknownWord(word, known())
        return word

    return AfterValidator(check)


class UnknownWord(ValueError):
    """A word that is none of those that are known."""

    def __init__(self, word: str, known: tuple[str, ...] | list[str]) -> None:
        super().__init__(f"`{word}` is not known here")
        self.word, self.known = word, tuple(known)


def _enumerated(words: tuple[str, ...]) -> Any:
    return Field(json_schema_extra={"enum": list(words)})


Phase = Annotated[str, one_of(lambda: PHASES), _enumerated(PHASES)]


def _stage(text: str) -> str:
    found = _STAGE.fullmatch(text)
    if not found or int(found[2]) > 100:
        raise ValueError("write a phase and a weight, as in `Progressing 25%`")
    if found[1] not in PHASES:
        raise UnknownWord(found[1], PHASES)
    return text


_STAGE_SCHEMA: dict[str, Any] = {"pattern": f"^({'|'.join(PHASES)}) [0-9]{{1,3}}%$"}
StageText = Annotated[str, AfterValidator(_stage), Field(examples=["Progressing 25%"], json_schema_extra=_STAGE_SCHEMA)]


def _comparison(text: str) -> str:
    Compare.parse(text)
    return text


_COMPARISON_SCHEMA: dict[str, Any] = {"pattern": f"^{WRITTEN}$"}
Comparison = Annotated[
    str,
    AfterValidator(_comparison),
    Field(examples=[">= 99%", "<= 500ms", "= 0"], json_schema_extra=_COMPARISON_SCHEMA),
]


def _dashed(name: str) -> str:
    return name.strip("_").replace("_", "-")


class Data(BaseModel):
    """A mapping with known keys only."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, alias_generator=_dashed, validate_by_name=True,
        use_attribute_docstrings=True,
    )  # fmt: skip


# For models that are made of data: there is no source to read the fields' docstrings from.
MADE = ConfigDict(use_attribute_docstrings=False)


class Verb(Data):
    """What a list of steps or of claims holds."""

    bare: ClassVar[str] = ""

    @model_validator(mode="before")
    @classmethod
    def _from_bare(cls, value: Any) -> Any:
        return {_dashed(cls.bare): value} if cls.bare and not isinstance(value, dict | Verb) else value

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """The mapping, or what may stand for it."""
        mapping = handler(core)
        whole = handler.resolve_ref_schema(mapping)
        alone = cls.alone(whole)
        if not alone:
            return mapping
        about = {"description": whole["description"]} if "description" in whole else {}
        return {**about, "anyOf": [dict(whole), alone]}

    @classmethod
    def alone(cls, whole: JsonSchemaValue) -> JsonSchemaValue:
        """The schema of what may stand for the mapping, by that of the mapping; empty if nothing may."""
        if not cls.bare:
            return {}
        return {key: value for key, value in whole["properties"][_dashed(cls.bare)].items() if key != "title"}

    def words(self) -> str:
        """The verb's arguments in a few words."""
        given = {name: value for name, value in self if name in self.model_fields_set}
        if set(given) == {self.bare}:
            return _plain(given[self.bare])
        return ", ".join(f"{_dashed(name)} {_plain(value)}" for name, value in given.items())


def _plain(value: Any) -> str:
    if isinstance(value, Verb):
        return value.words()
    if isinstance(value, dict):
        return ", ".join(f"{name} {_plain(one)}" for name, one in value.items())
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
