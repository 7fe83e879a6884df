"""Warning events on a pod, once each, for what it asks for and this node does not enforce."""

from __future__ import annotations

import base64
import datetime
import json
import queue
import ssl
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import yaml

from canarylab.clusters.local.cri.store import Sandbox

_TRIES, _PAUSE = 5, 2.0


class Notices:
    """Sends events from a thread of its own, so that no pod waits for one."""

    def __init__(self, kubeconfig: Path) -> None:
        config = yaml.safe_load(kubeconfig.read_text())
        cluster = config["clusters"][0]["cluster"]
        self._server: str = cluster["server"]
        self._token: str = config["users"][0]["user"]["token"]
        authority = base64.b64decode(cluster["certificate-authority-data"]).decode()
        self._trust = ssl.create_default_context(cadata=authority)
        self._said: set[tuple[str, str]] = set()
        self._queue: queue.SimpleQueue[tuple[str, dict[str, Any]]] = queue.SimpleQueue()
        threading.Thread(target=self._run, name="notices", daemon=True).start()

    def warn(self, box: Sandbox, reason: str, message: str) -> None:
        """Says it on the pod, unless it has been said there before."""
        namespace, name, uid = box.pod
        if (uid, message) in self._said:
            return
        self._said.add((uid, message))
        self._queue.put((namespace, _event(namespace, name, uid, reason, message)))

    def _run(self) -> None:
        while True:
            namespace, event = self._queue.get()
            for _ in range(_TRIES):
                try:
                    self._post(namespace, event)
                    break
                except (OSError, urllib.error.URLError) as error:
                    print(f"an event could not be sent: {error}", file=sys.stderr, flush=True)
                    time.sleep(_PAUSE)

    def _post(self, namespace: str, event: dict[str, Any]) -> None:
        request = urllib.request.Request(  # noqa: S310 - the cluster's own server
            f"{self._server}/api/v1/namespaces/{namespace}/events",
            data=json.dumps(event).encode(),
            headers={"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=5, context=self._trust) as answer:  # noqa: S310
            answer.read()


def _event(namespace: str, name: str, uid: str, reason: str, message: str) -> dict[str, Any]:
    now = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"generateName": f"{name}.", "namespace": namespace},
        "involvedObject": {"apiVersion": "v1", "kind": "Pod", "namespace": namespace, "name": name, "uid": uid},
        "type": "Warning",
        "reason": reason,
        "message": message,
        "source": {"component": "canarylab-node"},
        "firstTimestamp": now,
        "lastTimestamp": now,
        "count": 1,
    }
