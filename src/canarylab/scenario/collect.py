"""pytest's side of scenarios: each file an item named like it, or as many as it is to be repeated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

import pytest

from canarylab.errors import CanarylabError
from canarylab.scenario import load
from canarylab.scenario.item import ScenarioItem, Settings

T = TypeVar("T")


class ScenarioFile(pytest.File):
    """A scenario file."""

    settings: Settings

    def collect(self) -> Iterator[pytest.Item]:
        """One item, or as many as it is to be repeated."""
        shown = load.shown(self.path, self.config.invocation_params.dir)
        try:
            file = load.file(self.path, load.settings(self.settings.given), shown)
        except CanarylabError as error:
            raise self.CollectError(str(error)) from error
        for number in range(1, self.settings.repeat + 1):
            name = file.stem if self.settings.repeat == 1 else f"{file.stem}[{number}]"
            yield ScenarioItem.from_parent(self, name=name, file=file, settings=self.settings)


def longest_first(items: list[pytest.Item], workers: int = 1) -> None:
    """Puts scenarios before everything else, exclusive ones first (their cluster has to start), then the long ones."""
    scenarios = sorted((one for one in items if isinstance(one, ScenarioItem)), key=_weight, reverse=True)
    rest = [one for one in items if not isinstance(one, ScenarioItem)]
    items[:] = [*dealt(scenarios, workers), *rest]


def dealt(longest: Sequence[T], workers: int) -> list[T]:
    """An order in which pytest-xdist, which deals two to each worker at first, gives each a long one and a short one.

    Fewer than two for each it deals in turn; what is left it deals as workers get free.
    """
    if workers < 2 or len(longest) < 2 * workers:
        return list(longest)
    pairs = zip(longest[:workers], reversed(longest[-workers:]), strict=True)
    return [*(one for pair in pairs for one in pair), *longest[workers:-workers]]


def _weight(item: ScenarioItem) -> tuple[bool, float]:
    return item.file.scenario.exclusive, item.file.expected_seconds()
