"""Install: a mesh or an ingress that shall be there."""

from __future__ import annotations

from canarylab.supergloo.api.data import Data, Ref


class IstioInstall(Data):
    """Istio, and what comes with it."""

    istio_version: str = ""
    """The version; the one that is at hand if none is given."""
    enable_auto_inject: bool = False
    """Whether pods get its proxy when they are made."""
    enable_mtls: bool = False
    """Whether pods prove who they are."""
    custom_root_cert: Ref | None = None
    """The Secret with a root certificate of one's own."""
    install_grafana: bool = False
    """Whether Grafana comes with it."""
    install_prometheus: bool = False
    """Whether Prometheus comes with it."""
    install_jaeger: bool = False
    """Whether Jaeger comes with it."""


class LinkerdInstall(Data):
    """Linkerd."""

    linkerd_version: str = ""
    """The version; the one that is at hand if none is given."""
    enable_auto_inject: bool = False
    """Whether pods get its proxy when they are made."""
    enable_mtls: bool = False
    """Whether pods prove who they are."""


class MeshInstall(Data):
    """A mesh, of one of two types."""

    installed_mesh: Ref | None = None
    """The Mesh that comes of it."""
    istio_mesh: IstioInstall | None = None
    """Istio."""
    linkerd_mesh: LinkerdInstall | None = None
    """Linkerd."""


class GlooInstall(Data):
    """Gloo."""

    gloo_version: str = ""
    """The version; the one that is at hand if none is given."""


class IngressInstall(Data):
    """An ingress."""

    gloo: GlooInstall | None = None
    """Gloo."""
    installed_ingress: Ref | None = None
    """The MeshIngress that comes of it."""
    ingress_mesh: Ref | None = None
    """The Mesh that it leads into."""


class Install(Data):
    """A mesh or an ingress that shall be there, or with ``disabled`` no more."""

    disabled: bool = False
    """Whether it shall be gone."""
    installation_namespace: str = ""
    """Where its programs shall be."""
    mesh: MeshInstall | None = None
    """A mesh."""
    ingress: IngressInstall | None = None
    """An ingress."""
