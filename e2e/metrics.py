"""A MetricTemplate for tests: which part of the answers of the new revision is "not found"."""

from __future__ import annotations

from typing import Any

from canarylab.journey import Application

_LABELS = 'destination_workload_namespace="{{ namespace }}",destination_workload="{{ target }}"'
_ALL = f"sum(rate(istio_requests_total{{{_LABELS}}}[{{{{ interval }}}}]))"
_FOUND = f'sum(rate(istio_requests_total{{{_LABELS},response_code!="404"}}[{{{{ interval }}}}]))'

TEMPLATE: dict[str, Any] = {
    "apiVersion": "flagger.app/v1beta1",
    "kind": "MetricTemplate",
    "metadata": {"name": "not-found"},
    "spec": {
        "provider": {"type": "prometheus", "address": "http://prometheus.istio-system:9090"},
        "query": f"100 - {_FOUND} / {_ALL} * 100",
    },
}
METRIC = {
    "name": "not-found-percentage",
    "templateRef": {"name": "not-found"},
    "thresholdRange": {"max": 5},
    "interval": "30s",
}


def with_template(app: Application) -> Application:
    """The application, checked by nothing but the template."""
    checked = app.but(analysis={"metrics": [METRIC]})
    return Application(
        checked.namespace, (*checked.objects, TEMPLATE), checked.canary, checked.container, checked.crowds
    )
