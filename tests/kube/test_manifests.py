"""YAML becomes a flat list of objects; what is not that is refused with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from canarylab.errors import UsageError
from canarylab.kube import manifests

ONE = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "one"}}


def test_lists_are_taken_apart_and_empty_documents_left_out() -> None:
    text = """
---
apiVersion: v1
kind: List
items: [{apiVersion: v1, kind: ConfigMap, metadata: {name: one}}]
---
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: one}}
"""
    assert manifests.load(text) == [ONE, ONE]


def test_a_kind_whose_name_ends_in_list_is_an_object_of_its_own() -> None:
    text = "{apiVersion: example.com/v1, kind: AllowList, metadata: {name: one}}"
    assert [item["kind"] for item in manifests.load(text)] == ["AllowList"]


def test_what_is_not_yaml_is_refused_with_its_line() -> None:
    with pytest.raises(UsageError, match="not YAML") as refused:
        manifests.load("a: 1\nb: ]\nc: 2\n", "some.yaml")
    assert refused.value.where == "some.yaml:2"


@pytest.mark.parametrize("text", ["just words", "[1, 2]", "kind: Pod", "apiVersion: v1"])
def test_what_is_not_an_object_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="apiVersion and kind"):
        manifests.load(text, "some.yaml")


def test_a_folder_is_read_in_the_order_of_names(tmp_path: Path) -> None:
    for name in ("b.yaml", "a.yaml", "c.txt"):
        (tmp_path / name).write_text(f"{{apiVersion: v1, kind: ConfigMap, metadata: {{name: {name}}}}}")
    assert [item["metadata"]["name"] for item in manifests.read(tmp_path)] == ["a.yaml", "b.yaml"]


@pytest.mark.parametrize(
    ("meta", "label"),
    [({"name": "one"}, "configmap/one"), ({"name": "one", "namespace": "here"}, "configmap/here/one")],
)
def test_an_object_is_named_as_people_do(meta: dict[str, str], label: str) -> None:
    assert manifests.label({**ONE, "metadata": meta}) == label


def test_an_object_goes_to_the_namespace_unless_it_names_one() -> None:
    elsewhere = {**ONE, "metadata": {"name": "one", "namespace": "there"}}
    assert manifests.placed(ONE, "here", namespaced=True)["metadata"]["namespace"] == "here"
    assert manifests.placed(elsewhere, "here", namespaced=True)["metadata"]["namespace"] == "there"
    assert "namespace" not in manifests.placed(ONE, "here", namespaced=False)["metadata"]
    assert "namespace" not in ONE["metadata"]


def test_a_binding_means_accounts_of_the_namespace_unless_it_names_one() -> None:
    subjects = [
        {"kind": "ServiceAccount", "name": "a"},
        {"kind": "ServiceAccount", "name": "b", "namespace": "there"},
        {"kind": "User", "name": "c"},
    ]
    binding = {"apiVersion": "rbac/v1", "kind": "ClusterRoleBinding", "metadata": {"name": "x"}, "subjects": subjects}
    placed = manifests.placed(binding, "here", namespaced=False)["subjects"]
    assert [one.get("namespace") for one in placed] == ["here", "there", None]
