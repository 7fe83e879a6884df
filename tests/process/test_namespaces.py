"""A command runs as PID 1 of namespaces of its own; where that is forbidden, the fault says how to allow it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from canarylab.errors import EnvironmentFault
from canarylab.process import namespaces


@pytest.mark.parametrize(
    ("sysctl", "value", "words"),
    [
        ("kernel/apparmor_restrict_unprivileged_userns", "1", "kernel.apparmor_restrict_unprivileged_userns=0"),
        ("kernel/unprivileged_userns_clone", "0", "kernel.unprivileged_userns_clone=1"),
        ("user/max_user_namespaces", "0", "user.max_user_namespaces=15000"),
        ("user/max_user_namespaces", "96365", "seccomp=unconfined"),
    ],
)
def test_the_sysctl_that_forbids_is_named(sysctl: str, value: str, words: str, tmp_path: Path) -> None:
    file = tmp_path / sysctl
    file.parent.mkdir()
    file.write_text(f"{value}\n")
    assert words in namespaces.why_forbidden(tmp_path)
    assert "root" in namespaces.why_forbidden(tmp_path)


def test_a_command_is_pid_1_of_a_network_of_its_own() -> None:
    ours = os.readlink("/proc/self/ns/net")
    assert namespaces.complaint(["sh", "-c", f'[ $$ = 1 ] && [ "$(readlink /proc/self/ns/net)" != "{ours}" ]']) == ""


@pytest.mark.parametrize(
    ("script", "complaint"),
    [("echo first >&2; echo last >&2; exit 1", "last"), ("exit 3", "exit code 3, without a word")],
)
def test_a_complaint_is_the_last_that_was_said(script: str, complaint: str) -> None:
    assert namespaces.complaint(["sh", "-c", script]) == complaint


def test_who_does_not_answer_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(namespaces, "_BOUND", 0.2)
    assert namespaces.complaint(["sleep", "60"]) == "no answer within 0 s"


def test_a_machine_without_unshare_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(EnvironmentFault, match="unshare is missing") as caught:
        namespaces.require()
    assert caught.value.next_step == "install util-linux"
