"""``supergloo install`` and ``supergloo uninstall``: Installs, which the controller turns into meshes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from canarylab.supergloo.api.data import NAMESPACE, Ref
from canarylab.supergloo.api.install import (
    GlooInstall,
    IngressInstall,
    Install,
    IstioInstall,
    LinkerdInstall,
    MeshInstall,
)
from canarylab.supergloo.cli import target, written
from canarylab.supergloo.cli.target import Target

Command = Callable[..., None]


def _common(name: str, where: str) -> Callable[[Command], Command]:
    """The options of every installation; ``where`` is the usual namespace of its programs, empty for the only one."""
    shown = bool(where)
    made = (
        click.option("--name", default=name, show_default=True, help="the Install's name"),
        click.option("--namespace", default=NAMESPACE, show_default=True, help="the Install's namespace"),
        click.option("--installation-namespace", "place", default=where, show_default=shown, help="of its programs"),
        click.option("--version", default="", help="a version; the one at hand if none is given"),
    )

    def decorated(function: Command) -> Command:
        for option in reversed(made):
            function = option(function)
        return function

    return decorated


_inject = click.option("--auto-inject", type=bool, default=False, show_default=True, help="give pods its proxy")
_mtls = click.option("--mtls", type=bool, default=False, show_default=True, help="have pods prove who they are")


def _part(name: str, title: str) -> Callable[[Command], Command]:
    return click.option(f"--{name}", type=bool, default=False, show_default=True, help=f"bring {title} with it")


@click.group("install")
def install() -> None:
    """Install a mesh or an ingress."""


@install.command("istio")
@_common("istio", "istio-system")
@_inject
@_mtls
@_part("prometheus", "Prometheus")
@_part("grafana", "Grafana")
@_part("jaeger", "Jaeger")
@target.options
def istio(where: Target, *, name: str, namespace: str, place: str, version: str, auto_inject: bool, mtls: bool,
          prometheus: bool, grafana: bool, jaeger: bool) -> None:  # fmt: skip
    """Install Istio."""
    wished = IstioInstall(
        enable_auto_inject=auto_inject, enable_mtls=mtls, install_grafana=grafana, install_jaeger=jaeger,
        install_prometheus=prometheus, **_given(istio_version=version),
    )  # fmt: skip
    mesh = MeshInstall(installed_mesh=Ref(name=name, namespace=namespace), istio_mesh=wished)
    where.send(written.item(_placed(place, mesh=mesh), name, namespace))


@install.command("linkerd")
@_common("linkerd", "")
@_inject
@_mtls
@target.options
def linkerd(
    where: Target, *, name: str, namespace: str, place: str, version: str, auto_inject: bool, mtls: bool
) -> None:
    """Install Linkerd."""
    wished = LinkerdInstall(enable_auto_inject=auto_inject, enable_mtls=mtls, **_given(linkerd_version=version))
    mesh = MeshInstall(installed_mesh=Ref(name=name, namespace=namespace), linkerd_mesh=wished)
    where.send(written.item(_placed(place, mesh=mesh), name, namespace))


@install.command("gloo")
@_common("gloo", "")
@click.option("--target-mesh", default="", metavar="NAMESPACE.NAME", help="the mesh that it leads into")
@target.options
def gloo(where: Target, *, name: str, namespace: str, place: str, version: str, target_mesh: str) -> None:
    """Install the ingress Gloo."""
    into = {"ingress_mesh": target.read_ref(target_mesh)} if target_mesh else {}
    made = Ref(name=name, namespace=namespace)
    ingress = IngressInstall(gloo=GlooInstall(**_given(gloo_version=version)), installed_ingress=made, **into)
    where.send(written.item(_placed(place, ingress=ingress), name, namespace))


@click.command("uninstall")
@click.option("--name", required=True, help="the Install's name")
@click.option("--namespace", default=NAMESPACE, show_default=True, help="the Install's namespace")
@target.options
def uninstall(where: Target, name: str, namespace: str) -> None:
    """Take away what an Install has brought; the Install stays, disabled."""
    where.change(Ref(name=name, namespace=namespace), "installs", {"spec": {"disabled": True}}, "uninstalled")


def _given(**given: str) -> dict[str, Any]:
    """The fields that something was said of."""
    return {name: value for name, value in given.items() if value}


def _placed(place: str, **what: Any) -> Install:
    """An Install that names where its programs shall be, if that was said."""
    return Install(**what, **_given(installation_namespace=place))
