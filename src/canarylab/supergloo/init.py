"""What `supergloo init` puts into a cluster: the kinds, the controller with its account and rights, and SMI's kind.

The text of the controller is that of the Helm chart ``fixtures/supergloo/chart``.
"""

from __future__ import annotations

from typing import Any

from canarylab import paths
from canarylab.kube import manifests
from canarylab.supergloo import definitions
from canarylab.supergloo.api.data import NAMESPACE

Json = dict[str, Any]


def objects() -> list[Json]:
    """Everything, with the namespace first."""
    chart = paths.fixtures() / "supergloo" / "chart"
    return [manifests.namespace(NAMESPACE), *kinds(), *manifests.read(chart / "supergloo.yaml")]


def kinds() -> list[Json]:
    """The definitions: SuperGloo's own, and that of the TrafficSplits that it takes as rules."""
    return [*definitions.crds(), *manifests.read(paths.fixtures() / "meshes" / "smi.yaml")]
