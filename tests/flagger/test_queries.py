"""Each provider's queries are those of the program itself: its built-in templates stand in it as text."""

from __future__ import annotations

from functools import cache

import pytest

from canarylab import toolchain
from canarylab.meshes import providers
from canarylab.meshes.provider import Provider

_PACKAGED = providers.every().values()
_SKIPPER = "kube(ew)?_%s__%s_canary__.*__%s_canary(_[0-9]+)?"  # named once, and used by its name


@cache
def program() -> bytes:
    """Flagger's program without any white space."""
    return b"".join(toolchain.installed().program("flagger").read_bytes().split())


def spelt(template: str) -> bytes:
    """A template as the program spells it."""
    named = _SKIPPER % ("{{ namespace }}", "{{ ingress }}", "{{ service }}")
    return "".join(template.replace(named, "{{ $route }}").split()).encode()


@pytest.mark.parametrize("provider", _PACKAGED, ids=lambda one: one.name)
def test_flagger_asks_just_this(provider: Provider) -> None:
    for metric, template in provider.queries.items():
        assert spelt(template) in program(), metric
    assert _SKIPPER.encode() in program()


def test_a_query_that_differs_is_noticed() -> None:
    template = providers.queries("istio")["request-success-rate"]
    assert spelt(template.replace("5.*", "4.*")) not in program()
