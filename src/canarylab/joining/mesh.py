"""The mesh of a cluster that is not ours: it is there, so there is nothing to install."""

from __future__ import annotations

from dataclasses import dataclass

from canarylab.kube.parts import Part
from canarylab.toolchain import Toolset


@dataclass(frozen=True)
class Theirs:
    """``name`` is what ``--mesh`` would say, ``about`` the control plane in words."""

    name: str
    namespace: str
    provider: str
    about: str
    overlay: str = ""
    metrics: tuple[str, ...] = ()

    def parts(self, toolset: Toolset) -> list[Part]:
        """Nothing."""
        del toolset
        return []

    def describe(self, toolset: Toolset) -> list[str]:
        """What it is."""
        del toolset
        return [f"mesh: theirs, {self.about}"]
