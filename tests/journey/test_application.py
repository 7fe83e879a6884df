from __future__ import annotations

from canarylab.journey.application import Change, podinfo

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
