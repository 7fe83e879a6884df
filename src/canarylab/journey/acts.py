"""What can be done to a rollout on its way beside shipping a revision: objects, traffic, kubectl, programs, waiting.

Each act is written into the record, so that a report shows when it was done.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from canarylab.errors import CanarylabError, EnvironmentFault, UsageError
from canarylab.journey import users
from canarylab.journey.application import Crowd
from canarylab.journey.journey import Journey
from canarylab.kube import apply as kube
from canarylab.kube import manifests, rest
from canarylab.model import expectation
from canarylab.model.timeline import Acted

Json = dict[str, Any]

HOSTS = ("apex", "primary", "canary")
RUN_BOUND = 120.0  # seconds for a program to end
_PAUSE = 1.0
_SHOWN = 800  # characters of a failed program's last words


def _note(journey: Journey, what: str) -> None:
    journey.record.append(Acted, "act", what=what)


def apply(journey: Journey, objects: Sequence[Json]) -> None:
    """Applies objects; those that name no namespace go to the canary's."""
    _note(journey, f"apply: {', '.join(map(manifests.label, objects))}")
    cluster, space = journey.stack.cluster, journey.canary.namespace
    if why := cluster.unfit(objects, space):
        raise UsageError(why, where=f"cluster {cluster.name}", next_step="docs/existing.md says what runs where")
    kube.apply(cluster.api_client(), [cluster.adapted(one) for one in objects], namespace=space)


def withdraw(journey: Journey, objects: Sequence[Json]) -> None:
    """Deletes applied objects, the last one first, as far as they are still there."""
    kube.delete(journey.stack.cluster.api_client(), reversed(objects), namespace=journey.canary.namespace)


def delete(journey: Journey, reference: str) -> None:
    """Deletes ``KIND/NAME`` of the canary's namespace, and does not wait for its end."""
    _note(journey, f"delete: {reference}")
    journey.stack.cluster.kubectl("delete", reference, "-n", journey.canary.namespace, "--wait=false")


def patch(journey: Journey, reference: str, body: Json | list[Json], kind: str = "merge") -> None:
    """Patches ``KIND/NAME``; ``kind`` is ``merge``, ``strategic`` or ``json`` (a list of operations)."""
    _note(journey, f"patch: {reference}")
    space, told = journey.canary.namespace, json.dumps(body)
    journey.stack.cluster.kubectl("patch", reference, "-n", space, f"--type={kind}", f"--patch={told}")


def kubectl(journey: Journey, arguments: Sequence[str]) -> str:
    """kubectl in the canary's namespace, unless the arguments name another; its standard output."""
    _note(journey, f"kubectl {' '.join(arguments)}")
    return journey.stack.cluster.kubectl("--namespace", journey.canary.namespace, *arguments)


def run(journey: Journey, argv: Sequence[str], folder: Path, bound: float = RUN_BOUND, exits: int = 0) -> str:
    """Runs a program on this machine, in ``folder``, with KUBECONFIG, NAMESPACE and CANARY; its standard output.

    Programs beside the Python that this runs on are found as well, such as ``supergloo``.
    CanarylabError when it ends with another exit code than ``exits``, or not within ``bound`` seconds.
    """
    _note(journey, f"run: {' '.join(argv)}")
    space, name = journey.canary.namespace, journey.canary.name
    path = f"{os.environ.get('PATH', os.defpath)}:{Path(sys.executable).parent}"
    config = str(journey.stack.cluster.kubeconfig)
    environ = {"KUBECONFIG": config, "NAMESPACE": space, "CANARY": name, "PATH": path}
    try:
        done = subprocess.run(
            argv, cwd=folder, env=os.environ | environ, capture_output=True, text=True, check=False, timeout=bound
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CanarylabError(f"{argv[0]} did not run: {error}", where=str(folder)) from error
    if done.returncode != exits:
        said = (done.stderr or done.stdout).strip()[-_SHOWN:]
        raise CanarylabError(f"{argv[0]} ended with {done.returncode}: {said}", where=str(folder))
    return done.stdout


def traffic(journey: Journey, crowd: Crowd, to: str = "apex") -> None:
    """More traffic, beside the users', from a pod named like the crowd; its answers are not judged.

    ``to`` is one of HOSTS: the name that users know, or one of the two revisions alone.
    """
    space, canary = journey.canary.namespace, journey.canary
    host = canary.apex if to == "apex" else f"{canary.apex}-{to}"
    lifetime = 2 * expectation.bound(canary)
    pod = users.pod(replace(crowd, name=_pod(crowd.name)), space, f"{host}.{space}:{canary.port}", lifetime)
    _note(journey, f"traffic: {crowd.name} starts, {crowd.per_second:g}/s to {host}{crowd.path}")
    kube.apply(journey.stack.cluster.api_client(), [journey.stack.cluster.adapted(pod)], namespace=space)


def stop_traffic(journey: Journey, name: str) -> None:
    """Ends what ``traffic`` started; nothing if it has ended."""
    _note(journey, f"traffic: {name} stops")
    where = kube.path("v1", "pods", journey.canary.namespace, _pod(name))
    try:
        rest.send(journey.stack.cluster.api_client(), "DELETE", where, body={"gracePeriodSeconds": 0})
    except rest.Refused as error:
        if error.status != 404:
            raise


def _pod(name: str) -> str:
    return f"traffic-{name}"


def get(journey: Journey, reference: str) -> Json | None:
    """``KIND/NAME`` as it is now; None if it is not there."""
    space = journey.canary.namespace
    told = journey.stack.cluster.kubectl("get", reference, "-n", space, "-o", "json", "--ignore-not-found")
    found: Json | None = json.loads(told) if told.strip() else None
    return found


def await_object(journey: Journey, reference: str, has: Mapping[str, Any], bound: float) -> None:
    """Waits until an object holds these values; EnvironmentFault with what it holds instead."""
    for _ in range(max(1, int(bound / _PAUSE))):
        found = get(journey, reference)
        if found is not None and contains(found, has):
            return
        pause(journey, _PAUSE)
    what = f"{reference} did not come to hold {json.dumps(has)} within {bound:.0f} s"
    raise EnvironmentFault(what, where=f"namespace {journey.canary.namespace}", next_step=f"kubectl get {reference}")


def contains(found: Any, wanted: Any) -> bool:
    """Whether everything that is wanted is there: mappings by their keys, lists by their length and order."""
    if isinstance(wanted, Mapping):
        return isinstance(found, Mapping) and all(
            key in found and contains(found[key], value) for key, value in wanted.items()
        )
    if isinstance(wanted, list | tuple):
        same = isinstance(found, list | tuple) and len(found) == len(wanted)
        return same and all(contains(one, value) for one, value in zip(found, wanted, strict=True))
    return bool(found == wanted)


def pause(journey: Journey, seconds: float) -> None:
    """Lets time go by; EnvironmentFault as soon as the cluster ends."""
    journey.record.wait(lambda _seen: False, seconds, journey.stack.cluster.failure)
    if failure := journey.stack.cluster.failure():
        raise EnvironmentFault(failure, where=f"cluster {journey.stack.cluster.name}")


def ticks(journey: Journey, number: float) -> None:
    """Lets so many ticks of Flagger go by."""
    pause(journey, number * journey.canary.interval)
