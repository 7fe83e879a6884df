"""helm's command lines, in what helm 3 and 4 have in common. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


def install(
    release: str, chart: Path, namespace: str, values: Sequence[Path] = (), settings: Sequence[str] = ()
) -> list[str]:
    """Installs a chart; each of ``settings`` is ``a.b=c``, and goes before the files. Prints the release as JSON.

    helm does not wait: a pod that cannot start would cost all of its time, and ``rollout`` tells at once why.
    """
    files = [word for file in values for word in ("--values", str(file))]
    single = [word for setting in settings for word in ("--set", setting)]
    return ["install", release, str(chart), *_in(namespace), "--create-namespace", *_json(), *files, *single]


def uninstall(release: str, namespace: str, seconds: float) -> list[str]:
    """Removes a release; returns when its objects and what they own are gone."""
    return ["uninstall", release, *_in(namespace), "--cascade", "foreground", "--wait", "--timeout", f"{seconds:.0f}s"]


def listed() -> list[str]:
    """Every release of the cluster, as JSON."""
    return ["list", "--all-namespaces", *_json()]


def _in(namespace: str) -> list[str]:
    return ["--namespace", namespace]


def _json() -> list[str]:
    return ["--output", "json"]
