"""The queries behind Flagger's built-in metrics, rendered as it renders them, to be asked before it does.

Each provider has its templates (``meshes/providers``), from Flagger's observers (``pkg/metrics/observers``, 1.44.0); a
test holds them against the program itself, so that another release that asks otherwise is noticed.
"""

from __future__ import annotations

from collections.abc import Mapping

from canarylab.meshes import providers
from canarylab.model.canary import Canary


def render(template: str, values: Mapping[str, str]) -> str:
    """A template with its functions' values; the space within their braces does not count."""
    for name, value in values.items():
        template = template.replace(f"{{{{ {name} }}}}", value)
    return template


def queries(canary: Canary, provider: str, workload: str) -> dict[str, str]:
    """The query of each built-in metric of a Canary, about its target or its primary.

    UsageError for an unknown provider.
    """
    known = providers.get(provider)
    values = {name: known.worded(value) for name, value in _values(canary).items()}
    return {
        one.name: render(known.query(one.name, canary, workload), {**values, "interval": one.interval})
        for one in canary.metrics
        if one.name in known.queries
    }


def _values(canary: Canary) -> dict[str, str]:
    return {
        "namespace": canary.namespace,
        "target": canary.target,
        "service": canary.apex,
        "ingress": canary.ingress,
        "route": canary.route,
    }
