"""Begins a fault; it ends by ``stop-fault``, else with the rollout. The fields are those of ``canarylab.faults``."""

from __future__ import annotations

import typing
from dataclasses import MISSING, Field, fields
from typing import Annotated, Any, ClassVar

import pydantic
from pydantic import Strict, create_model, model_validator
from pydantic.json_schema import JsonSchemaValue

from canarylab import faults
from canarylab.errors import UsageError
from canarylab.faults import Fault
from canarylab.scenario.data import MADE, Data, UnknownWord
from canarylab.scenario.stage import Stage
from canarylab.scenario.step import Step


class Fields(Data):
    """The fields of a fault."""

    model_config = MADE


class OneFault(Step):
    """Begins a fault, by its name or by its name with its fields, and waits until its effect is measured; it ends by
    `stop-fault`, else with the rollout.
    """

    model_config = MADE | {"json_schema_extra": {"minProperties": 1, "maxProperties": 1}}
    python: ClassVar[str] = "faults.begin(journey, fault), or with faults.inject(journey, fault)"

    @model_validator(mode="before")
    @classmethod
    def _from_name(cls, value: Any) -> Any:
        if isinstance(value, str):
            if value not in faults.registry():
                raise UnknownWord(value, list(faults.registry()))
            return {value: {}}
        if isinstance(value, dict) and len(value) != 1:
            raise ValueError("name one fault, as in `fault: {abort: {percent: 50}}`")
        return value

    @classmethod
    def alone(cls, whole: JsonSchemaValue) -> JsonSchemaValue:
        """A name, where all fields have defaults or none is wanted."""
        del whole
        return {"enum": [*faults.registry()]}

    @model_validator(mode="after")
    def _within_limits(self) -> OneFault:
        try:
            self.fault()
        except UsageError as error:
            raise ValueError(error.what) from error
        return self

    @property
    def name(self) -> str:
        """The fault's name."""
        return next(iter(self.model_dump(by_alias=True, exclude_unset=True)))

    def fault(self) -> Fault:
        """The fault itself; UsageError when a field is out of its limits."""
        given: dict[str, dict[str, Any]] = self.model_dump(by_alias=True, exclude_unset=True)
        values = getattr(self, self.name.replace("-", "_")).model_dump(exclude_unset=True)
        return faults.make(next(iter(given)), values)

    def words(self) -> str:
        """The name and the fields."""
        told = getattr(self, self.name.replace("-", "_")).model_dump(by_alias=True, exclude_unset=True)
        return " ".join([self.name, *(f"{key} {value}" for key, value in told.items())])

    def do(self, stage: Stage) -> None:
        applied = faults.begin(stage.journey, self.fault())
        stage.faults[self.name] = applied
        stage.afterwards(f"fault {self.name}", applied.end)


def _field(one: Field[Any], hint: Any) -> Any:
    """A dataclass' field as pydantic's."""
    lists = typing.get_origin(hint) is tuple
    about = one.metadata["doc"]
    if one.default_factory is not MISSING:
        made = pydantic.Field(default_factory=one.default_factory, description=about)
    else:
        made = pydantic.Field(... if one.default is MISSING else one.default, description=about)
    return (Annotated[hint, Strict(False)] if lists else hint, made)


def _model(kind: type[Fault]) -> type[Fields]:
    """The fields of a fault as a mapping of a scenario file."""
    hints = typing.get_type_hints(kind)
    made: dict[str, Any] = {one.name: _field(one, hints[one.name]) for one in fields(kind)}
    return create_model(f"{kind.__name__}Fault", __base__=Fields, __doc__=kind.about, **made)


_CHOICES: dict[str, Any] = {
    name.replace("-", "_"): (_model(kind), pydantic.Field(None, alias=name, description=kind.about))
    for name, kind in faults.registry().items()
}
BeginFault: type[OneFault] = create_model("BeginFault", __base__=OneFault, __doc__=OneFault.__doc__, **_CHOICES)
