"""SecurityRule: who may ask whom for what."""

from __future__ import annotations

from canarylab.supergloo.api.data import Data, Many, PodSelector, Ref


class SecurityRule(Data):
    """Allows the requests of some pods to others. What no rule selects as a destination stays open."""

    target_mesh: Ref
    """The Mesh or MeshGroup that it holds in."""
    source_selector: PodSelector | None = None
    """The pods that may ask, known by their service accounts; all if none are selected."""
    destination_selector: PodSelector | None = None
    """The pods that may be asked; all of the mesh if none are selected."""
    allowed_paths: Many[str] = ()
    """Paths, a * at the beginning or at the end stands for anything; all if none is given."""
    allowed_methods: Many[str] = ()
    """HTTP methods; all if none is given."""
