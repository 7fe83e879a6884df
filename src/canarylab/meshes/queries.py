"""The forms that Flagger's built-in queries have, so that a provider only names its metrics and labels.

A test holds every provider's against the program itself. White space does not count.
"""

from __future__ import annotations

from collections.abc import Mapping

RATE, DURATION = "request-success-rate", "request-duration"


def total(metric: str, labels: str) -> str:
    """How many there were for each second of the window."""
    return f"sum(rate({metric}{{{labels}}}[{{{{ interval }}}}]))"


def quantile(metric: str, labels: str, factor: str = "") -> str:
    """What 99% of the answers took at most."""
    return f"histogram_quantile(0.99,sum(rate({metric}{{{labels}}}[{{{{ interval }}}}]))by(le)){factor}"


def success(metric: str, labels: str, good: str, last: str = "") -> str:
    """The percentage of good answers among all; ``last`` is a label that stands at the end of both."""
    end = f",{last}" if last else ""
    return f"{total(metric, f'{labels},{good}{end}')}/{total(metric, f'{labels}{end}')}*100"


def mean(metric: str, labels: str) -> str:
    """The mean of a metric in seconds, in milliseconds."""
    return f"{total(f'{metric}_sum', labels)}/{total(f'{metric}_count', labels)}*1000"


def of(rate: str, duration: str) -> Mapping[str, str]:
    """The templates of both built-in metrics."""
    return {RATE: rate, DURATION: duration}


def of_envoy(labels: str) -> Mapping[str, str]:
    """What is asked of Envoy's own metrics by the routers in front of it, whose selectors may end in a comma."""
    every, good = f"{labels},", f'{labels},envoy_response_code!~"5.*"'
    rate = f"{total('envoy_cluster_upstream_rq', good)}/{total('envoy_cluster_upstream_rq', every)}*100"
    return of(rate, quantile("envoy_cluster_upstream_rq_time_bucket", every))
