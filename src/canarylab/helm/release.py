"""One step for every cluster: installs a chart as a release, waits for what it brings, lists and removes releases.

A cluster is a kubeconfig here, whether it is local, kind's or somebody's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kubernetes import config

from canarylab import toolchain
from canarylab.errors import EnvironmentFault
from canarylab.helm import bound, charts, command, program
from canarylab.kube import manifests, rollout
from canarylab.kube.rollout import Workload
from canarylab.toolchain import Toolset

Json = dict[str, Any]

_GONE = 120.0  # seconds for the objects of a release to be gone; pods have 30 to end
_ALIVE: Callable[[], str | None] = lambda: None  # noqa: E731 - a default that needs a name of its type


@dataclass(frozen=True)
class Release:
    """What shall be installed: the release's name, its chart, and where to; ``values`` are files, the last one wins."""

    name: str
    chart: str
    namespace: str
    values: tuple[Path, ...] = ()
    settings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Installed:
    """A release that helm has made: its chart with its version, and its objects."""

    name: str
    namespace: str
    chart: str
    objects: tuple[Json, ...]

    @classmethod
    def read(cls, text: str) -> Installed:
        """What ``helm install --output json`` prints."""
        plain = json.loads(text)
        about = plain["chart"]["metadata"]
        objects = tuple(manifests.load(plain.get("manifest", ""), plain["name"]))
        return cls(plain["name"], plain["namespace"], f"{about['name']}-{about['version']}", objects)

    def workloads(self) -> list[Workload]:
        """What has to become available; StatefulSets and Jobs are not waited for."""
        found = [item for item in self.objects if item["kind"] in rollout.KINDS]
        places = [(item["kind"], item["metadata"].get("namespace", self.namespace)) for item in found]
        return [Workload(*place, item["metadata"]["name"]) for place, item in zip(places, found, strict=True)]


@dataclass(frozen=True)
class Listed:
    """A release as ``helm list`` tells it."""

    name: str
    namespace: str
    status: str
    chart: str


def install(
    kubeconfig: Path,
    chart: str,
    release: str,
    namespace: str,
    values: Iterable[Path] = (),
    *,
    settings: Sequence[str] = (),
    toolset: Toolset | None = None,
    wait: bool = True,
    pulls: bool = True,
    failure: Callable[[], str | None] = _ALIVE,
) -> Installed:
    """Installs a chart as a release, in a namespace that is made where it is not there, and waits until it is ready.

    ``chart`` is the name of a pinned one, or a folder or archive. ``pulls`` and ``failure`` are those of
    :func:`await_ready`. UsageError for a chart or value that is wrong, EnvironmentFault for a cluster that cannot.
    """
    tools = toolset or toolchain.installed()
    words = command.install(release, charts.find(tools, chart), namespace, tuple(values), settings)
    made = Installed.read(program.run(tools.program("helm"), kubeconfig, words))
    if wait:
        await_ready(kubeconfig, made, pulls=pulls, failure=failure)
    return made


def await_ready(
    kubeconfig: Path, made: Installed, *, pulls: bool = True, failure: Callable[[], str | None] = _ALIVE
) -> None:
    """Waits for the release's workloads, as long as its objects say that they may take (``bound``).

    EnvironmentFault as soon as one of their pods cannot start, with the reason. ``pulls`` where nodes fetch images from
    a registry; ``failure`` tells what has ended the cluster.
    """
    if not (workloads := made.workloads()):
        return
    api = config.new_client_from_config(str(kubeconfig))  # type: ignore[no-untyped-call]
    longest = bound.seconds(made.objects, pulls=pulls)
    try:
        rollout.wait(api, workloads, bound=longest, failure=failure)
    except EnvironmentFault as error:
        error.what = f"the release {made.name} ({made.chart}) does not become ready: {error.what}"
        error.next_step = f"{error.next_step}; helm uninstall {made.name} -n {made.namespace} removes it"
        raise


def uninstall(kubeconfig: Path, release: str, namespace: str, *, toolset: Toolset | None = None) -> tuple[str, ...]:
    """Removes a release, and returns when its objects are gone; the names of those that helm keeps by their own wish.

    Charts say so of their definitions (``helm.sh/resource-policy: keep``), so that no object of theirs is lost.
    """
    tools = toolset or toolchain.installed()
    words = command.uninstall(release, namespace, _GONE)
    told = program.run(tools.program("helm"), kubeconfig, words, _GONE + 30)
    return tuple(re.findall(r"^\[\w+\] (\S+)", told, re.MULTILINE))


def listed(kubeconfig: Path, *, toolset: Toolset | None = None) -> list[Listed]:
    """Every release of the cluster."""
    tools = toolset or toolchain.installed()
    told = json.loads(program.run(tools.program("helm"), kubeconfig, command.listed()))
    return [Listed(one["name"], one["namespace"], one["status"], one["chart"]) for one in told]
