"""Another revision is shipped while the first one is analysed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from canarylab.errors import UsageError
from canarylab.faults.fault import OPERATOR, Fault, Plan, described
from canarylab.faults.operator import revising
from canarylab.faults.site import Site
from canarylab.journey import Change


@dataclass(frozen=True)
class SecondRevision(Fault):
    """Flagger starts the analysis anew."""

    name: ClassVar[str] = "second-revision"
    about: ClassVar[str] = "another revision is shipped in the middle of a rollout"
    measured: ClassVar[str] = "by the generation that the workload's controller has seen, and its container"
    family: ClassVar[str] = OPERATOR

    tag: str = described("the image's tag", "")
    image: str = described("the whole image", "")
    arguments: tuple[str, ...] = described("arguments that are appended to the command", factory=tuple)
    env: Mapping[str, str] = described("variables", factory=dict)

    def plan(self, site: Site) -> Plan:
        change = Change(self.tag, self.image, self.arguments, self.env)
        if change == Change():
            raise UsageError(f"the fault {self.name} has nothing to ship", next_step="give a tag, for instance")
        return revising.plan(site, change)
