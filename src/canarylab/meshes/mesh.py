"""What every mesh gives: the parts to install, and a word on what of it is real."""

from __future__ import annotations

from typing import Protocol

from canarylab.kube.parts import Part
from canarylab.toolchain import Toolset


class Mesh(Protocol):
    """A mesh that Flagger can drive.

    ``overlay`` is Flagger's own kustomization for it, empty where others are to bring Flagger; ``provider`` is what
    Flagger is started with, ``metrics`` are the workloads by which Prometheus answers there.
    """

    @property
    def name(self) -> str: ...
    @property
    def namespace(self) -> str: ...
    @property
    def overlay(self) -> str: ...
    @property
    def provider(self) -> str: ...
    @property
    def metrics(self) -> tuple[str, ...]: ...

    def parts(self, toolset: Toolset) -> list[Part]:
        """What has to run on the cluster, beside DNS."""
        ...

    def describe(self, toolset: Toolset) -> list[str]:
        """What is real and what stands in, a line each."""
        ...
