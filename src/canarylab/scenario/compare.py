"""A comparison as people write it: ``>= 99%``, ``<= 500ms``, ``= 0``. Times become seconds, percents stay numbers."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass

_OPERATORS: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt, "=": operator.eq,
}  # fmt: skip
_UNITS = {"": 1.0, "%": 1.0, "s": 1.0, "ms": 0.001}
WRITTEN = r"(>=|<=|>|<|=) *(-?[0-9]+(?:\.[0-9]+)?) *(%|ms|s|)"


@dataclass(frozen=True)
class Compare:
    """An operator and a limit; ``text`` is how it was written."""

    text: str
    sign: str
    limit: float

    @classmethod
    def parse(cls, text: str) -> Compare:
        """ValueError with an example for anything else."""
        found = re.fullmatch(WRITTEN, text)
        if not found:
            raise ValueError("write a comparison, as in `>= 99%`, `<= 500ms` or `= 0`")
        return cls(text, found[1], float(found[2]) * _UNITS[found[3]])

    def holds(self, value: float) -> bool:
        """Whether a value keeps the limit."""
        return _OPERATORS[self.sign](value, self.limit)
