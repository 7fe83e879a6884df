"""The new revision is taken back by hand: the target gets the image that the primary runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from canarylab.errors import UsageError
from canarylab.faults.fault import OPERATOR, Fault, Plan
from canarylab.faults.operator import revising
from canarylab.faults.site import Site
from canarylab.journey import Change


@dataclass(frozen=True)
class ImageReverted(Fault):
    """To Flagger that is a new revision, not the end of one."""

    name: ClassVar[str] = "image-reverted"
    about: ClassVar[str] = "the target gets the primary's image again in the middle of a rollout"
    measured: ClassVar[str] = "by the generation that the workload's controller has seen, and its container"
    family: ClassVar[str] = OPERATOR

    def plan(self, site: Site) -> Plan:
        target, primary = (_image(site, which) for which in ("canary", "primary"))
        if target == primary:
            raise UsageError(f"the target has the primary's image already: {primary}", where=site.namespace)
        return revising.plan(site, Change(image=primary))


def _image(site: Site, which: str) -> str:
    containers = site.get(site.workload_path(which))["spec"]["template"]["spec"]["containers"]
    return str(next(one["image"] for one in containers if one["name"] == site.application.container))
