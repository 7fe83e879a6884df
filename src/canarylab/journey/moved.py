"""Moves an application's objects from the namespace that its files name to a test's own, and changes nothing else.

So the very files that are deployed are tested, and tests of them go side by side. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

Json = dict[str, Any]

_KEY = "namespace"  # of metadata, of references to templates, providers and gateways, of accounts in bindings


def to(namespace: str, objects: Sequence[Json], home: str) -> tuple[Json, ...]:
    """The objects as they would be in ``namespace``, where ``home`` is the one that they name; it is itself left out.

    What lies in other namespaces stays there. In texts, such as a webhook's command, only hosts of the application's
    own Services are changed: ``web-canary.shop`` of a Canary in ``shop``, but never ``flagger-loadtester.shop``.
    """
    if not home:
        return tuple(objects)
    host = _hosts(_services(objects), home)
    kept = [one for one in objects if (one["kind"], one["metadata"]["name"]) != ("Namespace", home)]
    return tuple(_moved(one, host, home, namespace) for one in kept)


def _services(objects: Iterable[Json]) -> set[str]:
    """The names of the application's Services, also of those that Flagger makes."""
    names = {one["metadata"]["name"] for one in objects if one["kind"] == "Service"}
    for spec in (one["spec"] for one in objects if one["kind"] == "Canary"):
        apex = spec["service"].get("name") or spec["targetRef"]["name"]
        names |= {apex, f"{apex}-canary", f"{apex}-primary"}
    return names


def _hosts(names: Iterable[str], home: str) -> re.Pattern[str]:
    """Finds ``NAME.HOME``, alone or before ``.svc``, where it is not a part of a longer name."""
    either = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return re.compile(rf"(?<![\w.-])({either})\.{re.escape(home)}(?=$|\.svc\b|[^\w.-])")


def _moved(value: Any, host: re.Pattern[str], home: str, namespace: str) -> Any:
    if isinstance(value, str):
        return host.sub(rf"\g<1>.{namespace}", value)
    if isinstance(value, list):
        return [_moved(one, host, home, namespace) for one in value]
    if not isinstance(value, dict):
        return value
    moved = {key: _moved(one, host, home, namespace) for key, one in value.items()}
    return moved | {_KEY: namespace} if value.get(_KEY) == home else moved
