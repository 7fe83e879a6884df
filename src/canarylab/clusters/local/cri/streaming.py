"""Asks the streaming server for the URL at which the kubelet finds an exec, attach or port-forward."""

from __future__ import annotations

import http.client
import json
import socket
from pathlib import Path
from typing import Any


def url(server: Path, path: str, request: dict[str, Any]) -> str:
    """POSTs to the server's Unix socket; OSError says why there is no URL."""
    connection = http.client.HTTPConnection("localhost")
    with socket.socket(socket.AF_UNIX) as unix:
        unix.settimeout(10)
        unix.connect(str(server))
        connection.sock = unix
        connection.request("POST", path, json.dumps(request), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        body = answer.read()
    if answer.status != http.client.OK:
        raise OSError(f"the streaming server refused {path}: {body.decode(errors='replace').strip()}")
    return str(json.loads(body)["url"])
