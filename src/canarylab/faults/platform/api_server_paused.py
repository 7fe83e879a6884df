"""The API server stands still: whoever asks it waits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from canarylab.faults.fault import LOCAL, PLATFORM, Fault, Plan
from canarylab.faults.platform import pausing
from canarylab.faults.site import Site


@dataclass(frozen=True)
class ApiServerPaused(Fault):
    """Stopped, not killed: connections stay open, and nobody is told."""

    name: ClassVar[str] = "api-server-paused"
    about: ClassVar[str] = "the API server stands still"
    measured: ClassVar[str] = "by requests for /livez over new connections, which wait in vain for a second"
    family: ClassVar[str] = PLATFORM
    exclusive: ClassVar[bool] = True
    rungs: ClassVar[tuple[str, ...]] = (LOCAL,)

    def plan(self, site: Site) -> Plan:
        settings = site.api.configuration
        return pausing.plan(site, "kube-apiserver", lambda: pausing.ask(settings, "/livez"), "the API server")
