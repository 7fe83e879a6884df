"""Flagger's providers, by the name that ``spec.provider`` has: one file each family, one line here.

Other packages add theirs by an entry point of the group ``canarylab.meshes`` that names a
:class:`~canarylab.meshes.provider.Provider`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.metadata import entry_points
from typing import Any

from canarylab.errors import UsageError
from canarylab.meshes import supergloo
from canarylab.meshes.provider import Provider, Route
from canarylab.meshes.providers import (
    apisix,
    appmesh,
    consul,
    contour,
    gatewayapi,
    gloo,
    istio,
    knative,
    kuma,
    nginx,
    skipper,
    smi,
    traefik,
)

GROUP = "canarylab.meshes"

_OURS = (
    istio.PROVIDER,
    *gatewayapi.PROVIDERS,
    *smi.PROVIDERS,
    nginx.PROVIDER,
    skipper.PROVIDER,
    apisix.PROVIDER,
    contour.PROVIDER,
    traefik.PROVIDER,
    knative.PROVIDER,
    *appmesh.PROVIDERS,
    gloo.PROVIDER,
    kuma.PROVIDER,
    consul.PROVIDER,
)


@cache
def every() -> dict[str, Provider]:
    """All providers, those of other packages last; an entry point may not take a name that is ours."""
    known = {one.name: one for one in _OURS}
    for entry in entry_points(group=GROUP):
        one = entry.load()
        if not isinstance(one, Provider):
            raise UsageError(f"entry point {entry.name} of {GROUP} is no Provider", where=entry.value)
        known.setdefault(one.name, one)
    return known


def get(name: str) -> Provider:
    """The provider of that name; UsageError that lists the known ones."""
    known = every()
    if name not in known:
        raise UsageError(f"no provider named {name!r}", next_step=f"choose one of {', '.join(sorted(known))}")
    return known[name]


def playing(canary: Mapping[str, Any], spelt: str) -> Provider | None:
    """What plays a Canary: the mesh that it names for SuperGloo, if that is spelt so, else what ``spelt`` says."""
    known, said = every(), canary["metadata"].get("annotations", {}).get(supergloo.ANNOTATION, "")
    named = known.get(said.partition(".")[0])
    return named if named is not None and named.spelt == spelt else known.get(spelt)


def route(name: str) -> Route | None:
    """Where the weights of a provider stand; None where it has none, or is not known."""
    known = every()
    return known[name].route if name in known else None


def queries(name: str) -> Mapping[str, str]:
    """The built-in queries of a provider by metric; none where it is not known."""
    known = every()
    return known[name].queries if name in known else {}


def worded(name: str, text: str) -> str:
    """A name as Flagger writes it into the queries of a provider."""
    known = every()
    return known[name].worded(text) if name in known else text
