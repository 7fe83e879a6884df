"""A ConfigMap that Flagger tracks is changed: to Flagger that is a new revision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from canarylab.errors import UsageError
from canarylab.faults.fault import OPERATOR, Fault, Plan, described
from canarylab.faults.measure import Reading
from canarylab.faults.site import Site
from canarylab.faults.steps import changed
from canarylab.kube.apply import path

_TICKS = 3  # until Flagger has seen it: one that is under way, the next, and one to spare
_BOUND = 10.0


@dataclass(frozen=True)
class ConfigChanged(Fault):
    """Its end changes the ConfigMap again, which is another new revision."""

    name: ClassVar[str] = "config-changed"
    about: ClassVar[str] = "a key of a tracked ConfigMap gets another value"
    measured: ClassVar[str] = (
        "by the checksum that Flagger keeps of it in the Canary's status; at the end by the ConfigMap"
    )
    family: ClassVar[str] = OPERATOR

    configmap: str = described("the ConfigMap's name, which a pod of the target mounts or reads")
    key: str = described("the key")
    value: str = described("its new value")

    def plan(self, site: Site) -> Plan:
        where = path("v1", "configmaps", site.namespace, self.configmap)
        before = site.need(where, f"ConfigMap {self.configmap}")
        checksum = self._checksum(site)
        if not checksum:
            raise UsageError(
                f"Flagger does not track the ConfigMap {self.configmap}", where=site.canary_path,
                next_step="name one that the target's pods use, and that is not annotated otherwise",
            )  # fmt: skip

        def noticed() -> Reading:
            return Reading(int(self._checksum(site) != checksum), 1, "checksum in the Canary's status is another one")

        def there() -> Reading:
            found = (site.get(where).get("data") or {}).get(self.key)
            return Reading(int(found == self.value), 1, "ConfigMap holds the changed value")

        return Plan(
            actions=(changed(where, before, {"data": {self.key: self.value}}),),
            look=noticed,
            bound=_TICKS * site.canary.interval + _BOUND,
            end_look=there,
            end_bound=lambda: _BOUND,
        )

    def _checksum(self, site: Site) -> str:
        tracked = site.get(site.canary_path).get("status", {}).get("trackedConfigs") or {}
        return str(tracked.get(f"configmap/{self.configmap}", ""))
