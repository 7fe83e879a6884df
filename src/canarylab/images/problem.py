"""What can go wrong with a registry or an image, in words; no text of a credential is ever part of them."""

from __future__ import annotations

import errno
from collections.abc import Iterator

import requests

from canarylab.errors import EnvironmentFault

_REACH = "look at its name, this machine's network, and HTTPS_PROXY and NO_PROXY"


class PullFault(EnvironmentFault):
    """An image cannot be had: of no registry, or not whole."""


class Cut(PullFault):
    """The connection ended or stood still before everything had come; asking again may help."""


def of_connection(error: requests.RequestException, host: str, stall: float) -> PullFault:
    """A failed request. What ``requests`` says itself may hold a signed address, so it is not repeated."""
    if isinstance(error, requests.exceptions.SSLError):
        return PullFault(
            f"the certificate of {host} is not trusted",
            next_step="name the file of its authority in REQUESTS_CA_BUNDLE",
        )
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return PullFault(f"{host} cannot be reached: no answer", next_step=_REACH)
    if isinstance(error, requests.Timeout) or "timed out" in str(error):
        return Cut(f"nothing came from {host} for {stall:g} s", next_step="look at the registry, or try again later")
    if refused := _refused(error):
        return PullFault(f"{host} cannot be reached: {refused}", next_step=_REACH)
    return Cut(f"the connection to {host} was cut", next_step="what had come whole is kept: try again")


def of_disk(error: OSError, folder: object) -> PullFault:
    """A cache that cannot be written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        text, fix = "the disk became full", "free some space, or set CANARYLAB_CACHE to another disk"
    else:
        text = f"the cache of images cannot be used: {error.strerror or error}"
        fix = "set CANARYLAB_CACHE to a folder that can be written"
    return PullFault(text, where=str(error.filename or folder), next_step=fix)


def _refused(error: BaseException) -> str:
    """Why no connection came about; empty if one did."""
    kinds = {type(each).__name__ for each in _causes(error)}
    reasons = {
        "ConnectionRefusedError": "connection refused",
        "NameResolutionError": "there is no such name",
        "NewConnectionError": "there is no way there",
        "ProxyError": "the proxy does not lead there",
    }
    return next((words for kind, words in reasons.items() if kind in kinds), "")


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An error and those behind it, also what urllib3 keeps in its own."""
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        inner = getattr(seen, "reason", None) or (seen.args[0] if seen.args else None)
        seen = inner if isinstance(inner, BaseException) else seen.__context__
