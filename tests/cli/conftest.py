"""An API server that plays rollouts, and a kubeconfig of it: for faults and refusals that a real one shows rarely."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml
from faulty import Handler
from player import Player


@pytest.fixture
def player(tmp_path: Path) -> Iterator[Player]:
    """The server; ``kubeconfig`` is its file."""
    made = Player()
    listening = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"faulty": made}))
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    made.kubeconfig = tmp_path / "kubeconfig"
    made.kubeconfig.write_text(yaml.safe_dump(_kubeconfig(f"http://127.0.0.1:{listening.server_address[1]}")))
    yield made
    made.ended.set()
    listening.shutdown()
    thread.join()
    listening.server_close()


def _kubeconfig(server: str) -> dict[str, object]:
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "test",
        "clusters": [{"name": "test", "cluster": {"server": server}}],
        "users": [{"name": "test", "user": {"token": "none"}}],
        "contexts": [{"name": "test", "context": {"cluster": "test", "user": "test", "namespace": "shop"}}],
    }
