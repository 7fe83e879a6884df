"""Shared by all tests: a faulty API server with a client of it, and a browser."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from typing import Any

import chromium
import pytest
from faulty import FaultyServer, Handler
from hypothesis import HealthCheck, settings
from kubernetes import client

# No test is timed: a machine that is busy is no failure.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


@pytest.fixture
def server() -> FaultyServer:
    return FaultyServer()


@pytest.fixture
def api(server: FaultyServer) -> Iterator[client.ApiClient]:
    """A client of the faulty server."""
    listening = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"faulty": server}))
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    made = client.ApiClient(client.Configuration(host=f"http://127.0.0.1:{listening.server_address[1]}"))
    yield made
    made.rest_client.pool_manager.clear()
    listening.shutdown()
    thread.join()
    listening.server_close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A headless Chromium."""
    yield from chromium.launched()
