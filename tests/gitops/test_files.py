"""Objects become files, and a change becomes the target's new manifest."""

from __future__ import annotations

import yaml
from hypothesis import given
from hypothesis import strategies as st

from canarylab.gitops import files
from canarylab.journey import Application, Change
from canarylab.journey.application import podinfo

APPLICATION = podinfo("shop")
NAMES = st.text("ABCXYZ_", min_size=1, max_size=6)


def container(change: Change, application: Application = APPLICATION) -> dict[str, object]:
    found: dict[str, object] = files.revised(application, change)["spec"]["template"]["spec"]["containers"][0]
    return found


def test_each_object_has_a_file_that_its_kind_and_name_tell() -> None:
    texts = files.texts([APPLICATION.target, APPLICATION.canary])
    assert list(texts) == ["deployment-podinfo.yaml", "canary-podinfo.yaml"]
    assert yaml.safe_load(texts["deployment-podinfo.yaml"]) == APPLICATION.target


def test_a_change_is_made_of_what_the_application_began_with() -> None:
    old = APPLICATION.target["spec"]["template"]["spec"]["containers"][0]
    changed = container(Change("6.9.1", arguments=("--ui-path=/nowhere",), env={"A": "b"}))
    assert changed["image"] == "ghcr.io/stefanprodan/podinfo:6.9.1"
    assert changed["command"] == [*old["command"], "--ui-path=/nowhere"]
    assert changed["env"] == [{"name": "A", "value": "b"}]
    assert container(Change("6.9.2")) == {**old, "image": "ghcr.io/stefanprodan/podinfo:6.9.2"}


@given(st.dictionaries(NAMES, st.text(max_size=3)), st.dictionaries(NAMES, st.text(max_size=3)))
def test_variables_are_merged_by_their_names(old: dict[str, str], new: dict[str, str]) -> None:
    pod = APPLICATION.target["spec"]["template"]
    one = {**pod["spec"]["containers"][0], "env": [{"name": n, "value": v} for n, v in old.items()]}
    application = APPLICATION.on(template={**pod, "spec": {**pod["spec"], "containers": [one]}})
    env = container(Change(env=new), application)["env"] if old or new else []
    assert {each["name"]: each["value"] for each in env} == {**old, **new}  # type: ignore[attr-defined]


def test_the_images_of_a_target_are_told_by_container() -> None:
    assert files.images(APPLICATION.target) == {"podinfod": "ghcr.io/stefanprodan/podinfo:6.9.0"}
