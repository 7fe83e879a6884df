"""Every split keeps the proportions of its rule, in every mesh's own weights, or the rule is refused."""

from __future__ import annotations

from typing import Any

import pytest
import worlds
from hypothesis import given
from hypothesis import strategies as st

from canarylab import supergloo
from canarylab.supergloo import weights

Json = dict[str, Any]

NAMES = ("a", "b", "c", "d")
MESHES: dict[str, Json] = {
    "istio": {"istio": {}},
    "linkerd": {"linkerd": {}},
    "appmesh": {"awsAppMesh": {}},
    "consul": {"consul": {}},
}
_numbers = st.one_of(st.integers(0, 100), st.integers(0, 1_000_000))
_weights = st.lists(_numbers, min_size=1, max_size=4).filter(any)


def split(mesh: str, wanted: supergloo.Wanted) -> list[float]:
    """The weights that a mesh is told; nothing if the rule is refused."""
    readers = {
        "istio": lambda: worlds.made(wanted, "VirtualService")[0]["spec"]["http"][0]["route"],
        "linkerd": lambda: worlds.made(wanted, "HTTPRoute")[0]["spec"]["rules"][0]["backendRefs"],
        "appmesh": lambda: _targets(worlds.made(wanted, "VirtualRouter")[0]),
        "consul": lambda: worlds.made(wanted, "ServiceSplitter")[0]["spec"]["splits"],
    }
    refused = worlds.states(wanted)["routingrule/shop/split"][0] == "Rejected"
    return [] if refused else [one["weight"] for one in readers[mesh]()]


def _targets(router: Json) -> Any:
    return router["spec"]["routes"][0]["httpRoute"]["action"]["weightedTargets"]


def compiled(mesh: str, given_weights: list[int]) -> list[float]:
    shares = worlds.shifting(**dict(zip(NAMES, given_weights, strict=False)))
    services = [worlds.service(name) for name in NAMES]
    rule = worlds.rule("split", shares, "a", mesh=mesh)
    return split(mesh, worlds.decided(worlds.mesh(mesh, **MESHES[mesh]), *services, rule))


def off(told: list[float], wanted: list[int]) -> float:
    """By how much of all requests a share differs from the rule's, at most."""
    pairs = zip(told, wanted, strict=True)
    return max(abs(one / sum(told) - other / sum(wanted)) for one, other in pairs)


@pytest.mark.parametrize("mesh", ["istio", "linkerd"])
@given(wanted=_weights)
def test_weights_are_told_as_they_are(mesh: str, wanted: list[int]) -> None:
    assert compiled(mesh, wanted) == wanted


@given(wanted=_weights)
def test_app_mesh_is_told_the_same_proportions_or_nothing(wanted: list[int]) -> None:
    told = compiled("appmesh", wanted)
    assert bool(told) == (weights.bounded(wanted, 100) is not None)
    assert not told or (off(told, wanted) < 1e-9 and max(told) <= 100)


@given(wanted=_weights)
def test_consul_is_told_hundredths_of_a_percent_that_make_100(wanted: list[int]) -> None:
    told = compiled("consul", wanted)
    if told:
        assert round(sum(told), 6) == 100
        assert off(told, wanted) < 1e-4
    else:
        assert min(filter(None, wanted)) / sum(wanted) < 1e-4


@pytest.mark.parametrize("mesh", MESHES)
@given(percent=st.integers(0, 100))
def test_percentages_can_be_said_in_every_mesh(mesh: str, percent: int) -> None:
    assert compiled(mesh, [100 - percent, percent]) in (
        [100 - percent, percent],
        [float(100 - percent), float(percent)],
    )
