"""Where an application may come by git, and the way to the repository from this machine."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from canarylab.errors import EnvironmentFault
from canarylab.gitops import Settings, clone, flux, hosted
from canarylab.kube import rest

pytestmark = pytest.mark.skipif(bool(clone.missing()), reason=clone.missing())
THEIRS = Settings("https://example.com/fleet.git")


def unfit(monkeypatch: pytest.MonkeyPatch, settings: Settings, *, served: bool = True, may: str = "all") -> str:
    """What is said of a cluster of somebody's, whose API server answers so."""

    def answer(_api: Any, method: str, where: str, body: Any = None) -> Any:
        if method == "GET" and not served:
            raise rest.Refused("no such group", 404, where)
        asked = (body or {}).get("spec", {}).get("resourceAttributes", {})
        return {"status": {"allowed": may in ("all", asked.get("verb"))}}

    monkeypatch.setattr(rest, "send", answer)
    cluster: Any = SimpleNamespace(rung="existing", api_client=lambda: None)
    return flux.unfit(cluster, settings, "test-1")


def test_a_cluster_with_flux_and_rights_takes_an_application_by_git(monkeypatch: pytest.MonkeyPatch) -> None:
    assert unfit(monkeypatch, THEIRS) == ""


def test_a_repository_of_ours_is_only_on_a_cluster_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "name one by `git: {url: ...}`" in unfit(monkeypatch, Settings())


def test_a_cluster_without_flux_is_told_before_anything_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Flux is not installed there" in unfit(monkeypatch, THEIRS, served=False)


def test_every_right_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    told = unfit(monkeypatch, THEIRS, may="get")
    assert told == "this account may not list, watch, create, patch, delete gitrepositories in namespace test-1"


def forwarding(folder: Path, script: str) -> Any:
    """A cluster whose kubectl is a script."""
    program = folder / "kubectl"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return SimpleNamespace(kubectl_program=program, kubeconfig=folder / "kubeconfig")


def test_the_repository_is_reached_at_the_port_that_kubectl_chose(tmp_path: Path) -> None:
    cluster = forwarding(tmp_path, 'echo "Forwarding from 127.0.0.1:40123 -> 8080"; exec sleep 60')
    with hosted.reached(cluster, "test-1") as url:
        assert url == "http://127.0.0.1:40123/application.git"


def test_a_repository_that_cannot_be_reached_is_told_in_kubectls_words(tmp_path: Path) -> None:
    cluster = forwarding(tmp_path, 'echo "error: no running pods" >&2; exit 1')
    with pytest.raises(EnvironmentFault, match="no running pods"), hosted.reached(cluster, "test-1"):
        pass
