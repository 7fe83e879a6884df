"""What is written is valid: by the meshes' own definitions, where a package brings them, and our kinds by ours."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import worlds

from canarylab import paths, supergloo, toolchain
from canarylab.errors import CanarylabError
from canarylab.kube import manifests
from canarylab.meshes import istio
from canarylab.supergloo import definitions

Json = dict[str, Any]

FOLDER = Path(__file__).parent / "golden"
INPUTS = sorted(FOLDER.glob("*/*.in.yaml"))
REAL = ("networking.istio.io", "security.istio.io", "gateway.networking.k8s.io")


Checks = dict[tuple[str, str], jsonschema.Draft202012Validator]


def checks(found: Iterable[Json]) -> Checks:
    """What checks objects, by apiVersion and kind."""
    made = {}
    for item in (one for one in found if one["kind"] == "CustomResourceDefinition"):
        spec = item["spec"]
        for version in spec["versions"]:
            key = (f"{spec['group']}/{version['name']}", spec["names"]["kind"])
            made[key] = jsonschema.Draft202012Validator(closed(version["schema"]["openAPIV3Schema"], top=True))
    return made


def closed(schema: Json, *, top: bool = False) -> Json:
    """The schema as the API server takes it: what it does not declare is not allowed."""
    made = dict(schema)
    if "properties" in schema:
        made["properties"] = {name: closed(one) for name, one in schema["properties"].items()}
        if not top:
            made.setdefault("additionalProperties", False)
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            made[key] = closed(schema[key])
    return made


@cache
def real() -> Checks:
    """The definitions that packages bring; without the toolchain there is nothing to compare with."""
    try:
        return checks(istio.definitions(toolchain.installed()).objects)
    except CanarylabError as error:
        pytest.skip(f"the toolchain is not there: {error.what}")


def check(known: Checks, item: Json) -> None:
    """Fails with whatever of an object is not as it is declared."""
    assert [error.message for error in known[item["apiVersion"], item["kind"]].iter_errors(item)] == []


def decided(file: Path) -> supergloo.Wanted:
    return worlds.decided(*manifests.read(FOLDER / "cluster.yaml", file))


@pytest.mark.parametrize("file", INPUTS, ids=lambda file: f"{file.parent.name}/{file.name.partition('.')[0]}")
def test_objects_are_valid_by_the_meshes_own_definitions(file: Path) -> None:
    for item in decided(file).objects:
        if item["apiVersion"].partition("/")[0] in REAL:
            check(real(), item)


def test_all_kinds_of_these_groups_are_looked_at() -> None:
    made = {one["kind"] for file in INPUTS for one in decided(file).objects if one["apiVersion"].startswith(REAL)}
    assert made == {"VirtualService", "DestinationRule", "AuthorizationPolicy", "HTTPRoute"}


@pytest.mark.parametrize("file", INPUTS, ids=lambda file: f"{file.parent.name}/{file.name.partition('.')[0]}")
def test_rules_and_their_statuses_are_valid_by_our_definitions(file: Path) -> None:
    own = checks(definitions.crds())
    wanted = decided(file)
    for item, status in wanted.statuses:
        if item["apiVersion"] == supergloo.API_VERSION:
            check(own, {**item, "status": status})
    for item in worlds.made(wanted, "Upstream"):
        check(own, item)


def test_what_a_definition_does_not_declare_is_not_kept() -> None:
    text = str(definitions.crds())
    assert "preserve-unknown-fields" not in text
    assert "$ref" not in text
    assert "anyOf" not in text


@pytest.mark.parametrize("crd", definitions.crds(), ids=lambda crd: crd["spec"]["names"]["kind"])
def test_every_kind_has_a_status_a_short_name_and_columns(crd: Json) -> None:
    (version,) = crd["spec"]["versions"]
    assert version["subresources"] == {"status": {}}
    assert {"State", "Reason", "Age"} <= {one["name"] for one in version["additionalPrinterColumns"]}
    assert crd["metadata"]["name"] == f"{crd['spec']['names']['plural']}.supergloo.solo.io"


def test_short_names_are_those_of_the_old_product() -> None:
    found = {crd["spec"]["names"]["kind"]: crd["spec"]["names"]["shortNames"] for crd in definitions.crds()}
    assert found == {
        "Install": ["i"],
        "Mesh": ["m"],
        "MeshGroup": ["mg"],
        "MeshIngress": ["mi"],
        "RoutingRule": ["rr"],
        "SecurityRule": ["sr"],
        "Upstream": ["us"],
    }


@pytest.mark.parametrize("name", ["shifting", "retries-timeouts"])
def test_app_meshs_objects_are_valid_by_the_definitions_for_flaggers(name: str) -> None:
    own = checks(manifests.read(paths.fixtures() / "meshes" / "appmesh.yaml"))
    objects = decided(FOLDER / "appmesh" / f"{name}.in.yaml").objects
    for item in (one for one in objects if one["apiVersion"].startswith("appmesh")):
        check(own, item)
