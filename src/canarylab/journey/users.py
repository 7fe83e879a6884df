"""The users: a pod that asks for the application's page at an even pace, and what it was answered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kubernetes import client

from canarylab.journey.application import Application
from canarylab.kube import rest
from canarylab.kube.apply import path
from canarylab.model.traffic import Answer

Json = dict[str, Any]

NAME = "users"
PER_SECOND = 50  # of which 300 answers and more fall into each tick of 10 s, also on a machine that is busy
_IMAGE = "docker.io/canarylab/client:latest"


def pod(application: Application, host: str, seconds: float) -> Json:
    """The pod; it stops by itself after ``seconds``."""
    headers = [f"--header={name}:{value}" for name, value in application.headers.items()]
    arguments = [f"http://{host}{application.path}", f"--per-second={PER_SECOND}", f"--seconds={seconds:.0f}"]
    container = {
        "name": "client",
        "image": _IMAGE,
        "args": [*arguments, *headers, f"--pod={application.pod}"],
        "resources": {"requests": {"cpu": "10m", "memory": "32Mi"}},
    }
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": NAME, "namespace": application.namespace},
        "spec": {"restartPolicy": "Never", "terminationGracePeriodSeconds": 0, "containers": [container]},
    }


def read(lines: Iterable[str]) -> list[Answer]:
    """The answers behind the client's lines; a line that was cut off at the end is left out."""
    answers = []
    for words in (line.split() for line in lines):
        if len(words) == 4:
            sent, answered, status, served_by = words
            answers.append(Answer(float(sent), float(answered), int(status), served_by.strip("-") and served_by))
    return answers


def answers(api: client.ApiClient, namespace: str, tail: int = 0) -> list[Answer]:
    """What the users of a namespace were answered, the last ``tail`` answers or all of them."""
    query = {"tailLines": str(tail)} if tail else {}
    return read(rest.lines(api, path("v1", "pods", namespace, NAME) + "/log", query))
