"""What a module proxy lists that is newer than what is pinned."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest

from canarylab.errors import EnvironmentFault
from canarylab.toolchain import newer, profiles, spec
from canarylab.toolchain.newer import Newer

OWN = profiles.kubernetes()[0]


def test_a_newer_release_is_told_and_what_is_no_release_is_not() -> None:
    listed = {spec.FLAGGER: ["v1.43.0", "v1.45.0", "v1.46.0-rc.1"], spec.ETCD: ["v3.7.0"]}
    pins = {spec.FLAGGER: "v1.44.0", spec.ETCD: "v3.7.0", spec.ISTIO: "v0.0.0-20260827124520-eed52ebb66ad"}
    assert list(newer.compared(listed, pins)) == [Newer(spec.FLAGGER, "v1.44.0", "v1.45.0")]


def test_a_minor_of_kubernetes_has_its_own_newest_patch() -> None:
    held = f"v{OWN.release}"
    listed = {spec.KUBERNETES: ["v1.30.14", "v1.36.3", "v1.36.10", "v1.36.9", held, "v1.38.0"]}
    found = list(newer.compared(listed, {spec.KUBERNETES: held}))
    assert [(one.pinned, one.newest) for one in found] == [("v1.36.3", "v1.36.10"), (held, "v1.38.0")]


def test_a_proxy_that_cannot_be_reached_is_an_environment_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def answers(*_args: Any, **_options: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess([], 1, "", "go: module lookup disabled by GOPROXY=off")

    monkeypatch.setattr(subprocess, "run", answers)
    with pytest.raises(EnvironmentFault, match="a Go module could not be downloaded"):
        newer._answer(["go", "list"], {})


def test_a_proxy_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def hangs(*_args: Any, **_options: Any) -> None:
        raise subprocess.TimeoutExpired("go", 1)

    monkeypatch.setattr(subprocess, "run", hangs)
    with pytest.raises(EnvironmentFault, match="has not answered within"):
        newer._answer(["go", "list"], {})
