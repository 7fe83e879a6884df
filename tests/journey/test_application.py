from __future__ import annotations

import pytest

from canarylab import paths
from canarylab.errors import UsageError
from canarylab.journey.application import Application, Change, Crowd, podinfo, tagged

APP = podinfo("shop")


def container(change: Change) -> dict[str, object]:
    return dict(APP.patch(change)["spec"]["template"]["spec"]["containers"][0])


def test_a_tag_changes_the_image_and_nothing_else() -> None:
    assert container(Change(tag="6.9.1")) == {"name": "podinfod", "image": "ghcr.io/stefanprodan/podinfo:6.9.1"}


def test_arguments_are_appended_to_the_command() -> None:
    command = container(Change(arguments=("--ui-path=/nowhere",)))["command"]
    assert isinstance(command, list)
    assert (command[0], command[-1]) == ("./podinfo", "--ui-path=/nowhere")


def test_environment_is_set_by_name() -> None:
    assert container(Change(env={"COLOUR": "red"}))["env"] == [{"name": "COLOUR", "value": "red"}]


def test_what_an_earlier_change_had_and_this_one_has_not_is_as_it_was() -> None:
    before = Change(arguments=("--ui-path=/nowhere",), env={"COLOUR": "red"})
    new = APP.patch(Change(tag="6.9.2"), before)["spec"]["template"]["spec"]["containers"][0]
    assert new["command"] == APP.target["spec"]["template"]["spec"]["containers"][0]["command"]
    assert new["env"] == [{"name": "COLOUR", "$patch": "delete"}]


def test_a_change_reads_well() -> None:
    assert str(Change(tag="6.9.1", arguments=("--x",), env={"A": "b"})) == "tag 6.9.1, --x, A=..."


def test_the_canary_speaks_of_its_own_namespace() -> None:
    assert APP.canary["metadata"]["namespace"] == "shop"
    assert "NAMESPACE" not in str(APP.canary)


def test_values_are_changed_where_they_stand_and_none_takes_one_away() -> None:
    other = APP.but(analysis={"maxWeight": 20, "webhooks": None}, service={"name": "front"})
    analysis = other.canary["spec"]["analysis"]
    assert (analysis["maxWeight"], analysis["stepWeight"]) == (20, 10)
    assert "webhooks" not in analysis
    assert other.canary["spec"]["service"] == {"port": 9898, "targetPort": 9898, "name": "front"}
    assert "webhooks" in APP.canary["spec"]["analysis"]


def test_the_target_is_changed_and_nothing_else() -> None:
    other = APP.on(progressDeadlineSeconds=20)
    assert other.target["spec"]["progressDeadlineSeconds"] == 20
    assert APP.target["spec"]["progressDeadlineSeconds"] == 60


FOLDER = paths.fixtures() / "podinfo"


def test_an_application_of_files_has_the_first_container_if_none_is_named() -> None:
    app = Application.read((FOLDER / "app.yaml", FOLDER / "canary.yaml"), "shop", crowds=[Crowd()])
    assert (app.container, app.namespace, app.canary["metadata"]["namespace"]) == ("podinfod", "shop", "shop")
    assert [one["kind"] for one in app.objects] == ["Deployment"]
    assert not app.crowds[0].told


@pytest.mark.parametrize(
    ("files", "container", "said"),
    [
        (("app.yaml",), "", "no Canary stands there"),
        (("app.yaml", "canary.yaml", "canary.yaml"), "", "2 Canaries stand there: podinfo, podinfo"),
        (("canary.yaml",), "", "no Deployment podinfo stands in the manifests"),
        (("app.yaml", "canary.yaml"), "web", "Deployment podinfo has no container web"),
        (("nowhere.yaml",), "", "a file of the application cannot be read"),
    ],
)
def test_files_that_are_no_application_are_told(files: tuple[str, ...], container: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as told:
        Application.read([FOLDER / name for name in files], "shop", container=container)
    assert str(FOLDER) in told.value.where
    assert told.value.next_step


@pytest.mark.parametrize(
    ("image", "made"),
    [
        ("web:1", "web:2"),
        ("web", "web:2"),
        ("registry.example.com:5000/shop/web", "registry.example.com:5000/shop/web:2"),
        ("registry.example.com:5000/shop/web:1", "registry.example.com:5000/shop/web:2"),
        ("example.org/web:1@sha256:00", "example.org/web:2"),
        ("example.org/web@sha256:00", "example.org/web:2"),
    ],
)
def test_a_tag_takes_the_place_of_whatever_named_the_version(image: str, made: str) -> None:
    assert tagged(image, "2") == made
