"""``canarylab doctor`` prints each finding with its next step, and exits with 3 where the rung cannot run."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from canarylab.cli import doctor
from canarylab.errors import EnvironmentFault
from canarylab.process import namespaces
from canarylab.toolchain.checkup import Finding, Level

FINE = Finding("system", Level.OK, "Linux, 2 cores, root")
MISSING = Finding("toolchain", Level.GET, "missing: etcd", "run `canarylab provision`")
FORBIDDEN = Finding("namespaces", Level.FAULT, "not allowed here", "sudo sysctl x=1")


@pytest.mark.parametrize(
    ("findings", "code", "verdict"),
    [([FINE, MISSING], 0, "runs on this machine"), ([FINE, FORBIDDEN], 3, "cannot run on this machine")],
)
def test_what_stands_in_the_way_decides_the_exit_code(
    findings: list[Finding], code: int, verdict: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "examine", lambda _flagger, _extras, _kubernetes: findings)
    told = CliRunner().invoke(doctor.command, [])
    assert (told.exit_code, told.output.splitlines()[-1]) == (code, f"The rung local {verdict}.")
    plain = CliRunner().invoke(doctor.command, ["--json"])
    facts = [each.facts() for each in findings]
    assert plain.exit_code == code
    assert json.loads(plain.output) == {"cluster": "local", "runs": code == 0, "findings": facts}


def test_a_finding_is_a_line_and_its_next_step_another() -> None:
    assert doctor.lines(FINE) == ["ok      system                  Linux, 2 cores, root"]
    assert doctor.lines(MISSING) == [
        "get     toolchain               missing: etcd",
        "                                next: run `canarylab provision`",
    ]


def test_forbidden_namespaces_are_told_with_how_to_allow_them(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbid() -> None:
        raise EnvironmentFault("namespaces are not allowed here: x", next_step="sudo sysctl y=1")

    monkeypatch.setattr(namespaces, "require", forbid)
    assert doctor.try_namespaces() == Finding(
        "namespaces", Level.FAULT, "namespaces are not allowed here: x", "sudo sysctl y=1"
    )


@pytest.mark.parametrize(
    ("complaint", "level", "next_step"),
    [
        ("", Level.OK, ""),
        ("NetlinkError: (95, 'Operation not supported')", Level.FAULT, "sudo modprobe bridge veth"),
        ("mount: /run: permission denied.", Level.FAULT, "or as root"),
    ],
)
def test_what_the_kernel_refuses_decides_the_advice(
    complaint: str, level: Level, next_step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(namespaces, "complaint", lambda _: complaint)
    monkeypatch.setattr(namespaces, "why_forbidden", lambda: "run it as user, or as root outside of one")
    finding = doctor.try_network()
    assert (finding.level, complaint in finding.text, next_step in finding.next_step) == (level, True, True)
