"""Pulls images for a cluster, which has no way out of its own: a process of this machine, told over a socket.

``python -m canarylab.images.puller DESCRIPTOR``: each datagram is an image and a credential as JSON, with a socket for
the answer. It ends with the last process that holds the other end, and so with its cluster.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
import time
import traceback
from typing import Any

from canarylab import paths
from canarylab.errors import CanarylabError
from canarylab.images import credentials, reference
from canarylab.images.asking import LARGEST
from canarylab.images.pull import Pulled, pull
from canarylab.images.store import Store


def ends() -> tuple[socket.socket, socket.socket]:
    """The end that a cluster inherits, and the puller's own."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 * LARGEST)
    return ours, theirs


def serve(control: socket.socket, store: Store) -> None:
    """Answers until the other end is closed."""
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, LARGEST, 1)
        if not message:
            return
        asker = socket.socket(fileno=descriptors[0])
        threading.Thread(target=_serve, args=(json.loads(message), asker, store), daemon=True).start()


def _serve(request: dict[str, Any], asker: socket.socket, store: Store) -> None:
    with asker:
        answer = _answer(request, store)
        try:
            asker.sendall(json.dumps(answer).encode())
        except OSError:
            return  # whoever asked is gone; the image is here when it is asked for again


def _answer(request: dict[str, Any], store: Store) -> dict[str, Any]:
    """``{"pulled": facts}`` or ``{"error": words}``."""
    began = time.monotonic()
    try:
        pulled = _pulled(request, store)
    except CanarylabError as error:
        print(f"{request['image']}: {error}", flush=True)
        return {"error": error.what, "next": error.next_step}
    except Exception as error:  # noqa: BLE001 - the node must get an answer to whatever went wrong
        traceback.print_exc()
        return {"error": f"it could not be pulled: {type(error).__name__}", "next": "look at puller.log"}
    took = time.monotonic() - began
    print(f"{request['image']}: {pulled.named}, {pulled.layers} layers, {pulled.size} bytes, {took:.1f} s", flush=True)
    return {"pulled": {**pulled.facts(), "named": pulled.named}}


def _pulled(request: dict[str, Any], store: Store) -> Pulled:
    """With the pod's own credential, else with what this user has for the registry."""
    given = credentials.of_entry(request["credential"])
    if not given.given:
        given = credentials.of_user(reference.parse(request["image"]).registry)
    return pull(request["image"], given, store)


def main() -> None:
    store = Store(paths.cache_dir() / "images", owners=os.geteuid() == 0)
    with socket.socket(fileno=int(sys.argv[1])) as control:
        serve(control, store)
    os._exit(0)  # whatever is still on its way: its threads would be waited for, and nobody wants it any more


if __name__ == "__main__":
    main()
