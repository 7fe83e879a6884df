"""Which node image is meant: pinned by its digest, or one's own."""

from __future__ import annotations

import re

import pytest

from canarylab.clusters.kind import asked
from canarylab.clusters.kind.asked import Asked, node_image
from canarylab.errors import UsageError


def test_every_pinned_image_is_of_its_minor_version_and_has_a_digest() -> None:
    for minor, reference in asked.pinned().items():
        assert re.fullmatch(rf"kindest/node:v{re.escape(minor)}\.\d+@sha256:[0-9a-f]{{64}}", reference)


@pytest.mark.parametrize(
    ("wanted", "version"), [("", "1.37.0"), ("1.34", "1.34.0"), ("1.36.1", "1.36.1"), ("v1.35", "1.35.0")]
)
def test_a_minor_version_a_whole_one_or_none_leads_to_an_image(wanted: str, version: str) -> None:
    found = node_image(Asked(wanted))
    assert found.kubernetes == version
    assert f":v{version}@sha256:" in found.reference


@pytest.mark.parametrize("wanted", ["1.12", "1.36.9", "newest"])
def test_a_version_that_is_not_pinned_is_refused_with_those_that_are(wanted: str) -> None:
    with pytest.raises(UsageError, match="is pinned") as caught:
        node_image(Asked(wanted))
    assert "1.37.0" in caught.value.next_step


@pytest.mark.parametrize(
    ("image", "kubernetes", "version"),
    [("mine/node:v1.33.4", "", "1.33.4"), ("mine/node:new", "1.36.2", "1.36.2"), ("mine/node:new", "", "")],
)
def test_an_image_of_ones_own_is_taken_as_it_is(image: str, kubernetes: str, version: str) -> None:
    assert node_image(Asked(kubernetes, image=image)) == asked.NodeImage(image, version)


@pytest.mark.parametrize("wrong", [Asked(nodes=0), Asked(nodes=21), Asked(engine="nerdctl"), Asked("1.1")])
def test_what_no_cluster_can_be_made_of_is_refused(wrong: Asked) -> None:
    with pytest.raises(UsageError):
        asked.require(wrong)
