"""Turns pod selectors into the Services that are asked, and into what is known of those who ask."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from canarylab.supergloo.api.data import NAMESPACE, PodSelector, UpstreamSelector
from canarylab.supergloo.matchers import CALLER_NAMESPACE, Atom, Feature, How, Place, Text
from canarylab.supergloo.refusal import Refusal, only
from canarylab.supergloo.upstreams import Catalogue, Service

# A rule for everything is not meant for what the cluster itself runs on.
SYSTEM = frozenset(
    {"kube-system", "kube-public", "kube-node-lease", "istio-system", "linkerd", "appmesh-system", "consul", NAMESPACE}
)
_WAYS = ("labelSelector", "upstreamSelector", "namespaceSelector")

Hosts = Mapping[Service, tuple[int, ...]]


def _way(selector: PodSelector | None, what: str) -> str:
    given = [] if selector is None else list(selector.model_dump(by_alias=True, exclude_none=True))
    return only(what, given, _WAYS) if given else ""


def hosts(selector: PodSelector | None, catalogue: Catalogue) -> Hosts:
    """The Services that are asked, with the ports that are meant; only those that speak HTTP."""
    _way(selector, "destinationSelector")
    if selector and selector.upstream_selector:
        return _of_upstreams(selector.upstream_selector, catalogue)
    return {one: one.web for one in catalogue.services.values() if one.web and _selected(one, selector)}


def _of_upstreams(selector: UpstreamSelector, catalogue: Catalogue) -> Hosts:
    found: dict[Service, set[int]] = {}
    for ref in selector.upstreams:
        target = catalogue.upstream(ref)
        if target.labels:
            raise Refusal(f"upstream {ref.name} is a subset of {target.service}: a rule is for a whole Service")
        if target.port not in target.service.web:
            raise Refusal(f"port {target.port} of {target.service} does not speak HTTP")
        found.setdefault(target.service, set()).add(target.port)
    return {service: tuple(sorted(ports)) for service, ports in found.items()}


def _selected(service: Service, selector: PodSelector | None) -> bool:
    if selector and selector.namespace_selector:
        return service.namespace in selector.namespace_selector.namespaces
    if selector and selector.label_selector and not _labelled(service, selector.label_selector.labels_to_match):
        return False
    return service.namespace not in SYSTEM


def _labelled(service: Service, labels: Mapping[str, str]) -> bool:
    return set(labels.items()) <= set(service.selector)


def callers(selector: PodSelector | None, catalogue: Catalogue) -> tuple[Atom, ...]:
    """What holds of those who ask, an alternative each; nothing in particular for all."""
    _way(selector, "sourceSelector")
    return tuple(_callers(selector, catalogue)) if selector else (Atom(),)


def _callers(selector: PodSelector, catalogue: Catalogue) -> Iterator[Atom]:
    if selector.upstream_selector:
        for ref in selector.upstream_selector.upstreams:
            target = catalogue.upstream(ref)
            labels = dict((*target.service.selector, *target.labels))
            yield Atom.of([_namespace(target.service.namespace), *_labels(labels)])
    elif selector.namespace_selector:
        yield from (Atom.of([_namespace(one)]) for one in selector.namespace_selector.namespaces)
    else:
        labels = selector.label_selector.labels_to_match if selector.label_selector else {}
        yield Atom.of(_labels(labels))


def _namespace(name: str) -> tuple[Feature, Text]:
    return CALLER_NAMESPACE, Text(How.EXACT, name)


def _labels(labels: Mapping[str, str]) -> list[tuple[Feature, Text]]:
    return [(Feature(Place.CALLER_LABEL, name), Text(How.EXACT, value)) for name, value in labels.items()]
