"""The Canary that is verified: its numbers, and what else of its object explains what it waits for. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from canarylab.errors import EnvironmentFault, UsageError
from canarylab.flagger.running import Running
from canarylab.model import releases
from canarylab.model.canary import Canary

Json = Mapping[str, Any]

_INTERVAL = "1m"  # of a metric that names none


@dataclass(frozen=True)
class Hook:
    """A webhook: its name and type."""

    name: str
    type: str

    def __str__(self) -> str:
        return f"{self.name} ({self.type})"


@dataclass(frozen=True)
class Check:
    """A metric of the analysis, with where its query comes from: Flagger itself, the Canary, or a MetricTemplate."""

    name: str
    interval: str
    query: str = ""
    template: str = ""
    template_namespace: str = ""
    variables: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Subject:
    """``canary`` is what decides its timeline, with the provider that holds for it; ``state`` its state in words."""

    canary: Canary
    state: str
    hooks: tuple[Hook, ...] = ()
    checks: tuple[Check, ...] = ()
    metrics_server: str = ""
    names: tuple[tuple[str, str], ...] = ()

    @property
    def title(self) -> str:
        return f"{self.canary.namespace}/{self.canary.name}"


def read(item: Json, flagger: Running | None = None, provider: str = "") -> Subject:
    """A Canary object; ``provider`` is that of Canaries that name none, Flagger's own if nothing is given."""
    try:
        canary = Canary.parse(item).played(provider or (flagger.provider if flagger else "istio"), _release(flagger))
    except (KeyError, TypeError) as error:
        where = f"canary/{item['metadata'].get('namespace')}/{item['metadata']['name']}"
        raise EnvironmentFault(f"this Canary cannot be read: {error!r}", where=where) from error
    spec = item["spec"]
    analysis = spec.get("analysis") or {}
    return Subject(
        canary=canary,
        state=state(item),
        hooks=tuple(Hook(one["name"], one.get("type") or "rollout") for one in analysis.get("webhooks") or ()),
        checks=tuple(_check(one, canary.namespace) for one in analysis.get("metrics") or ()),
        metrics_server=spec.get("metricsServer") or (flagger.metrics if flagger else ""),
        names=_names(spec, canary),
    )


def _release(flagger: Running | None) -> releases.Version:
    """The release that runs, as far as its image tells it; one that is not known here is taken for the pinned one."""
    try:
        return releases.version(flagger.release) if flagger else releases.PINNED
    except UsageError:
        return releases.PINNED


def state(item: Json) -> str:
    """``Succeeded since 2026-01-01T00:00:00Z``, as its status tells it."""
    status = item.get("status") or {}
    phase, since = status.get("phase", ""), _since(status)
    suspended = "suspended; " if item["spec"].get("suspend") else ""
    if not phase:
        return f"{suspended}no Flagger has looked at it yet"
    failed = f" with {status['failedChecks']} failed checks" if status.get("failedChecks") else ""
    return f"{suspended}{phase}{f' since {since}' if since else ''}{failed}"


def _since(status: Json) -> str:
    """When the phase began: the condition's time, since that of a failed status is renewed at each tick."""
    conditions = [one for one in status.get("conditions") or () if one.get("reason") == status.get("phase")]
    return str((conditions or [status])[0].get("lastTransitionTime", ""))


def _check(item: Json, namespace: str) -> Check:
    template = item.get("templateRef") or {}
    return Check(
        name=item["name"],
        interval=item.get("interval") or _INTERVAL,
        query=item.get("query", ""),
        template=template.get("name", ""),
        template_namespace=template.get("namespace") or namespace,
        variables=tuple((item.get("templateVariables") or {}).items()),
    )


def _names(spec: Json, canary: Canary) -> tuple[tuple[str, str], ...]:
    """What the functions of a query's template give, but for the interval."""
    return (
        ("name", canary.name),
        ("namespace", canary.namespace),
        ("target", canary.target),
        ("service", canary.apex),
        ("ingress", (spec.get("ingressRef") or {}).get("name", canary.target)),
        ("route", (spec.get("routeRef") or {}).get("name", canary.target)),
    )
