"""Flagger as it runs on any cluster: its namespace and the flags that matter, read from its Deployment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

SELECTORS = ("app=flagger", "app.kubernetes.io/name=flagger")  # of its kustomizations, of its chart


@dataclass(frozen=True)
class Running:
    """``metrics`` is the address of its Prometheus, ``provider`` that of Canaries that name none.

    ``watches`` is the only namespace whose Canaries it looks at; empty for all. ``release`` is its image's tag.
    """

    namespace: str
    metrics: str = ""
    provider: str = ""
    watches: str = ""
    release: str = ""


def read(item: Mapping[str, Any]) -> Running:
    """Flagger's Deployment; a flag that is not given has the value that Flagger gives it."""
    containers = item["spec"]["template"]["spec"]["containers"]
    images = [one.get("image", "") for one in containers]
    words = [word for one in containers for word in (*one.get("command", ()), *one.get("args", ()))]
    given = dict(flags(words))
    return Running(
        namespace=item["metadata"]["namespace"],
        metrics=given.get("metrics-server", "http://prometheus:9090"),
        provider=given.get("mesh-provider", "istio"),
        watches=given.get("namespace", ""),
        release=next((image.rpartition(":")[2] for image in images if "flagger" in image), ""),
    )


def flags(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Go's flags: ``-name=value``, ``--name=value`` or ``-name value``."""
    for number, word in enumerate(words):
        if word.startswith("-"):
            name, sign, value = word.lstrip("-").partition("=")
            follows = words[number + 1] if number + 1 < len(words) else ""
            yield name, value if sign or follows.startswith("-") else follows


def choose(found: Sequence[Running], namespace: str) -> Running | None:
    """The one that looks at Canaries of a namespace; one that looks at this namespace alone comes first."""
    fitting = [one for one in found if one.watches in ("", namespace)]
    return max(fitting, key=lambda one: one.watches == namespace, default=None)
