"""Names of images, taken apart as Docker does it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canarylab.errors import UsageError
from canarylab.images import reference

DIGEST = "sha256:" + "a1" * 32


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("busybox", ("docker.io", "library/busybox", "latest", "")),
        ("team/app:1.2", ("docker.io", "team/app", "1.2", "")),
        ("index.docker.io/team/app", ("docker.io", "team/app", "latest", "")),
        ("ghcr.io/stefanprodan/podinfo:6.9.2", ("ghcr.io", "stefanprodan/podinfo", "6.9.2", "")),
        ("localhost/app", ("localhost", "app", "latest", "")),
        ("127.0.0.1:5000/a/b/c:x", ("127.0.0.1:5000", "a/b/c", "x", "")),
        (f"quay.io/app@{DIGEST}", ("quay.io", "app", "", DIGEST)),
        (f"quay.io/app:1@{DIGEST}", ("quay.io", "app", "1", DIGEST)),
    ],
)
def test_a_name_is_completed_as_docker_completes_it(text: str, parts: tuple[str, ...]) -> None:
    read = reference.parse(text)
    assert (read.registry, read.repository, read.tag, read.digest) == parts
    assert reference.parse(str(read)) == read


@pytest.mark.parametrize(
    "text", ["", "UPPER", "a:b:c", "app@sha256:12", "../x", "host.io/", "a//b", "host.io/a b", "a@"]
)
def test_what_is_no_name_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is no name of an image"):
        reference.parse(text)


@given(st.text(max_size=40))
def test_no_text_leads_to_anything_but_a_name_or_a_refusal(text: str) -> None:
    try:
        read = reference.parse(text)
    except UsageError:
        return
    assert ".." not in read.repository.split("/")
    assert reference.parse(str(read)) == read


def test_plain_http_is_for_loopback_alone() -> None:
    assert reference.parse("127.0.0.1:5000/a").url == "http://127.0.0.1:5000/v2/a"
    assert reference.parse("localhost:5000/a").url == "http://localhost:5000/v2/a"
    assert reference.parse("127.0.0.1.example.org/a").url == "https://127.0.0.1.example.org/v2/a"
    assert reference.parse("busybox").url == "https://registry-1.docker.io/v2/library/busybox"
