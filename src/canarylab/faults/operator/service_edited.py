"""The application's Service is applied again from outside, as a GitOps tool does: its selector is the user's again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from canarylab.faults.fault import OPERATOR, Fault, Plan, described
from canarylab.faults.measure import Reading
from canarylab.faults.site import Site, uid
from canarylab.faults.steps import Reach, changed
from canarylab.kube.apply import path

_SLICES = 10.0  # seconds for the EndpointSlices to follow; one is usual


@dataclass(frozen=True)
class ServiceEdited(Fault):
    """Flagger sets the selector back in its next tick, so this fault may end before it is ended (issues 1026, 1720)."""

    name: ClassVar[str] = "service-edited"
    about: ClassVar[str] = "the apex Service gets another selector, until Flagger's next tick"
    measured: ClassVar[str] = "by the EndpointSlices of the apex Service: they lead to other pods than the primary's"
    family: ClassVar[str] = OPERATOR

    selector: Mapping[str, Any] = described(
        "the labels that it selects; the target's own if none is given", factory=dict
    )

    def plan(self, site: Site) -> Plan:
        where = path("v1", "services", site.namespace, site.service("apex"))
        before = site.need(where, f"Service {site.service('apex')}", flaggers=True)
        old = before["spec"]["selector"]
        new = self.selector or site.application.target["spec"]["selector"]["matchLabels"]

        edit = changed(where, before, {"spec": {"selector": {**dict.fromkeys(old), **new}}})

        def astray() -> Reading:
            primary, found = set(map(uid, site.pods("primary"))), site.endpoints("apex")
            return Reading(int(found != primary), 1, "apex Service leads elsewhere than to the primary's pods")

        def astray_at_last() -> Reading:
            """Edits once more where Flagger's tick came before anybody could see what the edit does."""
            if site.get(where)["spec"]["selector"] == old and edit.do is not None:
                edit.do.run(Reach(lambda: site.api))
            return astray()

        return Plan(
            actions=(edit,),
            look=astray_at_last,
            bound=_SLICES,
            end_look=astray,
            end_bound=lambda: site.canary.interval + _SLICES,
        )
