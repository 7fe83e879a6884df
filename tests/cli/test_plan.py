"""``canarylab plan`` from its arguments to its output and exit code; what is wrong with either is told by its line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from canarylab.cli import main

CANARY = """\
apiVersion: flagger.app/v1beta1
kind: Canary
metadata: {name: web, namespace: shop}
spec:
  targetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  service: {port: 80}
  analysis:
    interval: 10s
    threshold: 2
    stepWeight: 20
    maxWeight: 40
    webhooks:
    - {name: approve, type: confirm-promotion, url: "http://gate/"}
    - {name: undo, type: rollback, url: "http://gate/"}
"""
TARGET = """\
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {minReadySeconds: 900, template: {spec: {containers: [{name: app, readinessProbe: {}}]}}}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "web.yaml"
    made.write_text(CANARY)
    return made


class Ran:
    """The exit code, and both outputs."""

    def __init__(self, capsys: pytest.CaptureFixture[str], *arguments: object) -> None:
        self.code = 0
        try:
            main(["plan", *map(str, arguments)])
        except SystemExit as ended:
            self.code = int(str(ended.code))
        self.out, self.err = capsys.readouterr()


def plan(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, Any]:
    """The one plan, as JSON."""
    ran = Ran(capsys, *arguments, "--json")
    assert ran.code == 0, ran.err
    found: list[dict[str, Any]] = json.loads(ran.out)["canaries"]
    assert len(found) == 1
    return found[0]


def rules(capsys: pytest.CaptureFixture[str], *arguments: object) -> list[str]:
    return [tick["rule"] for tick in plan(capsys, *arguments)["ticks"]]


def test_a_plan_is_printed_with_its_warnings_by_line(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ran = Ran(capsys, file)
    assert ran.code == 0
    assert "promoted 0:50 to 20:40 after the trigger, in 6 ticks" in ran.out
    assert f"where:   {file}:7 spec.analysis" in ran.out


def test_standard_input_is_read() -> None:
    from canarylab.cli.plan import command  # noqa: PLC0415

    result = CliRunner().invoke(command, ["-"], input=CANARY)
    assert result.exit_code == 0
    assert "standard input:13 spec.analysis.webhooks.0" in result.stdout


@pytest.mark.parametrize(
    ("options", "last", "count"),
    [
        (["--check-fails", "40"], "threshold reached", 6),
        (["--check-fails", "0"], "threshold reached", 5),
        (["--fails-once", "20"], "finish", 7),
        (["--gate", "approve=2"], "finish", 8),
        (["--gate", "confirm-promotion=open"], "finish", 6),
        (["--gate", "approve=2@40"], "finish", 8),
        (["--gate", "undo=open"], "rollback is asked for", 2),
        (["--gate", "undo=open@30"], "rollback is asked for", 4),
        (["--gate", "undo=1@20"], "rollback is asked for", 4),
        (["--fails-at", "4"], "threshold reached", 6),
        (["--rollback-at", "3"], "rollback is asked for", 3),
        (["--not-ready"], "the canary cannot start", 2),
        (["--primary-not-ready"], "the promotion failed", 5),
        (["--revision", "3"], "finish", 8),
        (["--edit-service", "3"], "finish", 7),
    ],
)
def test_what_if(file: Path, capsys: pytest.CaptureFixture[str], options: list[str], last: str, count: int) -> None:
    found = rules(capsys, file, *options)
    assert (found[-1], len(found)) == (last, count)


def test_two_checks_that_fail_once_each_at_their_weights(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = plan(capsys, file, "--fails-once", "20", "--fails-once", "40")
    assert [(tick["canary"], tick["failed"]) for tick in found["ticks"]][1:5] == [(20, 0), (20, 1), (40, 1), (40, 2)]


def test_a_gate_that_never_opens_is_waited_for(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert plan(capsys, file, "--gate", "approve=closed")["outcome"] == "waits for confirm-promotion"


def test_release_provider_and_mesh_are_those_asked_for(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = plan(capsys, file, "--flagger", "1.42", "--mesh", "none")
    assert (found["flagger"], found["provider"]) == ("1.42.0", "kubernetes")
    assert plan(capsys, file, "--provider", "linkerd")["provider"] == "linkerd"


def test_other_objects_of_the_files_count_for_warnings(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "target.yaml"
    other.write_text(TARGET)
    names = [one["name"] for one in plan(capsys, file, other)["warnings"]]
    assert "too-soon" in names
    assert "too-soon" not in [one["name"] for one in plan(capsys, file)["warnings"]]


def test_strict_minds_warnings_and_no_notes(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert Ran(capsys, file, "--strict").code == 1
    file.write_text(CANARY.replace("- {name: approve", "- {name: check, url: 'http://gate/'}\n    - {name: approve"))
    ran = Ran(capsys, file, "--strict")
    assert (ran.code, "note wrong-weight" in ran.out) == (0, True)


def test_a_picture_is_written_or_printed(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert Ran(capsys, file, "--svg", tmp_path / "a.svg").code == 0
    printed = Ran(capsys, file, "--svg", "-")
    assert printed.out == (tmp_path / "a.svg").read_text()


def test_of_several_canaries_one_is_chosen(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(f"{CANARY}---\n{CANARY.replace('name: web, n', 'name: api, n')}")
    assert len(json.loads(Ran(capsys, file, "--json").out)["canaries"]) == 2
    assert plan(capsys, file, "--canary", "api")["canary"] == "shop/api"
    assert "choose one with --canary" in Ran(capsys, file, "--svg", "-").err


WRONG_OPTIONS = [
    (["--gate", "aprove=open"], "no gate aprove", "did you mean approve?"),
    (["--gate", "approve"], "is no answer of a gate", "NAME=open"),
    (["--gate", "approve=closed@"], "is no answer of a gate", "NAME=3@25"),
    (["--gate", "approve=closed@soon"], "is no answer of a gate", "NAME=3@25"),
    (["--gate", "approve=closed@50"], "never gets to weight 50", "20, 40"),
    (["--gate", "approve=open@20"], "open until then as well", "approve=closed@20"),
    (["--fails-at", "501"], "501 is no tick", "ticks count from 1"),
    (["--gate", "approve=9999"], "500 refusals are the most", "approve=closed"),
    (["--check-fails", "50"], "never gets to weight 50", "20, 40"),
    (["--revision", "0"], "0 is no tick", "ticks count from 1"),
    (["--flagger", "1.29.0"], "no Flagger 1.29.0 is known", "did you mean"),
    (["--mesh", "isto"], "no mesh isto", "did you mean istio?"),
    (["--mesh", "istio", "--provider", "nginx"], "say the same thing", "one of them"),
    (["--ready", "soon"], "is no time", "5..40"),
    (["--ready", "40..5"], "does not grow", "shorter time first"),
    (["--canary", "wep"], "there is no Canary wep", "did you mean web?"),
    (["--svg", "/nowhere/a.svg"], "cannot be written", ""),
]


@pytest.mark.parametrize(("options", "what", "instead"), WRONG_OPTIONS)
def test_a_wrong_option_is_told(
    file: Path, capsys: pytest.CaptureFixture[str], options: list[str], what: str, instead: str
) -> None:
    ran = Ran(capsys, file, *options)
    assert ran.code == 2
    assert what in ran.err
    assert instead in ran.err


# what is replaced by what, what is said of it, and where
WRONG_FILES = [
    (("interval: 10s", "interval: soon"), "spec.analysis.interval: 'soon' is no interval", ":8"),
    (("threshold: 2", "threshold: two"), "spec.analysis.threshold is no whole number: 'two'", ":9"),
    (("  service: {port: 80}\n", ""), "it has no 'service'", ":4"),
    (("kind: Canary", "kind: Service"), "no Canary in it", ""),
    (("kind: Canary", "kind: ["), "not YAML", ":"),
    (("  analysis:\n", "  analysis: 3\n  more:\n"), "spec.analysis is no mapping", ":7"),
    (("maxWeight: 40", "stepWeights: [10, -4]"), "spec.analysis.stepWeights.1 is no whole number: -4", ":11"),
    (("name: undo,", "timeout: 5x, name: undo,"), "spec.analysis.webhooks.1.timeout: '5x' is no interval", ":14"),
]


@pytest.mark.parametrize(("change", "what", "line"), WRONG_FILES)
def test_a_wrong_file_is_told_by_its_line(
    file: Path, capsys: pytest.CaptureFixture[str], change: tuple[str, str], what: str, line: str
) -> None:
    file.write_text(CANARY.replace(*change))
    ran = Ran(capsys, file)
    assert ran.code == 2
    assert what in ran.err
    assert f"where: {file}{line}" in ran.err


def test_a_file_that_is_not_there_or_no_text_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "No such file or directory" in Ran(capsys, tmp_path / "none.yaml").err
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    assert "it is no UTF-8 text" in Ran(capsys, tmp_path / "binary").err
