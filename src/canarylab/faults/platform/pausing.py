"""A program of the local cluster stands still: its processes are stopped, and go on at the end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import requests

from canarylab.clusters.local import processes
from canarylab.faults.fault import Plan
from canarylab.faults.measure import Reading
from canarylab.faults.site import Site
from canarylab.faults.steps import Action, Signal

_LOOKS, _PATIENCE = 3, 1.0  # questions of one look, and the seconds that each is waited for
_BOUND = 30.0  # seconds until a program that goes on has answered what it was asked meanwhile


def plan(site: Site, program: str, asks: Callable[[], requests.Response], what: str) -> Plan:
    """Stops every process of a program; ``asks`` puts a question that ends in an error while it stands still."""
    stopped = processes.of(site.cluster.name, program)
    return Plan(
        actions=tuple(Action(Signal(one, "SIGSTOP"), Signal(one, "SIGCONT")) for one in stopped),
        look=lambda: _unanswered(asks, what),
        bound=_BOUND,
    )


def _unanswered(asks: Callable[[], requests.Response], what: str) -> Reading:
    failed = 0
    for _ in range(_LOOKS):
        try:
            failed += not asks().ok
        except requests.RequestException:
            failed += 1
    return Reading(failed, _LOOKS, f"questions to {what} got no answer within {_PATIENCE:g} s")


def ask(settings: Any, path: str) -> requests.Response:
    """Asks the API server for a path, over a connection of its own, and waits for a second only.

    ``settings`` are a ``kubernetes.client.Configuration``.
    """
    headers = {one["key"]: one["value"] for one in settings.auth_settings().values() if one["in"] == "header"}
    with requests.Session() as session:
        session.trust_env = False
        session.headers.update(headers)
        if settings.cert_file and settings.key_file:
            session.cert = (settings.cert_file, settings.key_file)
        return session.get(settings.host + path, verify=settings.ssl_ca_cert or True, timeout=_PATIENCE)
