"""From options to a cluster: clients by a kubeconfig, the Canaries meant, and Flagger as it runs there."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from canarylab.errors import CanarylabError, EnvironmentFault, UsageError
from canarylab.flagger import running
from canarylab.flagger.running import Running
from canarylab.kube import rest
from canarylab.kube.apply import path
from canarylab.verify import rights

Json = dict[str, Any]

FLAGGER = "istio-system"  # where Flagger is looked for if its Deployment cannot be found
_AGAIN = 1.0  # seconds between looks for a Canary that is not there yet
_NEXT = {
    401: "see whether the kubeconfig's account is still valid",
    404: "install Flagger; its CRDs are not in this cluster",
}
_OPTIONS = (
    click.option("-n", "--namespace", default=None, help="the Canaries' namespace"),
    click.option("--kubeconfig", type=click.Path(path_type=Path), default=None, help="instead of KUBECONFIG's"),
    click.option("--context", default=None, help="instead of the kubeconfig's current one"),
    click.option("--provider", default="", help="of Canaries that name none; Flagger's own if none is given"),
    click.option("--flagger-namespace", default="", help="where Flagger runs; looked for if none is given"),
)


def options(function: Callable[..., None]) -> Callable[..., None]:
    """The options by which a command finds a cluster, its Canaries and its Flagger."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def canaries(api: Any, space: str | None) -> list[Json]:
    """All Canaries of a namespace, or of the cluster; EnvironmentFault where they cannot be seen."""
    try:
        items: list[Json] = rest.send(api, "GET", path("flagger.app/v1beta1", "canaries", space or ""))["items"]
    except rest.Refused as error:
        next_step = rights.canaries(space) if error.status == rights.FORBIDDEN else _NEXT.get(error.status, "")
        raise EnvironmentFault(
            f"Canaries cannot be listed: {error.what}", where=error.where, next_step=next_step
        ) from error
    return items


def choose(items: Sequence[Json], names: Sequence[str], space: str | None) -> list[Json]:
    """Those of these names, or all of them; UsageError for a name that is not there."""
    found = [item for item in items if not names or item["metadata"]["name"] in names]
    missing = set(names) - {item["metadata"]["name"] for item in found}
    if missing or not found:
        raise UsageError(
            f"there is no Canary {', '.join(sorted(missing)) or 'at all'}",
            where=f"namespace {space}" if space else "all namespaces",
            next_step="kubectl get canaries -A",
        )
    return found


def await_canaries(
    api: Any, names: Sequence[str], space: str | None, until: float, tell: Callable[[str], None]
) -> list[Json]:
    """The same, but waits for them to appear, until a monotonic second."""
    told = False
    while True:
        try:
            return choose(canaries(api, space), names, space)
        except UsageError as error:
            if time.monotonic() >= until:
                raise
            if not told:
                tell(f"{error.what} in {error.where} yet; waiting for it")
            told = True
        time.sleep(_AGAIN)


def flagger(api: Any, space: str | None) -> Running | None:
    """Flagger, if this account may list Deployments where it runs."""
    found = []
    for where in ("", FLAGGER):
        for selector in running.SELECTORS:
            found += [running.read(item) for item in _deployments(api, where, selector)]
        if found:
            break
    return running.choose(found, space or "")


def _deployments(api: Any, where: str, selector: str) -> list[Json]:
    try:
        listed = rest.send(api, "GET", path("apps/v1", "deployments", where), query={"labelSelector": selector})
        return list(listed["items"])
    except CanarylabError:
        return []
