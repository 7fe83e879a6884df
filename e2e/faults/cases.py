"""Every fault once, some with other fields as well: those that others on the cluster do not notice, and the others."""

from __future__ import annotations

from typing import Any

Case = tuple[str, dict[str, Any]]

# The last ones are new revisions to Flagger, so whatever needs the stage as it was comes before them.
SHARED: tuple[Case, ...] = (
    ("abort", {}),
    ("abort", {"percent": 50, "at": "caller"}),
    ("abort", {"percent": 30, "to": "all"}),
    ("abort", {"status": 404, "to": "primary"}),
    ("delay", {"seconds": 1.0}),
    ("delay", {"seconds": 0.5, "percent": 50, "to": "primary"}),
    ("not-ready", {}),
    ("not-ready", {"workload": "primary"}),
    ("kill-pod", {}),
    ("kill-pod", {"workload": "primary"}),
    ("endpoint-flapping", {}),
    ("metric-answer", {"template": "any", "answer": "nan"}),
    ("metric-answer", {"template": "any", "answer": "empty"}),
    ("metric-answer", {"template": "any", "answer": "several"}),
    ("error-responses", {}),
    ("slow-responses", {}),
    ("memory-growth", {}),
    ("crash", {}),
    ("service-edited", {}),
    ("canary-edited", {"patch": {"spec": {"service": {"timeout": "5s"}}}}),
    ("hpa-minimum", {"hpa": "podinfo"}),
    ("second-revision", {"tag": "6.9.1"}),
    ("config-changed", {"configmap": "settings", "key": "message", "value": "bye"}),
)
EXCLUSIVE: tuple[Case, ...] = (
    ("prometheus-slow", {}),
    ("prometheus-blind", {}),
    ("series-missing", {}),
    ("kill-flagger", {}),
    ("mesh-paused", {}),
    ("api-server-paused", {}),
)
# image-reverted needs a revision that it takes back: second-revision comes before it.
IMAGE_REVERTED: Case = ("image-reverted", {})


def label(value: object) -> str:
    """How a test is named for a case: by the fault, then by its plain fields."""
    if not isinstance(value, dict):
        return str(value)
    return "-".join(str(one) for one in value.values() if not isinstance(one, dict)) or "plain"
