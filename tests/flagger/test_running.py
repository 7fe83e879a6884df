"""Flagger's own flags, as its Deployment gives them."""

from __future__ import annotations

import pytest

from canarylab.flagger.running import Running, choose, flags, read


def deployment(*args: str) -> dict[str, object]:
    container = {"name": "flagger", "args": list(args)}
    return {"metadata": {"namespace": "mesh"}, "spec": {"template": {"spec": {"containers": [container]}}}}


def test_the_flags_that_matter() -> None:
    found = read(deployment("-log-level=info", "-mesh-provider=linkerd", "--metrics-server", "http://p:1", "-v"))
    assert found == Running("mesh", "http://p:1", "linkerd")


def test_flags_that_are_not_given_have_flaggers_defaults() -> None:
    assert read(deployment()) == Running("mesh", "http://prometheus:9090", "istio")


def test_a_flag_without_a_value_takes_none_of_the_next_flag() -> None:
    assert dict(flags(["./flagger", "-a", "-b=c=d", "-e", "f"])) == {"a": "", "b": "c=d", "e": "f"}


@pytest.mark.parametrize(("space", "chosen"), [("shop", "two"), ("other", "one")])
def test_the_one_that_looks_at_this_namespace_alone_comes_first(space: str, chosen: str) -> None:
    found = choose([Running("one"), Running("two", watches="shop"), Running("three", watches="x")], space)
    assert found is not None
    assert found.namespace == chosen


def test_a_flagger_that_looks_elsewhere_is_none() -> None:
    assert choose([Running("two", watches="shop")], "other") is None


def test_its_release_is_the_tag_of_its_image() -> None:
    item = deployment()
    item["spec"]["template"]["spec"]["containers"][0]["image"] = "ghcr.io/fluxcd/flagger:1.38.0"  # type: ignore[index]
    assert read(item).release == "1.38.0"
