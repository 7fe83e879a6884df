"""The program of the mesh-controller Deployment: keeps the Sidecar in step with the Services.

Lists and watches Services with the pod's own account, and applies ``egress.sidecar`` of them whenever it
changes. It talks to the API by plain HTTP, because importing the Kubernetes client takes longer than all the
rest. Any failure of the API is printed and tried again; a watch that ends is followed by a new list.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import requests

from canarylab.meshes import egress

_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
_SERVICES = "/api/v1/services"
_SIDECAR = f"/apis/networking.istio.io/v1/namespaces/{egress.NAMESPACE}/sidecars/{egress.NAME}"
_RETRY = 0.2

Services = dict[str, dict[str, Any]]


class Api:
    """The API server, as seen from a pod."""

    def __init__(self, base: str, account: Path = _ACCOUNT) -> None:
        self._base = base
        self._account = account
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.verify = str(account / "ca.crt")

    def services(self) -> tuple[Services, str]:
        """Every Service by uid, and the version of the list."""
        found = self._send("GET", _SERVICES).json()
        return {item["metadata"]["uid"]: item for item in found["items"]}, found["metadata"]["resourceVersion"]

    def changes(self, version: str) -> Iterator[dict[str, Any]]:
        """Watch events after ``version``, until the server ends the watch."""
        params = {"watch": "1", "resourceVersion": version, "allowWatchBookmarks": "true", "timeoutSeconds": "300"}
        with self._send("GET", _SERVICES, params=params, stream=True) as answer:
            for line in answer.iter_lines(chunk_size=None):
                yield json.loads(line)

    def apply(self, sidecar: dict[str, Any]) -> None:
        """Applies the Sidecar from the server's side, as its only owner."""
        self._send(
            "PATCH",
            _SIDECAR,
            params={"fieldManager": "canarylab-mesh", "force": "true"},
            headers={"Content-Type": "application/apply-patch+yaml"},
            data=json.dumps(sidecar),
        )

    def _send(self, method: str, path: str, **options: Any) -> requests.Response:
        token = (self._account / "token").read_text().strip()
        headers = {"Authorization": f"Bearer {token}", **options.pop("headers", {})}
        answer = self._session.request(method, self._base + path, headers=headers, timeout=(5, 310), **options)
        answer.raise_for_status()
        return answer


def changed(services: Services, event: dict[str, Any]) -> Services:
    """The Services after a watch event; raises LookupError when the watch has lost its place."""
    if event["type"] == "ERROR":
        raise LookupError(event["object"].get("message", "the watch failed"))
    if event["type"] == "BOOKMARK":
        return services
    item = event["object"]
    others = {uid: one for uid, one in services.items() if uid != item["metadata"]["uid"]}
    return others if event["type"] == "DELETED" else {**others, item["metadata"]["uid"]: item}


def follow(api: Api, said: dict[str, Any] | None = None) -> None:
    """One list and its watch; applies the Sidecar first, and then when it differs from the one before."""
    services, version = api.services()
    said = _apply(api, services, said)
    for event in api.changes(version):
        services = changed(services, event)
        said = _apply(api, services, said)


def _apply(api: Api, services: Services, said: dict[str, Any] | None) -> dict[str, Any]:
    wanted = egress.sidecar(services.values())
    if wanted != said:
        api.apply(wanted)
        print(f"applied: {len(wanted['spec']['egress'])} egress entries of {len(services)} services", flush=True)
    return wanted


def main() -> None:
    """Runs until it is killed."""
    api = Api(f"https://{os.environ['KUBERNETES_SERVICE_HOST']}:{os.environ['KUBERNETES_SERVICE_PORT']}")
    while True:
        try:
            follow(api)
        except (requests.RequestException, LookupError, json.JSONDecodeError) as error:
            print(f"again in {_RETRY} s: {error}", file=sys.stderr, flush=True)
            time.sleep(_RETRY)


if __name__ == "__main__":
    main()
