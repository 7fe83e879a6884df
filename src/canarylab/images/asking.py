"""The node's end of the puller: one question per image, and the answer when it is there, however long that takes."""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from typing import Any

from canarylab.errors import EnvironmentFault
from canarylab.images.problem import PullFault

LARGEST = 1 << 18  # bytes of a question; a Secret's own bound is a megabyte for all registries together


class Puller:
    """Asks the process at the other end of ``control``; each question has a socket of its own for the answer."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control

    def pull(self, image: str, credential: Mapping[str, str]) -> dict[str, Any]:
        """The facts of a pulled image, and ``named``: the image by its digest; PullFault says why there is none."""
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                self._ask({"image": image, "credential": dict(credential)}, theirs)
            with ours.makefile("rb") as stream:
                data = stream.read()
        if not data:
            raise _gone()
        told = json.loads(data)
        if "error" in told:
            raise PullFault(told["error"], next_step=told["next"])
        return dict(told["pulled"])

    def _ask(self, request: dict[str, Any], theirs: socket.socket) -> None:
        data = json.dumps(request).encode()
        if len(data) > LARGEST:
            raise PullFault("the credential for the registry is too large to be one")
        try:
            socket.send_fds(self._control, [data], [theirs.fileno()])
        except OSError as error:
            raise _gone() from error


def _gone() -> EnvironmentFault:
    return EnvironmentFault(
        "the process that pulls this cluster's images has ended",
        next_step="look at the cluster's logs/puller.log, and start the cluster anew",
    )
