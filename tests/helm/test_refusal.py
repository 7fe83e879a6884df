"""Words of helm 3 and 4, as they were seen, and whose fault each is."""

from __future__ import annotations

import pytest

from canarylab.errors import CanarylabError, EnvironmentFault, UsageError
from canarylab.helm import refusal

SEEN: dict[str, tuple[str, type[CanarylabError], str]] = {
    "in use": (
        "Error: INSTALLATION FAILED: release name check failed: cannot reuse a name that is still in use",
        UsageError, "choose another name",
    ),
    "in use, helm 3": (
        "Error: INSTALLATION FAILED: cannot re-use a name that is still in use", UsageError, "choose another name",
    ),
    "unreachable": (
        'level=ERROR msg="no"\nError: INSTALLATION FAILED: cluster reachability check failed: kubernetes cluster '
        'unreachable: Get "http://127.0.0.1:1/version": dial tcp 127.0.0.1:1: connect: connection refused',
        EnvironmentFault, "whether the cluster runs",
    ),
    "chart refuses": (
        "Error: execution error at (base/templates/zzz_profile.yaml:31:3): unknown profile nonsense\n\n"
        "Use --debug flag to render out invalid YAML",
        UsageError, "correct the value",
    ),
    "template fails": (
        'Error: template: gateway/templates/hpa.yaml:1:42: executing "gateway/templates/hpa.yaml" at <eq .Values.kind '
        '"Deployment">: error calling eq: incompatible types for comparison: int64 and string',
        UsageError, "correct the value",
    ),
    "no value": ('Error: failed parsing --set data: key "a" has no value', UsageError, "correct the value"),
    "wrong type": (
        "Error: INSTALLATION FAILED: server-side apply failed for object elsewhere/x apps/v1, Kind=Deployment: failed "
        "to create typed patch object (elsewhere/x; apps/v1, Kind=Deployment): .spec.replicas: expected numeric",
        UsageError, "correct the value",
    ),
    "wrong type, helm 3": (
        'Error: INSTALLATION FAILED: 1 error occurred:\n\t* Deployment in version "v1" cannot be handled as a '
        "Deployment: json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32\n\n",
        UsageError, "correct the value",
    ),
    "release name": (
        'Error: release name check failed: release name "X_Y": invalid release name, must match regex ^[a-z0-9]',
        UsageError, "lower-case",
    ),
    "no file": ("Error: open /nope.yaml: no such file or directory", UsageError, "a file that is there"),
    "no chart": ('Error: path "/nonexistent" not found', UsageError, "a file that is there"),
    "not there": ("Error: uninstall: Release not loaded: x: release: not found", UsageError, "helm list"),
    "no right": (
        'Error: INSTALLATION FAILED: secrets is forbidden: User "ci" cannot create resource "secrets"',
        EnvironmentFault, "right that is missing",
    ),
    "another's": (
        'Error: INSTALLATION FAILED: unable to continue with install: Service "x" in namespace "y" exists and cannot '
        "be imported into the current release: invalid ownership metadata",
        UsageError, "something else has installed",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SEEN)
def test_helms_words_name_who_has_to_change_what(name: str) -> None:
    words, kind, next_step = SEEN[name]
    error = refusal.read(words, "helm install x")
    assert type(error) is kind
    assert next_step in error.next_step
    assert error.where == "helm install x"


def test_words_that_are_not_known_are_told_as_they_are() -> None:
    error = refusal.read("Error: the moon is full", "helm list")
    assert type(error) is EnvironmentFault
    assert error.what == "helm: the moon is full"


@pytest.mark.parametrize("words", ["", "Error: ", "level=INFO\nError: INSTALLATION FAILED: "])
def test_a_helm_that_says_nothing_is_told_so(words: str) -> None:
    assert refusal.read(words, "helm list").what == "helm: it said nothing"


def test_log_lines_and_the_hint_to_debug_are_left_out() -> None:
    assert refusal.shortened("level=ERROR x\nError: INSTALLATION FAILED: a\nb\n\nUse --debug flag") == "a\nb"
