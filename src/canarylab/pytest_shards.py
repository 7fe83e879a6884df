"""The part of the plugin that leaves a run one share of its tests: ``--shard K/N``, by what earlier runs took."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from canarylab import durations
from canarylab.errors import UsageError
from canarylab.shards import Shard

_LEFT = "canarylab_left_to_other_shards"  # a worker tells its controller how many tests those were


def options(group: pytest.OptionGroup) -> None:
    """The options that choose a share."""
    group.addoption("--shard", default="", metavar="K/N", help="run the K-th of N shares of the tests")
    group.addoption(
        "--shard-times", action="append", default=[], metavar="FILE",
        help="report.json, JUnit XML or a folder of these, of an earlier run: shares take equally long; repeatable",
    )  # fmt: skip


def register(config: pytest.Config) -> None:
    """Leaves the run its share, where one is asked for."""
    if config.getoption("--shard"):
        config.pluginmanager.register(Shards(config), "canarylab-shards")
    elif config.getoption("--shard-times"):
        raise pytest.UsageError("--shard-times is of --shard K/N; give both")


class Shards:
    """pytest's hooks. A share that has no test at all, because there are more shares than tests, is no failure."""

    def __init__(self, config: pytest.Config) -> None:
        self._config, self._left = config, 0
        try:
            self._shard = Shard.parse(config.getoption("--shard"))
            self._seconds = durations.known(map(Path, config.getoption("--shard-times")))
        except UsageError as error:
            raise pytest.UsageError(str(error)) from error

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keeps this share, after -k and -m have chosen."""
        ours = set(self._shard.of(_groups(items), self._seconds))
        others = [item for item in items if item.nodeid not in ours]
        items[:] = [item for item in items if item.nodeid in ours]
        self._left = len(others)
        self._config.hook.pytest_deselected(items=others)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """pytest-xdist: what its workers have left to others."""
        self._left = max(self._left, getattr(node, "workeroutput", {}).get(_LEFT, 0))

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if hasattr(self._config, "workeroutput"):
            self._config.workeroutput[_LEFT] = self._left
        if session.exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED and self._left:
            session.exitstatus = pytest.ExitCode.OK

    def pytest_report_header(self) -> str:
        return f"canarylab: share {self._shard.number} of {self._shard.count}, {len(self._seconds)} durations known"


def _groups(items: list[pytest.Item]) -> dict[str, list[str]]:
    """The tests by what keeps them together: pytest-xdist's group, else nothing but themselves."""
    found: dict[str, list[str]] = {}
    for item in items:
        marker = item.get_closest_marker("xdist_group")
        group = str([*marker.args, *marker.kwargs.values()]) if marker else item.nodeid
        found.setdefault(group, []).append(item.nodeid)
    return found
