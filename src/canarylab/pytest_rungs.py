"""The part of the plugin that knows rungs: their options, what a run joins before its first test, and how it ends.

On an existing cluster everything that would stop the run is found out at its start: the rights, the plan, and what the
tests want of a cluster that it has not.
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from canarylab import pytest_kind
from canarylab.errors import CanarylabError, UsageError
from canarylab.scenario.plugin import REFUSED

if TYPE_CHECKING:
    from canarylab.joining import Joined, Wish
    from canarylab.rung import Rung
    from canarylab.session import Shared

LOCAL, KIND, EXISTING = "local", "kind", "existing"
RUNGS = (LOCAL, KIND, EXISTING)
INSTALLERS = (MANIFESTS, HELM) = ("manifests", "helm")  # as canarylab.stack has them
_JOINED = pytest.StashKey[str]()
_SHARED = {EXISTING: "an existing cluster is not the test's own", KIND: "a kind cluster of its own takes minutes"}


def options(group: pytest.OptionGroup) -> None:
    """The options that name a cluster."""
    group.addoption("--cluster", default=LOCAL, choices=RUNGS, help="the rung to run on (default: local)")
    group.addoption(
        "--installer", default=MANIFESTS, choices=INSTALLERS,
        help="local: what installs the mesh and Flagger: their manifests at once, or helm, chart by chart",
    )  # fmt: skip
    group.addoption("--nodes", metavar="N", type=int, help="kind: how many, with the control plane (default: 2)")
    group.addoption("--engine", default="", metavar="NAME", help="kind: docker or podman, instead of what is there")
    group.addoption("--node-image", default="", metavar="IMAGE", help="kind: a node image of your own")
    group.addoption("--context", default="", metavar="NAME", help="existing: the kubeconfig's context, always named")
    group.addoption("--kubeconfig", default="", metavar="FILE", help="existing: instead of KUBECONFIG's")
    group.addoption("--install", action="store_true", help="existing: allow what the plan installs for the run")
    group.addoption(
        "--client-image", default="", metavar="IMAGE", help="existing: an image with Python for users' pods"
    )
    group.addoption("--prometheus", default="", metavar="URL", help="existing: Flagger's Prometheus, asked from here")
    group.addoption(
        "--namespace-label", action="append", default=[], metavar="NAME=VALUE",
        help="existing: a label that the namespaces of tests get; repeatable",
    )  # fmt: skip


class Rungs:
    """pytest's hooks. ``joined`` is what a run on an existing cluster has joined."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    def pytest_sessionstart(self) -> None:
        """Joins the cluster, in the run's controller; ends pytest with the error's own exit code where it cannot."""
        option = self._config.option
        if option.cluster == LOCAL or hasattr(self._config, "workerinput") or option.collectonly:
            return
        terminal: Any = self._config.pluginmanager.getplugin("terminalreporter")
        try:
            if option.cluster == KIND:
                pytest_kind.look(self._config, terminal.write_line)
            else:
                take(self._config, self._join(terminal.write_line).to_json())
        except CanarylabError as error:
            terminal.write_line(f"canarylab: {error}")
            self._config.stash[REFUSED] = error.exit_code
            pytest.exit("no test was run", returncode=error.exit_code)

    def _join(self, tell: Callable[[str], None]) -> Joined:
        from canarylab import joining
        from canarylab.clusters.existing.owned import Mark
        from canarylab.clusters.local.registry import owner

        option = self._config.option
        keeps = option.keep_cluster or option.keep != "none"
        return joining.join(wish(self._config), Mark(secrets.token_hex(4), "" if keeps else owner()), tell)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Skips what the rung cannot do."""
        rung, mesh = self._config.getoption("--cluster"), self._config.getoption("--mesh")
        for item in items:
            if why := misfit(item, rung, mesh) or uncharted(item, self._config.getoption("--installer")):
                item.add_marker(pytest.mark.skip(reason=why))


def misfit(item: pytest.Item, rung: str, mesh: str) -> str:
    """Why a test cannot run on a rung; empty if it can. ``mesh`` is that of an existing cluster."""
    named = [name for marker in item.iter_markers("cluster") for name in marker.args]
    if named and rung not in named:
        return f"it runs on {' and '.join(named)}, not on {rung}"
    if rung == LOCAL:
        return ""
    if item.get_closest_marker("exclusive"):
        return f"it breaks what others share, and {_SHARED[rung]}"
    wanted = item.get_closest_marker("mesh")
    if rung == KIND:
        return pytest_kind.misfit(wanted.args[0]) if wanted else ""
    return f"it needs the mesh {wanted.args[0]}, and there is {mesh}" if wanted and wanted.args[0] != mesh else ""


def uncharted(item: pytest.Item, installer: str) -> str:
    """Why a test's own mesh cannot be installed so; empty if it can."""
    wanted = item.get_closest_marker("mesh")
    if installer == MANIFESTS or not wanted or wanted.args[0] == "istio":
        return ""
    return f"it needs the mesh {wanted.args[0]}, for which there are no charts"


def wish(config: pytest.Config) -> Wish:
    """What the options ask of an existing cluster; UsageError for those of other rungs."""
    from canarylab.joining import Wish

    option = config.getoption
    for name in ("--images", "--attach", "--real-only"):
        if option(name):
            raise UsageError(f"{name} is of the local rung", next_step="leave it out, or run with --cluster local")
    if option("--installer") != MANIFESTS:
        raise UsageError("--installer is of the local rung", next_step="leave it out: a run there installs no mesh")
    given = {"image": option("--client-image")} if option("--client-image") else {}
    return Wish(
        option("--context"), option("--kubeconfig"), option("--install"), prometheus=option("--prometheus"),
        labels=_labels(config), mesh=option("--mesh"),
        flagger=option("--flagger") or "", **given,
    )  # fmt: skip


def _labels(config: pytest.Config) -> dict[str, str]:
    return dict(map(_label, config.getoption("--namespace-label")))


def _label(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not (name and sign):
        raise UsageError(f"--namespace-label {text}: no label", next_step="write it like --namespace-label team=shop")
    return name, value


def joined_by(config: pytest.Config) -> str:
    """What the run has joined, for its other processes; empty on the local rung."""
    return config.stash.get(_JOINED, "")


def take(config: pytest.Config, joined: str) -> None:
    """Keeps what the run has joined; its mesh is the one of all tests then."""
    if joined:
        from canarylab.joining import Joined

        config.stash[_JOINED], config.option.mesh = joined, Joined.from_json(joined).found.name


def rung(config: pytest.Config) -> Rung | None:
    """Where the run's stacks come from; None for the local rung as it usually is."""
    if config.getoption("--cluster") == KIND:
        return pytest_kind.rung(config, _labels(config))
    if not (joined := joined_by(config)):
        return _charted(config)
    from canarylab.joining import Joined
    from canarylab.rung import Existing

    return Existing(Joined.from_json(joined))


def _charted(config: pytest.Config) -> Rung | None:
    if (installer := config.getoption("--installer")) == MANIFESTS:
        return None
    from canarylab.rung import Local

    return Local(installer)


def given(config: pytest.Config) -> list[tuple[str, str]]:
    """The options by which another run finds the same cluster."""
    if config.getoption("--cluster") == KIND:
        return pytest_kind.given(config)
    if config.getoption("--cluster") != EXISTING:
        return [("--installer", HELM)] if config.getoption("--installer") == HELM else []
    names = ("--cluster", "--context", "--kubeconfig", "--client-image", "--prometheus")
    return [(name, config.getoption(name)) for name in names]


def end(run: Shared, root: Path, *, failed: bool, keep: bool) -> Iterator[str]:
    """Ends the run's clusters, unless they are to be kept; keeps their logs when a test failed. A line about each."""
    for key, known in run.stacks().items():
        yield from (f"[{key}] {line}" for line in known.get("describe", []))
        if "describe" in known:
            name = known["cluster"]
            if failed and (logs := run.rung.logs(name)):
                target = root / "clusters" / name
                # logs only: the rest of a cluster's folder is credentials
                shutil.copytree(logs, target, dirs_exist_ok=True, symlinks=True)
                yield f"[{key}] a test failed; the cluster's logs: {target}"
            if keep:
                yield f"[{key}] kept: {run.rung.kept(name)}"
    yield from run.end(keep=keep)
