"""Each provider's page in docs/meshes: its Canary is one that Flagger takes, and every trap with a number is told."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from canarylab import toolchain
from canarylab.kube import manifests
from canarylab.meshes import providers
from canarylab.meshes.provider import Provider

Json = dict[str, Any]
DOCS = Path(__file__).parents[3] / "docs/meshes"
EVERY = pytest.mark.parametrize("provider", providers.every().values(), ids=lambda one: one.name)


def _family(name: str) -> str:
    """The versions of an API share one page."""
    return name.partition(":")[0]


def page(provider: Provider) -> str:
    return (DOCS / f"{_family(provider.name)}.md").read_text()


def shown(provider: Provider) -> list[Json]:
    """The Canaries of a page."""
    texts = re.findall(r"```yaml\n(.*?)```", page(provider), re.DOTALL)
    return [item for text in texts for item in manifests.load(text) if item["kind"] == "Canary"]


@cache
def schema() -> Json:
    definitions = manifests.read(toolchain.installed().asset("flagger/artifacts/flagger/crd.yaml"))
    [found] = [one for one in definitions if one["metadata"]["name"] == "canaries.flagger.app"]
    return dict(found["spec"]["versions"][0]["schema"]["openAPIV3Schema"])


@EVERY
def test_the_canary_of_its_page_is_taken_and_names_the_provider(provider: Provider) -> None:
    canaries = shown(provider)
    assert canaries
    for item in canaries:
        errors = Draft202012Validator(schema()).iter_errors(item)
        assert [f"{'/'.join(map(str, one.path))}: {one.message}" for one in errors] == []
        assert _family(item["spec"]["provider"]) == _family(provider.spelling)


@EVERY
def test_each_numbered_trap_stands_on_its_page(provider: Provider) -> None:
    numbers = re.findall(r"(?:[\w-]+/[\w-]+)?#\d+", " ".join(provider.upstream))
    assert [one for one in numbers if one not in page(provider)] == []
