"""Credentials for a registry: the pod's own, which the kubelet sends along, else those that `docker login` left.

They are read when they are needed, kept nowhere, and never part of a text: a credential prints as its registry's user.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from canarylab.images.problem import PullFault

_HELPER_BOUND = 30.0  # seconds for a program that may ask a key ring
_TOKEN_USER = "<token>"  # noqa: S105 - how credential helpers mark an identity token


@dataclass(frozen=True)
class Credential:
    """User and password, or a token that the registry's token server takes, or one that the registry takes itself."""

    username: str = ""
    password: str = field(default="", repr=False)
    identity_token: str = field(default="", repr=False)
    registry_token: str = field(default="", repr=False)

    @property
    def given(self) -> bool:
        return bool(self.username or self.identity_token or self.registry_token)

    @property
    def basic(self) -> str:
        """The header of basic authentication; empty where there is no user."""
        if not self.username:
            return ""
        return "Basic " + base64.b64encode(f"{self.username}:{self.password}".encode()).decode()


ANONYMOUS = Credential()


def of_entry(entry: Mapping[str, Any]) -> Credential:
    """An entry of a docker configuration, or the kubelet's AuthConfig as a mapping."""
    username, password = entry.get("username") or "", entry.get("password") or ""
    if not username and (packed := entry.get("auth")):
        try:
            username, _, password = base64.b64decode(packed, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError) as error:
            raise PullFault(
                "a credential for the registry cannot be read: its `auth` is no base64 of USER:PASSWORD",
                next_step="make the pull secret anew: kubectl create secret docker-registry",
            ) from error
    tokens = [entry.get(name) or "" for name in ("identitytoken", "registrytoken")]
    return Credential(username, password.rstrip("\0"), *tokens)


def files(environ: Mapping[str, str]) -> list[Path]:
    """Where docker, podman and others keep what their `login` was told, in the order in which we look."""
    home = Path(environ.get("HOME") or "~").expanduser()
    docker = Path(environ.get("DOCKER_CONFIG") or home / ".docker") / "config.json"
    named = [environ.get("REGISTRY_AUTH_FILE", "")]
    podman = Path(environ.get("XDG_RUNTIME_DIR") or "/run/user/none") / "containers" / "auth.json"
    return [*(Path(file) for file in named if file), docker, podman]


def of_user(registry: str, environ: Mapping[str, str] = os.environ) -> Credential:
    """What the user of this machine has for a registry; ANONYMOUS where that is nothing."""
    for file in files(environ):
        configuration = _read(file)
        for name in _names(registry):
            if helper := configuration.get("credHelpers", {}).get(name) or configuration.get("credsStore"):
                found = _helped(helper, name, environ)
            else:
                found = of_entry(configuration.get("auths", {}).get(name) or {})
            if found.given:
                return found
    return ANONYMOUS


def _names(registry: str) -> Iterator[str]:
    """The keys under which a registry may stand."""
    if registry == "docker.io":
        yield "https://index.docker.io/v1/"
    yield from (registry, f"https://{registry}", f"https://{registry}/v1/", f"https://{registry}/v2/")


def _read(file: Path) -> dict[str, Any]:
    try:
        read = json.loads(file.read_text())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise PullFault("the file of registries' credentials cannot be read", where=str(file)) from error
    return read if isinstance(read, dict) else {}


def _helped(helper: str, registry: str, environ: Mapping[str, str]) -> Credential:
    """Asks a credential helper, as docker does; one that knows nothing of the registry is passed over."""
    try:
        ran = subprocess.run(
            [f"docker-credential-{helper}", "get"],
            input=registry, capture_output=True, text=True, timeout=_HELPER_BOUND, check=False, env=dict(environ),
        )  # fmt: skip
        told = json.loads(ran.stdout) if ran.returncode == 0 else {}
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise PullFault(
            f"the credential helper docker-credential-{helper} cannot be asked",
            next_step="put it on PATH, or run `docker login` without it",
        ) from error
    if told.get("Username") == _TOKEN_USER:
        return Credential(identity_token=told.get("Secret", ""))
    return Credential(told.get("Username", ""), told.get("Secret", ""))
