"""What helm says when it fails, as the project's errors: who has to change what. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from canarylab.errors import CanarylabError, EnvironmentFault, UsageError


@dataclass(frozen=True)
class Rule:
    """What one of ``patterns`` finds in helm's words is told by ``kind``, with what to do next."""

    patterns: tuple[str, ...]
    kind: type[CanarylabError]
    next_step: str


# The words of helm 3 and 4.
_RULES = (
    Rule(
        ("cluster unreachable", "connection refused", "no such host", "i/o timeout"),
        EnvironmentFault,
        "see whether the cluster runs, and whether this is its kubeconfig",
    ),
    Rule(("is forbidden",), EnvironmentFault, "give this account the right that is missing"),
    Rule(
        ("cannot re-use a name", "cannot reuse a name", "name that is still in use"),
        UsageError,
        "choose another name for the release, or remove the one that is there by helm uninstall",
    ),
    Rule(
        ("invalid ownership metadata", "cannot be imported into the current release"),
        UsageError,
        "something else has installed this object: remove that first, or go on without the chart",
    ),
    Rule(("invalid release name",), UsageError, "use lower-case letters, digits and hyphens, 53 at most"),
    Rule(("release: not found",), UsageError, "helm list --all-namespaces tells which there are"),
    Rule(
        ("no such file or directory", "unable to detect chart", r"Chart\.yaml file is missing", r'path ".*" not found'),
        UsageError,
        "name a file that is there",
    ),
    Rule(
        (
            "execution error at", "error calling", "YAML parse error", "failed parsing", "failed to parse",
            "specifications of the schema", "typed patch object", "cannot unmarshal", "unable to decode",
            "unknown field", "is invalid: ",
        ),
        UsageError,
        "correct the value; the chart's values.yaml tells what it takes",
    ),
)  # fmt: skip


def read(words: str, where: str) -> CanarylabError:
    """The error that helm's words stand for; EnvironmentFault for words that are not known here."""
    told = shortened(words)
    for rule in _RULES:
        if any(re.search(pattern, told) for pattern in rule.patterns):
            return rule.kind(f"helm: {told}", where=where, next_step=rule.next_step)
    return EnvironmentFault(f"helm: {told}", where=where)


def shortened(words: str) -> str:
    """What stands after ``Error:``, without the log lines before it and the hint to --debug behind it."""
    told = words.rpartition("Error: ")[2].partition("\n\nUse --debug")[0]
    return told.removeprefix("INSTALLATION FAILED: ").strip() or "it said nothing"
