"""Mesh, MeshGroup and MeshIngress: what rules are for."""

from __future__ import annotations

from canarylab.supergloo.api.data import Data, Many, PodSelector, Ref


class IstioMesh(Data):
    """Istio."""

    installation_namespace: str = ""
    """Where its control plane is."""
    version: str = ""
    """Its version."""


class LinkerdMesh(Data):
    """Linkerd."""

    installation_namespace: str = ""
    """Where its control plane is."""
    version: str = ""
    """Its version."""


class ConsulMesh(Data):
    """Consul."""

    installation_namespace: str = ""
    """Where it is."""
    version: str = ""
    """Its version."""


class AwsAppMesh(Data):
    """AWS App Mesh, whose control plane is in a region of AWS."""

    aws_secret: Ref | None = None
    """The Secret with the credentials."""
    region: str = ""
    """The region."""
    enable_auto_inject: bool = False
    """Whether pods get its proxy when they are made."""
    injection_selector: PodSelector | None = None
    """The pods that get it."""
    virtual_node_label: str = ""
    """The label of pods whose value names their virtual node."""
    sidecar_patch_config_map: Ref | None = None
    """The ConfigMap with the patch that adds the proxy."""


class MtlsConfig(Data):
    """Mutual TLS between pods."""

    mtls_enabled: bool = False
    """Whether pods prove who they are."""
    root_certificate: Ref | None = None
    """The Secret with a root certificate of one's own."""


class MonitoringConfig(Data):
    """Who gets the mesh's metrics."""

    prometheus_configmaps: Many[Ref] = ()
    """The ConfigMaps of the Prometheuses."""


class DiscoveryMetadata(Data):
    """What was found of a mesh."""

    injected_namespace_label: str = ""
    """The label of namespaces whose pods get the proxy."""
    enable_auto_inject: bool = False
    """Whether pods get its proxy when they are made."""
    mesh_version: str = ""
    """Its version."""
    installation_namespace: str = ""
    """Where its control plane is."""
    mtls_config: MtlsConfig | None = None
    """How it proves who pods are."""


class Mesh(Data):
    """A mesh, of one of four types."""

    istio: IstioMesh | None = None
    """Istio."""
    linkerd: LinkerdMesh | None = None
    """Linkerd."""
    aws_app_mesh: AwsAppMesh | None = None
    """AWS App Mesh."""
    consul: ConsulMesh | None = None
    """Consul."""
    mtls_config: MtlsConfig | None = None
    """Mutual TLS between its pods."""
    monitoring_config: MonitoringConfig | None = None
    """Who gets its metrics."""
    discovery_metadata: DiscoveryMetadata | None = None
    """What was found of it."""
    smi_enabled: bool = False
    """Whether TrafficSplits that name no mesh are taken as rules of this one."""


class MeshGroup(Data):
    """Meshes that rules can be for together."""

    meshes: Many[Ref] = ()
    """The meshes."""


class GlooMeshIngress(Data):
    """Gloo."""

    installation_namespace: str = ""
    """Where it is."""


class MeshIngress(Data):
    """The way into meshes."""

    gloo: GlooMeshIngress | None = None
    """Gloo."""
    meshes: Many[Ref] = ()
    """The meshes that it leads into."""
