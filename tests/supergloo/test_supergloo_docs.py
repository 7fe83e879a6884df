"""The page on SuperGloo names every kind, field, state and limit, and its example is a rule that holds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import worlds
import yaml

from canarylab import supergloo
from canarylab.supergloo import definitions, splits
from canarylab.supergloo.api.routing import RequestMatcher, RoutingRule, RoutingRuleSpec
from canarylab.supergloo.dialects import DIALECTS
from canarylab.supergloo.status import State
from canarylab.supergloo.targets import TYPES

PAGE = (Path(__file__).parents[2] / "docs" / "supergloo.md").read_text()


def rows(heading: str) -> list[list[str]]:
    """The cells of the tables below a heading."""
    part = re.split(r"^##+ ", PAGE.partition(f"# {heading}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in part.splitlines() if line[:1] == "|"]


@pytest.mark.parametrize("model", [RoutingRule, RoutingRuleSpec, RequestMatcher])
def test_every_field_is_named(model: type[RoutingRule]) -> None:
    names = {field.alias or name for name, field in model.model_fields.items()}
    assert {name for name in names if f"`{name}`" not in PAGE} == {"spec"} & names


def test_every_kind_is_named_with_its_short_name() -> None:
    found = {(kind.strip("`"), short.strip("`")) for kind, short, _ in rows("Kinds")[2:]}
    assert found == {(one.type.__name__, one.short) for one in definitions.DEFINITIONS}
    assert all(f"`{name}`" in PAGE for name in TYPES)


def test_every_state_is_named_that_a_rule_can_have() -> None:
    assert {row[0].strip("`") for row in rows("Statuses")[2:]} == {one.value for one in State} - {State.PENDING.value}


def test_the_limits_are_those_that_are_kept() -> None:
    limits = next(row for row in rows("What is enforced where") if row[0] == "routes of one Service")
    assert [int(cell) for cell in limits[1:]] == [
        DIALECTS[name].most for name in ("istio", "linkerd", "appmesh", "consul")
    ]


@pytest.mark.parametrize("kind", [kind.kind for kind in supergloo.MADE])
def test_every_kind_that_is_made_is_named(kind: str) -> None:
    assert f"`{kind}`" in PAGE


def test_the_annotation_is_named() -> None:
    assert f"`{splits.ANNOTATION}`" in PAGE


def test_the_example_holds() -> None:
    example = yaml.safe_load(PAGE.partition("```yaml\n")[2].partition("```")[0])
    services = [worlds.service(name, "shop", 9898) for name in ("podinfo", "podinfo-primary", "podinfo-canary")]
    states = worlds.states(worlds.decided(worlds.mesh(), *services, example))
    assert states["routingrule/shop/podinfo"][0] == "Accepted"
