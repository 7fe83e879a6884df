"""What a scenario says of its repository becomes the two objects that Flux follows."""

from __future__ import annotations

from canarylab.gitops import Settings
from canarylab.gitops.settings import MAIN


def test_a_repository_of_ours_is_followed_on_main() -> None:
    source, applied = Settings(interval="10s").objects("test-1", "http://git.test-1:8080/application.git")
    assert source["spec"]["ref"] == {"branch": MAIN}
    assert source["spec"]["interval"] == applied["spec"]["interval"] == "10s"
    assert applied["spec"]["sourceRef"] == {"kind": "GitRepository", "name": source["metadata"]["name"]}
    assert {one["metadata"]["namespace"] for one in (source, applied)} == {"test-1"}


def test_somebodys_repository_is_followed_on_a_branch_of_the_tests_own() -> None:
    source, _ = Settings("https://example.com/fleet.git").objects("test-1", "https://example.com/fleet.git")
    assert source["spec"]["ref"] == {"branch": "canarylab-test-1"}


def test_what_a_scenario_says_is_laid_over_the_specs() -> None:
    settings = Settings(source={"secretRef": {"name": "fleet"}}, kustomization={"serviceAccountName": "deployer"})
    source, applied = settings.objects("test-1", "u")
    assert source["spec"]["secretRef"] == {"name": "fleet"}
    assert applied["spec"]["serviceAccountName"] == "deployer"


def test_what_was_applied_stays_when_the_kustomization_goes() -> None:
    assert Settings().objects("n", "u")[1]["spec"]["deletionPolicy"] == "Orphan"
