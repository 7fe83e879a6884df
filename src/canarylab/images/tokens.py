"""How a registry wants to be asked: a challenge is answered by a header, with a token of the token server it names."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import requests

from canarylab.images.credentials import Credential
from canarylab.images.problem import PullFault

_PARAMETER = re.compile(r'(\w+)="([^"]*)"')
_CLIENT = "canarylab"
# Sends a request: method, address, and what `requests` takes.
Send = Callable[..., requests.Response]


@dataclass(frozen=True)
class Challenge:
    """What stands in ``WWW-Authenticate``."""

    scheme: str
    parameters: dict[str, str] = field(default_factory=dict)


def challenge(header: str) -> Challenge:
    """The header of an answer 401."""
    scheme, _, rest = header.strip().partition(" ")
    return Challenge(scheme.lower(), dict(_PARAMETER.findall(rest)))


def authorization(asked: Challenge, credential: Credential, url: str, send: Send) -> str:
    """The header that answers a challenge of the registry at ``url``; empty where there is nothing to answer with."""
    if asked.scheme == "basic":
        return credential.basic
    if asked.scheme != "bearer":
        return ""
    realm = asked.parameters.get("realm", "")
    if urlsplit(realm).scheme != "https" and urlsplit(url).scheme == "https":
        raise PullFault(f"the registry sends to a token server without TLS: {realm.partition('?')[0]}", where=url)
    return f"Bearer {_token(realm, asked.parameters, credential, send)}"


def _token(realm: str, parameters: dict[str, str], credential: Credential, send: Send) -> str:
    query = {name: parameters[name] for name in ("service", "scope") if name in parameters}
    if credential.identity_token:
        form = {"grant_type": "refresh_token", "refresh_token": credential.identity_token, "client_id": _CLIENT}
        answer = send("POST", realm, data={**query, **form})
    else:
        headers = {"Authorization": credential.basic} if credential.basic else {}
        answer = send("GET", realm, params=query, headers=headers)
    if answer.status_code in (400, 401, 403):
        return ""
    if not answer.ok:
        raise PullFault(f"the registry's token server answers {answer.status_code}", where=urlsplit(realm).netloc)
    try:
        told = answer.json()
        return str(told.get("token") or told["access_token"])
    except (ValueError, KeyError) as error:
        raise PullFault("the registry's token server gives no token", where=urlsplit(realm).netloc) from error
