"""The programs that a running cluster can be asked for: those of its toolset, and those of extras built since.

A cluster's node reads its toolset once, as plain data. What is built later is found in the cache that the data names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from canarylab import paths
from canarylab.errors import EnvironmentFault
from canarylab.toolchain import kit, spec
from canarylab.toolchain.found import Finder
from canarylab.toolchain.recipe import for_extra
from canarylab.toolchain.toolset import provision_with


class Offered(Mapping[str, Mapping[str, str]]):
    """Programs by name, as :meth:`Toolset.to_json` tells them."""

    def __init__(self, toolset: Mapping[str, Any]) -> None:
        self._known: Mapping[str, Mapping[str, str]] = toolset["programs"]
        self._cache = Path(toolset["cache"])

    def __getitem__(self, name: str) -> Mapping[str, str]:
        """KeyError if there is no such program; :class:`EnvironmentFault` if it is an extra's that nobody has built."""
        if name in self._known:
            return self._known[name]
        bringing = spec.extra_programs()[name]
        recipe = for_extra(paths.toolchain_source(), bringing)
        made = kit.look(self._cache, recipe, Finder(self._cache / "found.json", {})).programs
        if name not in made:
            next_step = f"run `{provision_with(bringing.name)}`"
            raise EnvironmentFault(f"{name} is not built yet", where=str(self._cache), next_step=next_step)
        return made[name].facts()

    def __iter__(self) -> Iterator[str]:
        return iter({**self._known, **spec.extra_programs()})

    def __len__(self) -> int:
        return len(list(iter(self)))
