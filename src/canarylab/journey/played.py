"""An application as one of Flagger's providers plays it: its Canary with what that provider needs, and its users."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from canarylab.flagger import LOADTESTER
from canarylab.journey.application import NOBODY, Application, Crowd
from canarylab.kube.services import Service
from canarylab.meshes import providers
from canarylab.meshes.provider import Entrance, Provider
from canarylab.model.canary import Canary

Json = dict[str, Any]

_PLAIN = frozenset({"istio", "kubernetes"})  # what a Canary is written for that names no provider


def by(provider: Provider, application: Application) -> Application:
    """The application for that provider: what its Canary says, objects beside it, and where users ask."""
    named = application.but(provider=provider.spelling)
    setting = provider.setting(Canary.parse(named.canary))
    made = _annotated(named.but(**setting.spec), setting.annotations)
    entrance = provider.entrance(Canary.parse(made.canary))
    crowds = tuple(_entering(crowd, entrance) for crowd in made.crowds)
    replaced = application.target if "targetRef" in setting.spec else None
    kept = (item for item in made.objects if item is not replaced)
    return replace(made, objects=(*kept, *setting.objects), crowds=crowds)


def on(mesh: str, application: Application) -> Application:
    """The application for a mesh of that name: as its one provider plays it, unless its Canary names another."""
    known = providers.every().get(mesh)
    named = application.canary["spec"].get("provider")
    if known is None or mesh in _PLAIN or named not in {None, known.spelling}:
        return application
    return by(known, application)


def _annotated(application: Application, annotations: Mapping[str, str]) -> Application:
    meta = application.canary["metadata"]
    told = {**meta.get("annotations", {}), **annotations}
    canary = {**application.canary, "metadata": {**meta, **({"annotations": told} if told else {})}}
    return replace(application, canary=canary)


def tested_by(tester: Service, application: Application) -> Application:
    """The application whose webhooks go to that load tester, where they name the one of Flagger's own manifests."""
    hooks = application.canary["spec"].get("analysis", {}).get("webhooks")
    if tester == LOADTESTER or not hooks:
        return application
    return application.but(analysis={"webhooks": [{**hook, "url": _at(tester, hook["url"])} for hook in hooks]})


def _at(tester: Service, url: str) -> str:
    parts = urlsplit(url)
    short, _, rest = (parts.hostname or "").partition(f"{LOADTESTER.name}.{LOADTESTER.namespace}")
    ours = not short and rest in ("", ".svc", ".svc.cluster.local") and parts.hostname
    return parts._replace(netloc=str(tester)).geturl() if ours else url


def _entering(crowd: Crowd, entrance: Entrance) -> Crowd:
    """A crowd that asks at an entrance, with the name in its Host header where the address does not tell it."""
    headers = {**crowd.headers, "Host": entrance.header} if entrance.header else crowd.headers
    return replace(crowd, headers=headers, host=entrance.host, pod=crowd.pod if entrance.told else NOBODY)
