"""A MetricTemplate's query is answered with something that is no number to judge: NaN, nothing, or several."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from canarylab.errors import UsageError
from canarylab.faults import prometheus
from canarylab.faults.fault import LOCAL, PLATFORM, Fault, Plan, described
from canarylab.faults.measure import Reading
from canarylab.faults.prometheus import Prometheus
from canarylab.faults.site import Site
from canarylab.faults.steps import changed
from canarylab.kube.apply import path

Json = dict[str, Any]

QUERIES: Mapping[str, str] = {
    "nan": "vector(0) / 0",
    "empty": "vector(0) > 0",
    "several": 'label_replace(vector(1), "n", "1", "", "") or label_replace(vector(2), "n", "2", "", "")',
}
_HOLDS: Mapping[str, Callable[[list[Json]], bool]] = {
    "nan": lambda found: len(found) == 1 and math.isnan(float(found[0]["value"][1])),
    "empty": lambda found: not found,
    "several": lambda found: len(found) > 1,
}


@dataclass(frozen=True)
class MetricAnswer(Fault):
    """The template's query is replaced; the template is the user's, and Flagger reads it at each check."""

    name: ClassVar[str] = "metric-answer"
    about: ClassVar[str] = "the query of a MetricTemplate is answered with NaN, with nothing, or with several values"
    measured: ClassVar[str] = "by asking Prometheus the query that the template holds now"
    family: ClassVar[str] = PLATFORM
    rungs: ClassVar[tuple[str, ...]] = (LOCAL,)
    meshes: ClassVar[tuple[str, ...]] = ("istio",)

    template: str = described("the MetricTemplate's name, in the canary's namespace")
    answer: str = described("`nan`, `empty` or `several`", "nan", choices=tuple(QUERIES))

    def plan(self, site: Site) -> Plan:
        where = path("flagger.app/v1beta1", "metrictemplates", site.namespace, self.template)
        before = site.need(where, f"MetricTemplate {self.template}")
        if before["spec"]["provider"]["type"] != prometheus.NAME:
            raise UsageError(f"the MetricTemplate {self.template} does not ask Prometheus", where=site.namespace)

        def answered() -> Reading:
            query = site.get(where)["spec"]["query"]
            replaced = query in QUERIES.values()
            holds = replaced and _HOLDS[self.answer](Prometheus(site).ask(query))
            return Reading(int(holds), 1, f"answer to the template's query is {self.answer}")

        return Plan(
            actions=(changed(where, before, {"spec": {"query": QUERIES[self.answer]}}),),
            look=answered,
            bound=prometheus.ROUND,
        )
