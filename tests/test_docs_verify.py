"""docs/verify.md names every outcome, every input of the action, and rights that the observer asks for."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from canarylab.report.case import EXIT

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "verify.md").read_text()


def test_every_outcome_has_its_exit_code() -> None:
    documented = set(re.findall(r"^\| (\d) \| ([a-z ]+) \|", PAGE, flags=re.MULTILINE))
    assert documented == {(str(code), outcome.value) for outcome, code in EXIT.items()}


def test_every_input_of_the_action_is_described() -> None:
    action = yaml.safe_load((ROOT / ".github" / "actions" / "verify" / "action.yml").read_text())
    section = PAGE.partition("## GitHub action")[2]
    assert set(re.findall(r"^\| `([a-z]+)`", section, flags=re.MULTILINE)) == set(action["inputs"])
    assert action["runs"]["using"] == "composite"


def test_the_role_reads_and_does_nothing_else() -> None:
    block = re.search(r"```yaml\n(.*?kind: ClusterRole\n.*?)```", PAGE, re.DOTALL)
    assert block is not None
    rules = yaml.safe_load(block[1])["rules"]
    assert {verb for rule in rules for verb in rule["verbs"]} == {"get", "list", "watch"}
    assert {one for rule in rules for one in rule["resources"]} == {"canaries", "deployments", "daemonsets", "events"}
