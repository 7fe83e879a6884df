"""What to do with a new project, and what of the application the local rung does not know. Pure."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from urllib.parse import urlsplit

from canarylab import paths
from canarylab.clusters.local.cri.images import Catalogue
from canarylab.flagger import TESTER
from canarylab.journey.application import tagged
from canarylab.model import plan
from canarylab.model.canary import Canary
from canarylab.starter import images
from canarylab.starter.project import Project
from canarylab.starter.subject import containers

_LONG = 300.0  # seconds of a rollout that nobody likes to wait for
_INSTEAD = (
    "lay other values over it: `.but(analysis={...})` in conftest.py, `canary: {analysis: {...}}` in the scenario"
)


def steps(project: Project, folder: str) -> list[str]:
    """The commands that foresee, check and run it, in turn."""
    option = f" --images {images.FILE}" if images.FILE in project.texts else ""
    return [
        *([f"cd {shlex.quote(folder)}"] if folder != "." else []),
        f"canarylab plan {shlex.join(project.files)}",
        f"canarylab lint {project.scenario}",
        f"canarylab run {project.scenario}{option}",
        f"pytest tests/canary{option}",
    ]


def notes(project: Project) -> list[str]:
    """What is to be known of it, a sentence or two each."""
    return [*_time(project), *_users(project), *_webhooks(project), *_sidecars(project), _elsewhere(project)]


def _time(project: Project) -> Iterator[str]:
    canary = Canary.parse(project.application.canary)
    ticks = len(plan.make(canary).ticks)
    took = ticks * canary.interval
    yield f"a promotion takes {ticks} ticks of {canary.interval:g} s: {took:.0f} s" + (
        f"; {_INSTEAD}" if took > _LONG else ""
    )


def _users(project: Project) -> Iterator[str]:
    if not project.wish.pod:
        yield (
            "without --pod nothing is claimed about how users were split between the revisions: let answers tell the "
            "pod's name (its host name), and give a regular expression that finds it"
        )
    if Canary.parse(project.application.canary).matched:
        yield "the Canary has a match: give the users in conftest.py and in the scenario the headers that it asks for"


def _webhooks(project: Project) -> Iterator[str]:
    """Webhooks that ask what is not there: neither the load tester, nor a Service of the application."""
    application = project.application
    own = {one["metadata"]["name"] for one in application.objects if one["kind"] == "Service"}
    for hook in (application.canary["spec"].get("analysis") or {}).get("webhooks") or ():
        host = urlsplit(hook["url"]).hostname or ""
        first, _, rest = host.partition(".")
        if first not in own and (first, rest.partition(".")[0]) != ("flagger-loadtester", TESTER):
            yield (
                f"the webhook {hook['name']} asks {host}, which the local rung has not (its load tester is at "
                f"flagger-loadtester.{TESTER}): add it to the files, or {_INSTEAD}"
            )


def _sidecars(project: Project) -> Iterator[str]:
    catalogue = Catalogue.read([paths.fixtures() / "images.yaml"])
    for one in containers(project.application.target):
        if one["name"] != project.subject.container and catalogue.find(one["image"]) is None:
            yield f"the container {one['name']} needs an entry for {one['image']} in {images.FILE} as well"


def _elsewhere(project: Project) -> str:
    next_one = tagged(project.subject.image, project.subject.next_tag)
    return (
        f"where images are pulled, {project.subject.image} and {next_one} have to be there; another tag: "
        "--set tag=..., and CANARY_TAG=... for pytest"
    )
