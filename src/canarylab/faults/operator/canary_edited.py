"""The Canary is edited in the middle of its rollout."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from canarylab.faults.fault import OPERATOR, Fault, Plan, described
from canarylab.faults.measure import Reading
from canarylab.faults.site import Site
from canarylab.faults.steps import changed, inverse

_BOUND = 10.0  # seconds for the API server to tell what was sent to it


@dataclass(frozen=True)
class CanaryEdited(Fault):
    """What Flagger makes of it shows in its next tick."""

    name: ClassVar[str] = "canary-edited"
    about: ClassVar[str] = "fields of the Canary are changed"
    measured: ClassVar[str] = (
        "by the Canary's generation, which the API server counts, and by the fields as it tells them"
    )
    family: ClassVar[str] = OPERATOR

    patch: Mapping[str, Any] = described("a merge patch of the Canary, such as `{spec: {service: {timeout: 5s}}}`")

    def plan(self, site: Site) -> Plan:
        before, patch = site.get(site.canary_path), dict(self.patch)
        generation = before["metadata"]["generation"]

        def edited() -> Reading:
            now = site.get(site.canary_path)
            holds = now["metadata"]["generation"] > generation and inverse(now, patch) == patch
            return Reading(int(holds), 1, "Canary holds what was edited")

        return Plan(actions=(changed(site.canary_path, before, patch),), look=edited, bound=_BOUND)
