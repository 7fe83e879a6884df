"""What a provider's golden files are held against: ``golden/NAME-CASE.in.yaml`` are objects as Flagger wrote them.

``NAME-CASE.out.yaml`` has the weights that are read of the route object and the VirtualService that is made of it,
``NAME.rules.yaml`` the recording rules. CANARYLAB_REGENERATE=1 writes both.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

from canarylab.kube import manifests
from canarylab.meshes import recording, served, translation
from canarylab.meshes.provider import Provider

Json = dict[str, Any]
HERE = Path(__file__).parent / "golden"


def cases(name: str) -> list[Path]:
    """The objects of each case of a provider."""
    return sorted(HERE.glob(f"{name}-*.in.yaml"))


def ids(cases: Iterable[tuple[str, Path]]) -> list[str]:
    """How tests of cases are called."""
    return [case.name.removesuffix(".in.yaml") for _, case in cases]


def read(case: Path) -> list[Json]:
    """Objects as a watch tells them: whoever makes one is told the time of it."""
    found = manifests.read(case)
    return [{**one, "metadata": {"creationTimestamp": "2026-01-01T00:00:00Z", **one["metadata"]}} for one in found]


def routes(provider: Provider, objects: Sequence[Json]) -> list[Json]:
    """Those of the provider's route kind."""
    assert provider.route is not None
    kind = provider.route.kind
    return [one for one in objects if (one["apiVersion"], one["kind"]) == (kind.api_version, kind.kind)]


def made(provider: Provider, objects: Sequence[Json]) -> Json:
    """The weights of each route object by its name, and the VirtualServices of all."""
    found, route = routes(provider, objects), provider.route
    assert route is not None
    wanted = translation.decide([provider], {route.kind.name: found})
    weights = {one["metadata"]["name"]: dict(route.weights(one)) for one in found}
    return {"weights": weights, "made": list(wanted.objects)}


def rules(provider: Provider) -> Json:
    """The recording rules of a provider."""
    return recording.config({provider.name: provider.records})


def approve(file: Path, found: Json) -> None:
    """Holds what was made against a file, or writes it."""
    if os.environ.get("CANARYLAB_REGENERATE"):
        file.write_text(yaml.safe_dump(found, sort_keys=False, width=120))
    assert found == yaml.safe_load(file.read_text())


def out(case: Path) -> Path:
    """The file with what is made of a case."""
    return case.with_name(case.name.replace(".in.", ".out."))


def refusals(provider: Provider, item: Json) -> list[str]:
    """What the provider's definitions have against an object; fields that they do not know count as well."""
    errors = Draft202012Validator(_strict(_schema(provider, item))).iter_errors(item)
    return [f"{'/'.join(map(str, one.absolute_path))}: {one.message}" for one in errors]


def _schema(provider: Provider, item: Json) -> Json:
    group, _, version = item["apiVersion"].partition("/")
    specs = [one["spec"] for part in served.definitions([provider]) for one in part.objects]
    [spec] = [one for one in specs if (one["group"], one["names"]["kind"]) == (group, item["kind"])]
    [schema] = [one["schema"]["openAPIV3Schema"] for one in spec["versions"] if one["name"] == version]
    return {**schema, "properties": {"apiVersion": {}, "kind": {}, "metadata": {}, **schema["properties"]}}


def _strict(schema: Json) -> Json:
    """The API server drops what is not named, and takes a quantity for what a schema leaves open."""
    made = {key: _strict(value) if isinstance(value, dict) else value for key, value in schema.items()}
    if "properties" in made:
        made["properties"] = {key: _strict(value) for key, value in schema["properties"].items()}
    return {"additionalProperties": False, **made} if "properties" in made else made
