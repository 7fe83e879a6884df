"""What can be installed here, in which version, and of which objects it is made."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from canarylab import meshes, paths
from canarylab.kube import manifests
from canarylab.kube.parts import Part
from canarylab.kube.reconcile import KEPT, Json, Kind
from canarylab.meshes import istio, served
from canarylab.supergloo import kinds
from canarylab.toolchain import ProgramInfo, Toolset

ISTIO, LINKERD, GLOO = "mesh.istioMesh", "mesh.linkerdMesh", "ingress.gloo"  # as an Install asks for them
PROMETHEUS = "prometheus"  # the part that an Install may leave out
TRANSLATED = "translated"  # the version of what has no control plane here

_RBAC, _EXTENSIONS = "rbac.authorization.k8s.io/v1", "apiextensions.k8s.io/v1"
_CRD = Kind(_EXTENSIONS, "customresourcedefinitions", "CustomResourceDefinition", namespaced=False)
_WEBHOOKS = "validatingwebhookconfigurations"
# What meshes are made of, and what tells of them.
MADE = (
    kinds.NAMESPACE,
    _CRD,
    Kind("v1", "serviceaccounts", "ServiceAccount"),
    Kind("v1", "configmaps", "ConfigMap"),
    kinds.SERVICE,
    *kinds.WORKLOADS[:2],
    Kind(_RBAC, "roles", "Role"),
    Kind(_RBAC, "rolebindings", "RoleBinding"),
    Kind(_RBAC, "clusterroles", "ClusterRole", namespaced=False),
    Kind(_RBAC, "clusterrolebindings", "ClusterRoleBinding", namespaced=False),
    Kind("admissionregistration.k8s.io/v1", _WEBHOOKS, "ValidatingWebhookConfiguration", namespaced=False),
    Kind("networking.istio.io/v1", "sidecars", "Sidecar"),
    Kind("networking.istio.io/v1alpha3", "envoyfilters", "EnvoyFilter"),
    kinds.MESH,
    kinds.MESH_INGRESS,
)
_STAYS = {kinds.NAMESPACE.kind, _CRD.kind}  # with them what others have put there would go


@dataclass(frozen=True)
class Offer:
    """A mesh or an ingress that can be installed here, in one version and one namespace.

    ``type`` is the field of the Mesh or MeshIngress that tells of it, ``mesh`` its name among Canarylab's meshes.
    """

    title: str
    type: str
    version: str
    mesh: str
    namespace: str = istio.NAMESPACE


@dataclass(frozen=True)
class Offers:
    """What can be installed, by the field of an Install that asks for it.

    ``parts`` are those of some meshes together, by their names in order. They take seconds to make, and are asked for
    only once they are needed.
    """

    known: Mapping[str, Offer]
    parts: Callable[[tuple[str, ...]], Sequence[Part]]

    def objects(self, names: Iterable[str], *, prometheus: bool) -> Iterator[Json]:
        """Everything that these meshes are made of together, in the order in which it can be applied."""
        chosen = tuple(sorted(set(names)))
        for part in self.parts(chosen) if chosen else ():
            if prometheus or part.name != PROMETHEUS:
                yield from map(functools.partial(_placed, part), part.objects)


def _placed(part: Part, item: Json) -> Json:
    kind = next(one for one in MADE if (one.api_version, one.kind) == (item["apiVersion"], item["kind"]))
    placed = manifests.placed(item, part.namespace, namespaced=kind.namespaced)
    if item["kind"] not in _STAYS:
        return placed
    meta = placed["metadata"]
    return {**placed, "metadata": {**meta, "annotations": {**meta.get("annotations", {}), **KEPT}}}


def every(toolset: Toolset) -> Offers:
    """What Canarylab can install; what is served by translation has no version but that."""
    offered = {
        ISTIO: Offer("Istio", "istio", _istio_version(), "istio"),
        LINKERD: Offer("Linkerd", "linkerd", TRANSLATED, "linkerd"),
        GLOO: Offer("Gloo", "gloo", TRANSLATED, "gloo"),
    }
    return Offers(offered, functools.cache(functools.partial(together, toolset)))


def together(toolset: Toolset, names: tuple[str, ...]) -> list[Part]:
    """Istio, which carries the traffic of all of them, and what the others need beside it.

    For Linkerd nothing is translated: rules become HTTPRoutes there, which istiod takes itself.
    """
    chosen = [one for name in names if name != "istio" for one in meshes.chosen(name)]
    by_itself = [one for one in chosen if one.name != "linkerd"]
    beside = [*served.definitions(chosen), *served.rules(chosen), *served.translators(by_itself)]
    return [*istio.Istio().parts(toolset), *beside]


def _istio_version() -> str:
    """The tag that istiod's image has."""
    values = yaml.safe_load((paths.fixtures() / "istio" / "istiod-values.yaml").read_text())
    return str(values["global"]["tag"])


def image() -> Toolset:
    """What the controller's own image holds; see ``fixtures/images.yaml``."""
    helm = ProgramInfo("helm", Path("/usr/local/bin/helm"), "", "", "", "image")
    return Toolset("image", {helm.name: helm}, (Path("/opt/canarylab/share"),))
