"""A mesh that serves the APIs of other providers: Istio, the kinds of theirs, the translator, and their metrics.

Providers with a real control plane bring it themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from canarylab import paths
from canarylab.kube import manifests
from canarylab.kube.parts import Part
from canarylab.meshes import recording, translation
from canarylab.meshes.istio import NAMESPACE, Istio
from canarylab.meshes.provider import Provider, translated
from canarylab.meshes.recording import Record
from canarylab.toolchain import Toolset

Json = dict[str, Any]

_IMAGE = "docker.io/canarylab/mesh-translator:latest"
_READ = ["get", "list", "watch"]
_WRITE = [*_READ, "create", "patch", "update", "delete"]


def definitions(chosen: Iterable[Provider]) -> list[Part]:
    """The kinds of these providers, each file once."""
    names = dict.fromkeys(name for one in chosen for name in one.definitions)
    folder = paths.fixtures() / "meshes"
    return [Part(f"{name}-definitions", tuple(manifests.read(folder / f"{name}.yaml"))) for name in names]


def rules(chosen: Iterable[Provider]) -> list[Part]:
    """Prometheus' rules for the metrics that nothing of these providers makes."""
    groups = _groups(chosen)
    text = yaml.safe_dump(recording.config(groups), sort_keys=False, width=1000)
    item = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "prometheus-rules"},
        "data": {"providers.yml": text},
    }
    return [Part("prometheus-rules", (item,), NAMESPACE)] if groups else []


def _groups(chosen: Iterable[Provider]) -> dict[str, list[Record]]:
    """The records by provider, each where it comes first: the versions of an API share theirs."""
    groups: dict[str, list[Record]] = {}
    for one in chosen:
        known = [record for group in groups.values() for record in group]
        groups[one.name] = [record for record in one.records if record not in known]
    return {name: group for name, group in groups.items() if group}


def translators(chosen: Sequence[Provider]) -> list[Part]:
    """The translator with its account, for the providers that need it."""
    served = translated(chosen)
    if not served:
        return []
    objects = [*_account(), *_rights(served), _deployment([one.name for one in served])]
    return [Part(translation.OWNER, tuple(objects), NAMESPACE)]


def _account() -> list[Json]:
    return [{"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": translation.OWNER}}]


def _rights(chosen: Sequence[Provider]) -> list[Json]:
    """It reads the kinds that it translates, and writes Istio's."""
    rules = [
        {"apiGroups": [one.group], "resources": [one.plural], "verbs": verbs}
        for kinds, verbs in ((translation.watched(chosen), _READ), (translation.MAKES, _WRITE))
        for one in kinds
    ]
    name = f"canarylab-{translation.OWNER}"
    api = "rbac.authorization.k8s.io"
    return [
        {"apiVersion": f"{api}/v1", "kind": "ClusterRole", "metadata": {"name": name}, "rules": rules},
        {
            "apiVersion": f"{api}/v1",
            "kind": "ClusterRoleBinding",
            "metadata": {"name": name},
            "roleRef": {"apiGroup": api, "kind": "ClusterRole", "name": name},
            "subjects": [{"kind": "ServiceAccount", "name": translation.OWNER, "namespace": NAMESPACE}],
        },
    ]


def _deployment(names: list[str]) -> Json:
    labels = {"app": translation.OWNER}
    container = {
        "name": "translator",
        "image": _IMAGE,
        "args": names,
        "resources": {"requests": {"cpu": "10m", "memory": "32Mi"}},
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": translation.OWNER},
        "spec": {
            "strategy": {"type": "Recreate"},
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {"serviceAccountName": translation.OWNER, "containers": [container]},
            },
        },
    }


@dataclass(frozen=True)
class Served:
    """Istio with the providers that were chosen; ``provider`` is what Flagger is started with."""

    name: str
    providers: tuple[Provider, ...]
    provider: str = "istio"
    namespace: str = NAMESPACE
    overlay: str = "istio"
    metrics: tuple[str, ...] = ("mesh", "prometheus")

    def parts(self, toolset: Toolset) -> list[Part]:
        """What Istio runs, what these providers bring, and what translates."""
        own = [part for one in self.providers for part in one.parts(toolset)]
        before = [*definitions(self.providers), *rules(self.providers)]
        return [*before, *Istio().parts(toolset), *own, *translators(self.providers)]

    def describe(self, toolset: Toolset) -> list[str]:
        """What is real and what stands in, with a line for each provider."""
        return [*Istio().describe(toolset), *(f"{one.title}: {one.plane.value}: {one.about}" for one in self.providers)]
