"""The users: a pod for each crowd that asks at an even pace, and what they were answered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kubernetes import client

from canarylab.errors import EnvironmentFault
from canarylab.journey.application import Application, Crowd
from canarylab.kube import rest
from canarylab.kube.apply import path
from canarylab.model.traffic import Answer

Json = dict[str, Any]

_IMAGE = "docker.io/canarylab/client:latest"


def pod(crowd: Crowd, namespace: str, host: str, seconds: float) -> Json:
    """The crowd's pod; it stops by itself after ``seconds``."""
    headers = [f"--header={name}:{value}" for name, value in crowd.headers.items()]
    what = [f"http://{host}{crowd.path}"] if not crowd.grpc else [f"grpc://{host}", f"--call={crowd.grpc}"]
    pace = [f"--per-second={crowd.per_second:g}", f"--seconds={seconds:.0f}"]
    container = {
        "name": "client",
        "image": _IMAGE,
        "args": [*what, *pace, *headers, f"--pod={crowd.pod}"],
        "resources": {"requests": {"cpu": "10m", "memory": "32Mi"}},
    }
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": crowd.name, "namespace": namespace},
        "spec": {"restartPolicy": "Never", "terminationGracePeriodSeconds": 0, "containers": [container]},
    }


def everything(application: Application) -> list[Json]:
    """All that an application puts on a cluster: its objects, its Canary, and pods of its users."""
    space = application.namespace
    pods = [pod(crowd, space, crowd.host, 0) for crowd in application.crowds]
    return [*application.objects, application.canary, *pods]


def read(lines: Iterable[str]) -> list[Answer]:
    """The answers behind the client's lines; a line that was cut off at the end is left out."""
    answers = []
    for words in (line.split() for line in lines):
        if len(words) == 4:
            sent, answered, status, served_by = words
            answers.append(Answer(float(sent), float(answered), int(status), served_by.strip("-") and served_by))
    return answers


def answers(api: client.ApiClient, namespace: str, crowd: Crowd, tail: int = 0) -> list[Answer]:
    """What a crowd was answered, the last ``tail`` answers or all of them; nothing while it cannot be asked."""
    query = {"tailLines": str(tail)} if tail else {}
    try:
        return read(rest.lines(api, path("v1", "pods", namespace, crowd.name) + "/log", query))
    except (rest.Refused, EnvironmentFault):
        return []
