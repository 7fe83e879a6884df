"""Why a rule cannot be, raised where it is found and told on the rule's status."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from canarylab.errors import CanarylabError
from canarylab.kube.reconcile import Json

T = TypeVar("T", bound=BaseModel)


class Refusal(CanarylabError):
    """A rule that is impossible; ``what`` says why."""


def parsed(kind: type[T], item: Json) -> T:
    """The spec of an object; Refusal with the first field that is wrong.

    The API server lets nothing wrong in, but an older definition of the kind may have.
    """
    try:
        return kind.model_validate(item.get("spec", {}))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, ("spec", *first["loc"])))
        raise Refusal(f"{place}: {first['msg']}") from error


def unknown(what: str, name: str, known: Iterable[str]) -> Refusal:
    """A name that nothing has, with the nearest one that something has."""
    near = difflib.get_close_matches(name, sorted(known), 1)
    advice = f", did you mean {near[0]}?" if near else ""
    return Refusal(f"there is no {what} {name}{advice}")


def only(what: str, given: Sequence[str], choice: Sequence[str]) -> str:
    """The one that is given of several that exclude each other."""
    if len(given) == 1:
        return given[0]
    wrong = f"{' and '.join(given)} exclude each other" if given else "it is empty"
    raise Refusal(f"{what}: {wrong}; say one of {', '.join(choice)}")
