"""What SuperGloo's API types have in common: camel case in manifests, strict, frozen, no unknown fields.

The names are those of the API of 2019. What is merely impossible (a weight below 0) has a type all the same, so that
the status can say so; what has no type is refused by the API server.
"""

from __future__ import annotations

from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Strict
from pydantic.alias_generators import to_camel

T = TypeVar("T")

GROUP, VERSION = "supergloo.solo.io", "v1"
API_VERSION = f"{GROUP}/{VERSION}"
NAMESPACE = "supergloo-system"

Many = Annotated[tuple[T, ...], Strict(False)]


class Data(BaseModel):
    """A mapping with known keys only."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, alias_generator=to_camel, validate_by_name=True,
        use_attribute_docstrings=True,
    )  # fmt: skip


class Ref(Data):
    """An object by its name; without a namespace it is in SuperGloo's own."""

    name: str
    """Its name."""
    namespace: str = NAMESPACE
    """Its namespace; supergloo-system if none is given."""

    def __str__(self) -> str:
        return f"{self.name}.{self.namespace}"


class LabelSelector(Data):
    """Pods by their labels."""

    labels_to_match: dict[str, str]
    """The labels, as the selectors of their Services have them."""


class UpstreamSelector(Data):
    """Pods by the upstreams that they are behind."""

    upstreams: Many[Ref]
    """The upstreams."""


class NamespaceSelector(Data):
    """Pods by their namespaces."""

    namespaces: Many[str]
    """The namespaces."""


class PodSelector(Data):
    """Pods, in one of three ways; with none of them all pods of the mesh."""

    label_selector: LabelSelector | None = None
    """Pods by their labels."""
    upstream_selector: UpstreamSelector | None = None
    """Pods by the upstreams that they are behind."""
    namespace_selector: NamespaceSelector | None = None
    """Pods by their namespaces."""
