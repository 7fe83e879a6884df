"""The queries behind Flagger's built-in metrics, rendered as it renders them, to be asked before it does.

The places are Flagger's observers (``pkg/metrics/observers``, 1.44.0); a test holds them against the program
itself, so that another release that asks otherwise is noticed. White space does not count.
"""

from __future__ import annotations

from collections.abc import Mapping

from canarylab.errors import UsageError
from canarylab.model.canary import Canary

RATE, DURATION = "request-success-rate", "request-duration"

_ISTIO = 'reporter="destination",destination_workload_namespace="{{ namespace }}",destination_workload=~"{{ target }}"'
_POD = 'kubernetes_namespace="{{ namespace }}",kubernetes_pod_name=~"{{ target }}-[0-9a-zA-Z]+(-[0-9a-zA-Z]+)"'


def _sum(metric: str, labels: str) -> str:
    return f"sum(rate({metric}{{{labels}}}[{{{{ interval }}}}]))"


def _quantile(metric: str, labels: str) -> str:
    return f"histogram_quantile(0.99,sum(rate({metric}{{{labels}}}[{{{{ interval }}}}]))by(le))"


def _rate(metric: str, labels: str, good: str) -> str:
    return f"{_sum(metric, f'{labels},{good}')}/{_sum(metric, labels)}*100"


TEMPLATES: Mapping[str, Mapping[str, str]] = {
    "istio": {
        RATE: _rate("istio_requests_total", _ISTIO, 'response_code!~"5.*"'),
        DURATION: _quantile("istio_request_duration_milliseconds_bucket", _ISTIO),
    },
    "kubernetes": {
        RATE: _rate("http_request_duration_seconds_count", _POD, 'status!~"5.*"'),
        DURATION: _quantile("http_request_duration_seconds_bucket", _POD),
    },
}


def render(template: str, *, namespace: str, target: str, interval: str) -> str:
    """A template with its functions' values; the space within their braces does not count."""
    for name, value in (("namespace", namespace), ("target", target), ("interval", interval)):
        template = template.replace(f"{{{{ {name} }}}}", value)
    return template


def queries(canary: Canary, provider: str, workload: str) -> dict[str, str]:
    """The query of each built-in metric of a Canary, about one workload; UsageError for an unknown provider."""
    if provider not in TEMPLATES:
        known = ", ".join(sorted(TEMPLATES))
        raise UsageError(f"no queries are known for the provider {provider!r}", next_step=f"choose one of {known}")
    return {
        metric.name: render(
            TEMPLATES[provider][metric.name], namespace=canary.namespace, target=workload, interval=metric.interval
        )
        for metric in canary.metrics
        if metric.name in TEMPLATES[provider]
    }
