"""What an account was refused, as the rights that it lacks and what each of them would tell. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from canarylab.kube.rest import Refused
from canarylab.meshes.provider import Route
from canarylab.model import timeline
from canarylab.model.canary import Canary
from canarylab.observe.events import EVENTS
from canarylab.observe.observer import PLURALS
from canarylab.report.case import Right

FORBIDDEN = 403
_WATCH = "list, watch"


def of_sources(canary: Canary, route: Route | None, flagger: str, refused: Mapping[str, Refused]) -> list[Right]:
    """The rights behind the sources that were forbidden; what does not exist is none."""
    found = {
        source: _right(source, canary, route, flagger) for source in refused if refused[source].status == FORBIDDEN
    }
    return [one for one in found.values() if one is not None]


def _right(source: str, canary: Canary, route: Route | None, flagger: str) -> Right | None:
    space = f"namespace {canary.namespace}"
    if source == timeline.ROUTE and route is not None:
        group = route.kind.api_version.partition("/")[0]
        return Right(_WATCH, f"{route.kind.plural}.{group}", space, "whether the route had the weights of the status")
    if source in (timeline.TARGET, timeline.PRIMARY):
        return Right(_WATCH, f"{PLURALS[canary.kind]}.apps", space, "what is available of each revision")
    if source == timeline.LOG:
        tells = "each of Flagger's words; Events are put together, and some are dropped"
        return Right("list pods and get", "pods/log", f"namespace {flagger}", tells)
    if source == EVENTS:
        return Right(_WATCH, "events", space, "why a check failed, which gate is closed")
    return None


def canaries(namespace: str | None) -> str:
    """What to grant where Canaries cannot be seen."""
    where = f"in namespace {namespace}" if namespace else "in the whole cluster, or name a namespace with -n"
    return f"let this account get, list and watch canaries.flagger.app {where}"


def merged(rights: Iterable[Right]) -> list[Right]:
    """Each once."""
    return list(dict.fromkeys(rights))
