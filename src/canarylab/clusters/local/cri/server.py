"""Serves the CRI over gRPC on a Unix socket, without generated code: methods are found by their names."""

from __future__ import annotations

import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from concurrent import futures
from pathlib import Path
from typing import Any

import grpc

from canarylab.clusters.local.cri import proto
from canarylab.clusters.local.cri.execsync import TimedOut
from canarylab.clusters.local.cri.image_service import ImageService
from canarylab.clusters.local.cri.node import Node
from canarylab.clusters.local.cri.plan import Invalid
from canarylab.clusters.local.cri.runtime_service import RuntimeService
from canarylab.clusters.local.cri.shelf import PullFailed
from canarylab.clusters.local.cri.store import NotFound
from canarylab.errors import CanarylabError

_THREADS = 128  # a stop waits in its thread for the pod's grace
_LARGEST = 64 << 20  # bytes of a message


def serve(node: Node, socket: Path) -> None:
    """Serves until SIGTERM."""
    server = grpc.server(
        futures.ThreadPoolExecutor(_THREADS),
        options=[("grpc.max_send_message_length", _LARGEST), ("grpc.max_receive_message_length", _LARGEST)],
    )
    for name, service in (("RuntimeService", RuntimeService(node)), ("ImageService", ImageService(node))):
        server.add_generic_rpc_handlers((_handlers(node, name, service),))
    socket.unlink(missing_ok=True)
    server.add_insecure_port(f"unix://{socket}")
    server.start()
    print("serving", socket, flush=True)
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    ended.wait()
    server.stop(grace=None)


def _handlers(node: Node, name: str, service: object) -> grpc.GenericRpcHandler:
    found = {}
    for method, request, response, streaming in node.messages.methods(name):
        coding = (request.FromString, response.SerializeToString)
        if method == "GetContainerEvents":
            found[method] = grpc.unary_stream_rpc_method_handler(_events(node), *coding)
        elif not streaming and (act := getattr(service, method, None)):
            found[method] = grpc.unary_unary_rpc_method_handler(_call(method, act), *coding)
    return grpc.method_handlers_generic_handler(f"{proto.PACKAGE}.{name}", found)


def _events(node: Node) -> Callable[[Any, grpc.ServicerContext], Any]:
    return lambda _, context: node.events.listen(context.add_callback)


def _call(method: str, act: Callable[[Any], Any]) -> Callable[[Any, grpc.ServicerContext], Any]:
    """Tells a failure to the caller as a status, and in the log."""

    def call(request: Any, context: grpc.ServicerContext) -> Any:
        began = time.monotonic()
        try:
            return act(request)
        except (CanarylabError, OSError) as error:
            said = str(error).replace("\n  next:  ", "; ").replace("\n  where: ", " in ")
            _log(method, began, said)
            context.abort(_status(error), said)
        except Exception as error:  # noqa: BLE001 - the kubelet must get an answer to whatever went wrong
            _log(method, began, traceback.format_exc())
            context.abort(grpc.StatusCode.INTERNAL, f"{method}: {error!r}")

    return call


def _status(error: Exception) -> grpc.StatusCode:
    if isinstance(error, Invalid):
        return grpc.StatusCode.INVALID_ARGUMENT
    if isinstance(error, NotFound | PullFailed):
        return grpc.StatusCode.NOT_FOUND
    return grpc.StatusCode.DEADLINE_EXCEEDED if isinstance(error, TimedOut) else grpc.StatusCode.UNKNOWN


def _log(method: str, began: float, said: str) -> None:
    print(f"{method} failed after {time.monotonic() - began:.3f} s: {said}", file=sys.stderr, flush=True)
