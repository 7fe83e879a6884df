"""Makes objects of SuperGloo's as the commands write them: the fields that were given, and no others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from canarylab.errors import UsageError
from canarylab.supergloo.api.data import (
    API_VERSION,
    Data,
    LabelSelector,
    NamespaceSelector,
    PodSelector,
    Ref,
    UpstreamSelector,
)
from canarylab.supergloo.cli.target import read_ref

Json = dict[str, Any]


def item(spec: Data, name: str, namespace: str) -> Json:
    """The object whose spec this is; its kind is called as the type."""
    return {
        "apiVersion": API_VERSION,
        "kind": type(spec).__name__,
        "metadata": {"name": name, "namespace": namespace},
        "spec": spec.model_dump(mode="json", by_alias=True, exclude_unset=True),
    }


def pairs(texts: Iterable[str], option: str) -> dict[str, str]:
    """NAME=VALUE, several with commas between them or the option repeated."""
    found = {}
    for text in words(texts):
        name, sign, value = text.partition("=")
        if not sign or not name:
            raise UsageError(f"{text!r} is not NAME=VALUE", where=option)
        found[name] = value
    return found


def words(texts: Iterable[str]) -> tuple[str, ...]:
    """Words, several with commas between them or the option repeated."""
    return tuple(word for text in texts for word in text.split(",") if word)


def refs(texts: Iterable[str]) -> tuple[Ref, ...]:
    """References, NAMESPACE.NAME."""
    return tuple(map(read_ref, words(texts)))


def selector(side: str, given: Mapping[str, tuple[str, ...]]) -> PodSelector | None:
    """The pods that one side's options select; UsageError if two of the three ways are mixed."""
    chosen = {way: texts for way, texts in given.items() if texts}
    if len(chosen) > 1:
        named = " and ".join(f"--{side}-{way}" for way in chosen)
        raise UsageError(f"{named} exclude each other", where=f"--{side}-...", next_step="write a rule for each")
    match chosen:
        case {"upstreams": texts}:
            return PodSelector(upstream_selector=UpstreamSelector(upstreams=refs(texts)))
        case {"namespaces": texts}:
            return PodSelector(namespace_selector=NamespaceSelector(namespaces=words(texts)))
        case {"labels": texts}:
            return PodSelector(label_selector=LabelSelector(labels_to_match=pairs(texts, f"--{side}-labels")))
    return None
