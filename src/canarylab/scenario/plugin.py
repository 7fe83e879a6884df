"""pytest's hooks for scenario files. They are there in every run, so what only scenarios need is imported by them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from canarylab.scenario import find

if TYPE_CHECKING:
    from canarylab.scenario.item import Settings
    from canarylab.session import Wanted
    from canarylab.stack import Stack


REFUSED = pytest.StashKey[int]()  # the exit code of a run that could not join its cluster


@dataclass(frozen=True)
class Scenarios:
    """``stack`` gives the stack that is wanted, ``done`` ends one that nobody shares, ``root`` is the run's folder."""

    config: pytest.Config
    stack: Callable[[Wanted], Stack]
    done: Callable[[Wanted], None]
    root: Callable[[], Path]

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        """Scenario files: all that are named, and of folders those that are known by their place or first line."""
        if file_path.suffix not in find.SUFFIXES:
            return None
        if not (parent.session.isinitpath(file_path) or find.is_scenario(file_path)):
            return None
        from canarylab.scenario.collect import ScenarioFile

        # pytest has no name of its own for a file that is named and lies elsewhere
        name = None if file_path.is_relative_to(self.config.rootpath) else file_path.as_posix()
        made: ScenarioFile = ScenarioFile.from_parent(parent, path=file_path, nodeid=name)
        made.settings = self._settings()
        return made

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Scenarios that take long begin first, so that side by side they end together."""
        if any(item.path.suffix in find.SUFFIXES for item in items):
            from canarylab.scenario.collect import longest_first

            longest_first(items, getattr(self.config, "workerinput", {}).get("workercount", 1))

    def _settings(self) -> Settings:
        """The options as scenarios know them."""
        from canarylab.scenario.item import Settings

        option, keep = self.config.getoption, self.config.getoption("--keep")
        keep = "all" if option("--keep-cluster") else keep
        return Settings(
            stack=self.stack,
            done=self.done,
            root=self.root(),
            rung=option("--cluster"),
            mesh=option("--mesh"),
            flagger=option("--flagger"),
            kubernetes=option("--kubernetes"),
            images=tuple(option("--images")),
            keep=keep,
            repeat=option("--repeat"),
            given=tuple(option("--set")),
            pause=self._pause if option("--pause-on-failure") else None,
            outlives=keep != "none" or bool(option("--attach")),
        )

    def _pause(self, text: str) -> None:
        """Shows a text and waits for Enter."""
        capture: Any = self.config.pluginmanager.getplugin("capturemanager")
        capture.suspend_global_capture(in_=True)
        try:
            input(f"\n{text}\nEnter goes on: ")
        finally:
            capture.resume_global_capture()
