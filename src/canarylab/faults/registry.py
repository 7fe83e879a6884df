"""All faults by their names, and one made of its name and fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from types import MappingProxyType
from typing import Any

from canarylab.errors import UsageError
from canarylab.faults import values
from canarylab.faults.application.crash import Crash
from canarylab.faults.application.error_responses import ErrorResponses
from canarylab.faults.application.memory_growth import MemoryGrowth
from canarylab.faults.application.not_ready import NotReady
from canarylab.faults.application.slow_responses import SlowResponses
from canarylab.faults.fault import Fault, required
from canarylab.faults.mesh.abort import Abort
from canarylab.faults.mesh.delay import Delay
from canarylab.faults.operator.canary_edited import CanaryEdited
from canarylab.faults.operator.config_changed import ConfigChanged
from canarylab.faults.operator.hpa_minimum import HpaMinimum
from canarylab.faults.operator.image_reverted import ImageReverted
from canarylab.faults.operator.second_revision import SecondRevision
from canarylab.faults.operator.service_edited import ServiceEdited
from canarylab.faults.platform.api_server_paused import ApiServerPaused
from canarylab.faults.platform.endpoint_flapping import EndpointFlapping
from canarylab.faults.platform.kill_flagger import KillFlagger
from canarylab.faults.platform.kill_pod import KillPod
from canarylab.faults.platform.mesh_paused import MeshPaused
from canarylab.faults.platform.metric_answer import MetricAnswer
from canarylab.faults.platform.prometheus_blind import PrometheusBlind
from canarylab.faults.platform.prometheus_slow import PrometheusSlow
from canarylab.faults.platform.series_missing import SeriesMissing

_ALL: tuple[type[Fault], ...] = (
    Abort, ApiServerPaused, CanaryEdited, ConfigChanged, Crash, Delay, EndpointFlapping, ErrorResponses, HpaMinimum,
    ImageReverted, KillFlagger, KillPod, MemoryGrowth, MeshPaused, MetricAnswer, NotReady, PrometheusBlind,
    PrometheusSlow, SecondRevision, SeriesMissing, ServiceEdited, SlowResponses,
)  # fmt: skip


def registry() -> Mapping[str, type[Fault]]:
    """Every fault, by its name."""
    return MappingProxyType({one.name: one for one in _ALL})


def make(name: str, given: Mapping[str, Any] | None = None) -> Fault:
    """A fault with these fields; UsageError for a wrong name, field or value, with the nearest right word."""
    given, known = given or {}, registry()
    if name not in known:
        raise UsageError(f"there is no fault {name!r}", next_step=values.hint(name, known))
    allowed = {one.name: one for one in fields(known[name])}
    for key in given:
        if key not in allowed:
            raise UsageError(f"the fault {name} has no field {key!r}", next_step=values.hint(key, allowed))
    missing = [key for key, one in allowed.items() if required(one) and key not in given]
    if missing:
        raise UsageError(f"the fault {name} needs {', '.join(missing)}", next_step="docs/faults.md lists the fields")
    return known[name](**given)
