"""Services as upstreams: one for each port that pods are behind, called ``<namespace>-<service>-<port>``.

Upstreams that somebody else wrote are known too. One whose selector has more labels than its Service's is a subset.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from canarylab.kube.reconcile import Json, World
from canarylab.meshes import egress
from canarylab.meshes.routing import DOMAIN
from canarylab.supergloo import kinds
from canarylab.supergloo.api.data import NAMESPACE, Ref
from canarylab.supergloo.api.upstream import Upstream
from canarylab.supergloo.refusal import Refusal, parsed, unknown

Labels = tuple[tuple[str, str], ...]


@dataclass(frozen=True, order=True)
class Service:
    """A Service of the cluster: its TCP ports, those of them that speak HTTP, and the labels of its pods.

    ``protocols`` are Istio's words for the HTTP ports: http, http2 or grpc.
    """

    namespace: str
    name: str
    ports: tuple[int, ...] = ()
    protocols: tuple[tuple[int, str], ...] = ()
    selector: Labels = ()

    @property
    def host(self) -> str:
        return f"{self.name}.{self.namespace}.{DOMAIN}"

    @property
    def web(self) -> tuple[int, ...]:
        """The ports that speak HTTP."""
        return tuple(port for port, _ in self.protocols)

    def __str__(self) -> str:
        return f"{self.name}.{self.namespace}"


@dataclass(frozen=True, order=True)
class Target:
    """Where requests go: a port of a Service, 0 for the port that was asked; with labels, some of its pods only."""

    service: Service
    port: int = 0
    labels: Labels = ()


@dataclass(frozen=True)
class Catalogue:
    """What rules can name: Services by namespace and name, upstreams likewise."""

    services: Mapping[tuple[str, str], Service]
    upstreams: Mapping[tuple[str, str], Target]
    made: Sequence[Json] = field(default=(), compare=False)
    """The Upstream objects that shall be there."""

    def upstream(self, ref: Ref) -> Target:
        """The upstream of that name; Refusal with the nearest one."""
        if found := self.upstreams.get((ref.namespace, ref.name)):
            return found
        near = {name for namespace, name in self.upstreams if namespace == ref.namespace}
        elsewhere = sorted(namespace for namespace, name in self.upstreams if name == ref.name)
        if elsewhere:
            raise Refusal(f"there is no upstream {ref.name} in namespace {ref.namespace}, but in {elsewhere[0]}")
        raise unknown("upstream", ref.name, near)


def catalogue(world: World) -> Catalogue:
    """Everything that rules can name, with the Upstreams that shall be there for it."""
    services = {(one.namespace, one.name): one for one in sorted(_services(world))}
    written = [item for item in kinds.items(world, kinds.UPSTREAM) if not kinds.ours(item)]
    named = {(item["metadata"]["namespace"], item["metadata"]["name"]): item for item in written}
    upstreams, made = {}, []
    for name, target in _discovered(services.values()):
        if (NAMESPACE, name) not in named and (NAMESPACE, name) not in upstreams:
            upstreams[NAMESPACE, name] = target
            made.append(_upstream(name, target))
    theirs = {key: found for key, item in named.items() if (found := _written(item, services))}
    return Catalogue(services, {**upstreams, **theirs}, made)


def _services(world: World) -> Iterator[Service]:
    for item in kinds.items(world, kinds.SERVICE):
        meta, spec = item["metadata"], item["spec"]
        ports = [port for port in spec.get("ports") or () if port.get("protocol", "TCP") == "TCP"]
        if ports and spec.get("selector"):
            web = tuple((port["port"], _protocol(port)) for port in ports if egress.protocol(port) == egress.SNIFFED)
            numbers = tuple(port["port"] for port in ports)
            yield Service(meta["namespace"], meta["name"], numbers, web, tuple(sorted(spec["selector"].items())))


def _protocol(port: Json) -> str:
    said = str(port.get("appProtocol") or port.get("name") or "").lower()
    return next((word for word in ("grpc", "http2") if said.startswith(word)), "http")


def _discovered(services: Iterable[Service]) -> Iterator[tuple[str, Target]]:
    for one in services:
        for port in one.ports:
            yield f"{one.namespace}-{one.name}-{port}", Target(one, port)


def _upstream(name: str, target: Target) -> Json:
    service = target.service
    kube = {"serviceName": service.name, "serviceNamespace": service.namespace, "servicePort": target.port}
    return kinds.made(kinds.UPSTREAM, name, NAMESPACE, {"kube": {**kube, "selector": dict(service.selector)}})


def _written(item: Json, services: Mapping[tuple[str, str], Service]) -> Target | None:
    try:
        return read(item, services)
    except Refusal:  # told on its own status, and to whoever names it
        return None


def read(item: Json, services: Mapping[tuple[str, str], Service]) -> Target:
    """What an Upstream stands for; Refusal if its Service or port is not there."""
    kube = parsed(Upstream, item).kube
    service = services.get((kube.service_namespace, kube.service_name))
    if service is None:
        near = {name for namespace, name in services if namespace == kube.service_namespace}
        raise unknown(f"Service in namespace {kube.service_namespace} called", kube.service_name, near)
    if kube.service_port not in service.ports:
        known = ", ".join(map(str, service.ports))
        raise Refusal(f"Service {service} has no TCP port {kube.service_port}, but {known}")
    labels = sorted(set(kube.selector.items()) - set(service.selector))
    return Target(service, kube.service_port, tuple(labels))
