"""One request to the API server, with its answer as plain JSON and its refusals as the project's errors.

A thin layer over ``kubernetes.client.ApiClient``, for objects of any kind, so that nobody has to ask the
server what it serves before each call.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import urllib3
from kubernetes import client

from canarylab.errors import CanarylabError, EnvironmentFault

Json = dict[str, Any]

APPLY = "application/apply-patch+yaml"
_CONNECT_SECONDS, _READ_SECONDS = 5.0, 60.0


class Refused(CanarylabError):
    """The API server said no; ``status`` is its HTTP status."""

    def __init__(self, message: str, status: int, where: str) -> None:
        super().__init__(message, where=where)
        self.status = status


def send(
    api: client.ApiClient,
    method: str,
    path: str,
    *,
    query: Mapping[str, str] | None = None,
    body: Json | None = None,
    content_type: str = "application/json",
    accept: str = "application/json",
) -> Json:
    """Sends one request; raises Refused with the server's own message, EnvironmentFault if it is not there."""
    headers = {"Accept": accept, "Content-Type": content_type}
    request = api.param_serialize(
        method, path, {}, list((query or {}).items()), headers, body, auth_settings=["BearerToken"]
    )
    found: Json = json.loads(_body(_call(api, request, _READ_SECONDS), f"{method} {path}"))
    return found


def text(api: client.ApiClient, method: str, path: str, body: Json | None = None) -> str:
    """Sends one request whose answer is no JSON, such as one through the server's proxy to a pod or Service."""
    headers = {"Content-Type": "application/json"} if body is not None else {}
    request = api.param_serialize(method, path, {}, [], headers, body, auth_settings=["BearerToken"])
    return _body(_call(api, request, _READ_SECONDS), f"{method} {path}").decode(errors="replace")


def watch(api: client.ApiClient, path: str, version: str, query: Mapping[str, str], seconds: int) -> Iterator[Json]:
    """Watch events after ``version``, for ``seconds`` at most."""
    asked = {**query, "watch": "1", "resourceVersion": version, "timeoutSeconds": str(seconds)}
    headers = {"Accept": "application/json"}
    request = api.param_serialize("GET", path, {}, list(asked.items()), headers, auth_settings=["BearerToken"])
    answer = _call(api, request, seconds + _READ_SECONDS)
    try:
        for line in _lines(answer):
            yield json.loads(line)
    except urllib3.exceptions.HTTPError as error:
        raise EnvironmentFault(f"the API server broke off a watch: {error}", where=f"GET {path}") from error
    finally:
        answer.release_conn()


def lines(api: client.ApiClient, path: str, query: Mapping[str, str]) -> Iterator[str]:
    """A text that the server streams, such as a log that is followed, line by line."""
    request = api.param_serialize("GET", path, {}, list(query.items()), {}, auth_settings=["BearerToken"])
    answer = _call(api, request, _READ_SECONDS)
    try:
        for line in _lines(answer):
            yield line.decode(errors="replace")
    except urllib3.exceptions.HTTPError as error:
        raise EnvironmentFault(f"the API server broke off a text: {error}", where=f"GET {path}") from error
    finally:
        answer.release_conn()


def _body(answer: urllib3.BaseHTTPResponse, where: str) -> bytes:
    """The whole answer, which is read only now."""
    try:
        return bytes(answer.data)
    except urllib3.exceptions.HTTPError as error:
        raise EnvironmentFault(f"the API server broke off an answer: {error}", where=where) from error


def _lines(answer: urllib3.BaseHTTPResponse) -> Iterator[bytes]:
    rest = b""
    for chunk in answer.stream(amt=1 << 16, decode_content=True):
        *lines, rest = (rest + chunk).split(b"\n")
        yield from filter(None, lines)


def _call(api: client.ApiClient, request: tuple[Any, ...], read_seconds: float) -> urllib3.BaseHTTPResponse:
    method, url, headers, body, form = request
    where = f"{method} {url}"
    try:
        timeout = (_CONNECT_SECONDS, read_seconds)
        answer: urllib3.BaseHTTPResponse = api.call_api(method, url, headers, body, form, timeout).response
    except urllib3.exceptions.HTTPError as error:
        raise EnvironmentFault(f"the API server does not answer: {error}", where=where) from error
    if answer.status >= 300:
        raise Refused(_message(answer.data), answer.status, where)
    return answer


def _message(data: bytes) -> str:
    try:
        return str(json.loads(data)["message"])
    except (ValueError, KeyError, TypeError):
        return data.decode(errors="replace").strip()
