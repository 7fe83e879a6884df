"""Brings a namespace to rest: deletes what runs in it, and leaves the rest to the cluster's own end.

Deleting the namespace itself asks the API server for every kind of object that it knows, some two hundred requests,
which other tests of the same cluster would feel.
"""

from __future__ import annotations

from typing import Any

from canarylab.kube import rest
from canarylab.kube.apply import path

# Canaries first, so that Flagger does not act on a target that goes.
_RUNNING = (
    ("flagger.app/v1beta1", "canaries"),
    ("apps/v1", "deployments"),
    ("apps/v1", "daemonsets"),
    ("apps/v1", "statefulsets"),
    ("batch/v1", "jobs"),
    ("v1", "pods"),
)
_NO_SUCH_KIND = 404


def stop(api: Any, namespace: str) -> None:
    """Sends every deletion and waits for none; a kind that the cluster does not know is passed over."""
    for version, plural in _RUNNING:
        try:
            rest.send(api, "DELETE", path(version, plural, namespace), query={"propagationPolicy": "Background"})
        except rest.Refused as error:
            if error.status != _NO_SUCH_KIND:
                raise
