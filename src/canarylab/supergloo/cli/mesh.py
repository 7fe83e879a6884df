"""``supergloo register`` and ``supergloo set``: meshes that were not installed here, and what is told of a mesh."""

from __future__ import annotations

from typing import Any

import click

from canarylab.supergloo.api.data import NAMESPACE
from canarylab.supergloo.api.mesh import AwsAppMesh, Mesh
from canarylab.supergloo.cli import target, written
from canarylab.supergloo.cli.target import Target, read_ref


@click.group("register")
def register() -> None:
    """Make a mesh known that is there already."""


@register.command("appmesh")
@click.option("--name", required=True, help="the Mesh's name")
@click.option("--namespace", default=NAMESPACE, show_default=True, help="the Mesh's namespace")
@click.option("--secret", required=True, metavar="NAMESPACE.NAME", help="the Secret of `supergloo create secret aws`")
@click.option("--region", required=True, help="the region of AWS, as us-east-1")
@click.option("--auto-inject", type=bool, default=True, show_default=True, help="give pods its proxy")
@click.option("--select-namespaces", multiple=True, metavar="NAMESPACE,...", help="the pods that get it")
@click.option("--select-labels", multiple=True, metavar="NAME=VALUE,...", help="the pods that get it")
@click.option("--virtual-node-label", default="", help="the label of pods whose value names their virtual node")
@target.options
def appmesh(where: Target, *, name: str, namespace: str, secret: str, region: str, auto_inject: bool,
            select_namespaces: tuple[str, ...], select_labels: tuple[str, ...],
            virtual_node_label: str) -> None:  # fmt: skip
    """Register a mesh of AWS App Mesh."""
    chosen = written.selector("select", {"namespaces": select_namespaces, "labels": select_labels})
    more: dict[str, Any] = {"injection_selector": chosen, "virtual_node_label": virtual_node_label}
    spec = AwsAppMesh(
        aws_secret=read_ref(secret), region=region, enable_auto_inject=auto_inject,
        **{field: value for field, value in more.items() if value},
    )  # fmt: skip
    where.send(written.item(Mesh(aws_app_mesh=spec), name, namespace))


@click.group("set")
def settings() -> None:
    """Change what is told of something."""


@settings.group("mesh")
def of_mesh() -> None:
    """Change what is told of a mesh."""


@of_mesh.command("stats")
@click.option("--target-mesh", required=True, metavar="NAMESPACE.NAME", help="the mesh")
@click.option("--prometheus-configmap", multiple=True, required=True, metavar="NAMESPACE.NAME", help="of a Prometheus")
@target.options
def stats(where: Target, target_mesh: str, prometheus_configmap: tuple[str, ...]) -> None:
    """Say which Prometheus gets a mesh's metrics, by the ConfigMap with its configuration."""
    found = [one.model_dump() for one in written.refs(prometheus_configmap)]
    body = {"spec": {"monitoringConfig": {"prometheusConfigmaps": found}}}
    where.change(read_ref(target_mesh), "meshes", body, "configured")


@of_mesh.command("rootcert")
@click.option("--target-mesh", required=True, metavar="NAMESPACE.NAME", help="the mesh")
@click.option(
    "--tls-secret", required=True, metavar="NAMESPACE.NAME", help="the Secret of `supergloo create secret tls`"
)
@target.options
def rootcert(where: Target, target_mesh: str, tls_secret: str) -> None:
    """Say which root certificate a mesh's own are signed with."""
    body = {"spec": {"mtlsConfig": {"rootCertificate": read_ref(tls_secret).model_dump()}}}
    where.change(read_ref(target_mesh), "meshes", body, "configured")


@of_mesh.command("smi")
@click.option("--target-mesh", required=True, metavar="NAMESPACE.NAME", help="the mesh")
@click.option("--enabled", type=bool, default=True, show_default=True, help="whether it does")
@target.options
def smi(where: Target, target_mesh: str, enabled: bool) -> None:
    """Say whether TrafficSplits that name no mesh are taken as rules of this one, as Flagger writes them."""
    where.change(read_ref(target_mesh), "meshes", {"spec": {"smiEnabled": enabled}}, "configured")
