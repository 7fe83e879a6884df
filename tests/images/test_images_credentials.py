"""Where credentials come from, and that none of them is ever printed."""

from __future__ import annotations

import json
from pathlib import Path

import pushed
import pytest

from canarylab.images import credentials
from canarylab.images.credentials import Credential
from canarylab.images.problem import PullFault

HELPER = """#!/bin/sh
read registry
[ "$registry" = known.example.org ] || { echo credentials not found; exit 1; }
echo '{"Username": "<token>", "Secret": "identity"}'
"""


def configured(tmp_path: Path, content: object) -> dict[str, str]:
    (tmp_path / "config.json").write_text(json.dumps(content))
    return {"DOCKER_CONFIG": str(tmp_path), "HOME": str(tmp_path), "PATH": f"{tmp_path}:/usr/bin:/bin"}


def test_an_entry_has_a_user_and_a_password_or_both_packed() -> None:
    assert credentials.of_entry({"username": "u", "password": "p:q"}) == Credential("u", "p:q")
    packed = pushed.secret("r", "u", "p:q")["auths"]["r"]
    assert credentials.of_entry(packed) == Credential("u", "p:q")
    assert credentials.of_entry({"identitytoken": "t"}) == Credential(identity_token="t")
    assert not credentials.of_entry({}).given


def test_a_packed_entry_that_is_none_says_how_to_make_one() -> None:
    with pytest.raises(PullFault, match="no base64") as caught:
        credentials.of_entry({"auth": "%%%"})
    assert "kubectl create secret docker-registry" in caught.value.next_step


@pytest.mark.parametrize("key", ["r.example.org", "https://r.example.org", "https://r.example.org/v2/"])
def test_what_docker_login_left_is_found(tmp_path: Path, key: str) -> None:
    environ = configured(tmp_path, pushed.secret(key, "u", "p"))
    assert credentials.of_user("r.example.org", environ) == Credential("u", "p")
    assert credentials.of_user("other.example.org", environ) == credentials.ANONYMOUS


def test_docker_hub_has_a_key_of_its_own(tmp_path: Path) -> None:
    environ = configured(tmp_path, pushed.secret("https://index.docker.io/v1/", "u", "p"))
    assert credentials.of_user("docker.io", environ) == Credential("u", "p")


@pytest.mark.parametrize("named", [{"credsStore": "ours"}, {"credHelpers": {"known.example.org": "ours"}}])
def test_a_credential_helper_is_asked(tmp_path: Path, named: dict[str, object]) -> None:
    helper = tmp_path / "docker-credential-ours"
    helper.write_text(HELPER)
    helper.chmod(0o755)
    environ = configured(tmp_path, named)
    assert credentials.of_user("known.example.org", environ) == Credential(identity_token="identity")
    assert credentials.of_user("other.example.org", environ) == credentials.ANONYMOUS


def test_a_helper_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(PullFault, match="docker-credential-gone cannot be asked"):
        credentials.of_user("r.example.org", configured(tmp_path, {"credsStore": "gone"}))


def test_a_credential_prints_none_of_its_secrets() -> None:
    said = repr(Credential("user", "password", "identity", "registry"))
    assert not [secret for secret in ("password", "identity", "registry") if f"'{secret}'" in said]
