"""Which requests are meant: conditions that can be compared, ordered by how much they ask, and put together.

Meshes take the first of their routes that fits, so a request that fits two rules needs a route for both together.
:func:`meet` makes it, and :func:`specificity` puts it before the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, IntEnum
from functools import cached_property
from typing import Any, NamedTuple


class How(IntEnum):
    """How a text is looked at, from the least that can be asked to the most."""

    PRESENT = 0
    PREFIX = 1
    REGEX = 2
    EXACT = 3


@dataclass(frozen=True, order=True)
class Text:
    """What a text has to be like."""

    how: How
    value: str = ""

    def fits(self, text: str) -> bool:
        """Whether a text is like that."""
        match self.how:
            case How.PRESENT:
                return True
            case How.PREFIX:
                return text.startswith(self.value)
            case How.REGEX:
                return re.fullmatch(self.value, text) is not None
            case How.EXACT:
                return text == self.value


class Place(IntEnum):
    """What of a request is looked at. Those of the caller are known to its own proxy alone."""

    PATH = 0
    METHOD = 1
    HEADER = 2
    QUERY = 3
    CALLER_NAMESPACE = 4
    CALLER_LABEL = 5
    PORT = 6


class Feature(NamedTuple):
    """A place, and the name of the header, parameter or label."""

    place: Place
    name: str = ""


PATH, METHOD, PORT = Feature(Place.PATH), Feature(Place.METHOD), Feature(Place.PORT)
CALLER_NAMESPACE = Feature(Place.CALLER_NAMESPACE)


class Overlap(Enum):
    """Why two sets of requests have no common part that can be written down."""

    NONE = "they have none"
    UNTOLD = "it takes two regular expressions at once"


@dataclass(frozen=True)
class Atom:
    """Requests that meet every one of the conditions; all requests, without any."""

    conditions: tuple[tuple[Feature, Text], ...] = ()

    @classmethod
    def of(cls, conditions: Iterable[tuple[Feature, Text]]) -> Atom:
        """The same for the same conditions in any order. A path that begins with / is any path."""
        return cls(tuple(sorted(one for one in conditions if one != (PATH, Text(How.PREFIX, "/")))))

    @cached_property
    def by_feature(self) -> Mapping[Feature, Text]:
        return dict(self.conditions)

    def get(self, feature: Feature) -> Text | None:
        """The condition on one feature."""
        return self.by_feature.get(feature)

    def at(self, place: Place) -> dict[str, Text]:
        """The conditions on one place, by name."""
        return {feature.name: text for feature, text in self.conditions if feature.place is place}

    def on_port(self, port: int) -> Atom | None:
        """What is left to ask of requests to a port; None if they are not meant."""
        if self.get(PORT) not in (None, Text(How.EXACT, str(port))):
            return None
        return Atom(tuple(one for one in self.conditions if one[0] != PORT))

    @property
    def asks_for_callers(self) -> bool:
        return bool(self.at(Place.CALLER_NAMESPACE) or self.at(Place.CALLER_LABEL))

    def __str__(self) -> str:
        return " and ".join(map(_told, self.conditions)) or "all requests"


ALL = Atom()


def _told(condition: tuple[Feature, Text]) -> str:
    feature, text = condition
    what = f"{feature.place.name.lower().replace('_', ' ')} {feature.name}".strip()
    how = {How.PRESENT: "", How.PREFIX: f" {text.value}*", How.REGEX: f" ~{text.value}", How.EXACT: f" {text.value}"}
    return what + how[text.how]


def meet(one: Atom, other: Atom) -> Atom | Overlap:
    """The requests that both mean."""
    found, told = dict(one.conditions), True
    for feature, text in other.conditions:
        both = _both(found[feature], text) if feature in found else text
        if both is Overlap.NONE:
            return Overlap.NONE
        if isinstance(both, Overlap):
            told = False
        else:
            found[feature] = both
    return Atom.of(found.items()) if told else Overlap.UNTOLD


def _both(one: Text, other: Text) -> Text | Overlap:
    if one == other:
        return one
    low, high = sorted((one, other))
    if low.how is How.PRESENT:
        return high
    if high.how is How.EXACT:
        return high if low.fits(high.value) else Overlap.NONE
    if low.how is How.PREFIX and high.how is How.PREFIX:
        longer, shorter = sorted((low, high), key=lambda text: -len(text.value))
        return longer if shorter.fits(longer.value) else Overlap.NONE
    return Overlap.UNTOLD


def covers(wide: Atom, narrow: Atom) -> bool:
    """Whether all requests of the second are of the first."""
    asked = narrow.by_feature
    return all(feature in asked and _both(text, asked[feature]) == asked[feature] for feature, text in wide.conditions)


def specificity(atom: Atom) -> tuple[Any, ...]:
    """Greater for what asks more: by path, then method, headers, query, caller and port.

    An atom that another one covers is always greater than it. The order of the first four is the Gateway API's, whose
    implementations sort the rules of a route by themselves.
    """
    path = atom.get(PATH)
    counts = tuple(_asked(atom.at(place)) for place in Place if place is not Place.PATH)
    return (path.how if path else -1, len(path.value) if path else 0, *counts, atom.conditions)


def _asked(texts: dict[str, Text]) -> tuple[int, int]:
    return len(texts), sum(text.how for text in texts.values())
