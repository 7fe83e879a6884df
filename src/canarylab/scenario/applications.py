"""The built-in applications that a scenario may begin with, and what its ``given`` makes of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from canarylab.journey import Application, Crowd, capture
from canarylab.journey.application import PER_SECOND, podinfo
from canarylab.scenario import objects
from canarylab.scenario.steps.traffic import with_cookies

if TYPE_CHECKING:
    from canarylab.scenario.document import Given, User

Json = dict[str, Any]

GATE = "http://flagger-loadtester.test/{of}/check"
# Two weights, two failed checks at the most, and pods that have 20 s to get ready: a rollout of six ticks.
_SHORT: Json = {"stepWeight": 25, "maxWeight": 50, "threshold": 2}


def _podinfo_short(namespace: str) -> Application:
    """podinfo, with weights 25 and 50, two failed checks at most, and deadlines of 20 s."""
    return podinfo(namespace).but(progressDeadlineSeconds=20, analysis=_SHORT).on(progressDeadlineSeconds=20)


_BUILT_IN: Mapping[str, Callable[[str], Application]] = {"podinfo": podinfo, "podinfo-short": _podinfo_short}
NAMES = tuple(_BUILT_IN)


def build(given: Given, namespace: str, folder: Path) -> Application:
    """The application of a scenario; UsageError when a file is not there or holds no such thing."""
    app = _own(given, namespace, folder) if given.manifests else _BUILT_IN[given.application](namespace)
    app = replace(app, container=given.container or app.container, early=given.users_from == "installation")
    app = replace(app, objects=(*app.objects, *objects.read(given.objects, folder)))
    app = _asking(app.but(**given.canary).on(**given.target), given)
    if given.users is None:
        return app
    return replace(app, crowds=tuple(_crowd(one, app.crowds, usual=not given.manifests) for one in given.users))


def _own(given: Given, namespace: str, folder: Path) -> Application:
    """From files; without a Canary of theirs it is the built-in one's, with its users."""
    read, where = objects.read(given.manifests, folder), ", ".join(given.manifests)
    if any(item["kind"] == "Canary" for item in read):
        return Application.of(read, namespace, container=given.container, where=where)
    like = _BUILT_IN[given.application](namespace)
    return Application.of([*read, like.canary], namespace, container=given.container, crowds=like.crowds, where=where)


def _asking(app: Application, given: Given) -> Application:
    """With the webhooks and alerts that are asked for."""
    space = app.namespace
    hooks = [_gate(type_) for type_ in given.gates]
    hooks += [capture.webhook(space, type_) for type_ in given.listens]
    if hooks:
        app = app.but(analysis={"webhooks": [*app.canary["spec"]["analysis"].get("webhooks", ()), *hooks]})
    if given.alerts:
        app = app.but(analysis={"alerts": [capture.ALERT]})
    if given.alerts or given.listens:
        app = replace(app, objects=(*app.objects, *capture.objects(space)))
    return app


def _gate(type_: str) -> Json:
    of = "rollback" if type_ == "rollback" else "gate"
    return {"name": type_, "type": type_, "url": GATE.format(of=of)}


def _crowd(user: User, known: tuple[Crowd, ...], *, usual: bool) -> Crowd:
    """Users of a file; what they do not say is as with the application's own."""
    like = known[0] if known and usual else Crowd()
    return Crowd(
        name=user.name,
        path=user.path or like.path,
        headers=with_cookies(user.headers, user.cookies),
        pod=user.pod or like.pod,
        matching=user.matching,
        grpc=user.grpc,
        per_second=user.per_second or PER_SECOND,
    )
