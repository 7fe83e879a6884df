"""Rules: RoutingRules and TrafficSplits, read against what there is into one plain form.

A rule is one policy for the requests that fit one of its atoms, sent to some Services of some meshes.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from canarylab.kube.reconcile import Json
from canarylab.supergloo import policies, selectors
from canarylab.supergloo.api.routing import RequestMatcher, RoutingRule, ValueMatcher
from canarylab.supergloo.matchers import (
    METHOD,
    PATH,
    PORT,
    Atom,
    Feature,
    How,
    Overlap,
    Place,
    Text,
    meet,
)
from canarylab.supergloo.policies import Policy
from canarylab.supergloo.refusal import Refusal, only, parsed, unknown
from canarylab.supergloo.selectors import Hosts
from canarylab.supergloo.targets import Registered, Targets
from canarylab.supergloo.upstreams import Catalogue, Service

Age = tuple[str, str, str, str]
METHODS = ("CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE")


@dataclass(frozen=True)
class Rule:
    """``age`` sorts the older before the younger; ``doubts`` are what of it is left out, in words."""

    item: Json = field(compare=False)
    age: Age
    meshes: tuple[Registered, ...]
    hosts: Hosts
    atoms: tuple[Atom, ...]
    policy: Policy
    doubts: tuple[str, ...] = ()

    def __str__(self) -> str:
        _, kind, namespace, name = self.age
        return f"{kind.lower()} {name}.{namespace}"

    def for_ports(self, service: Service) -> tuple[Atom, ...]:
        """Its atoms with the ports that are meant, if not all ports of the Service that speak HTTP are."""
        ports = self.hosts[service]
        if ports == service.web:
            return self.atoms
        met = [meet(atom, Atom.of([(PORT, Text(How.EXACT, str(port)))])) for atom in self.atoms for port in ports]
        return tuple(atom for atom in met if isinstance(atom, Atom))


def age(item: Json) -> Age:
    """When it was made, then what it is called."""
    meta = item["metadata"]
    return (meta.get("creationTimestamp", ""), item["kind"], meta.get("namespace", ""), meta["name"])


def read(item: Json, catalogue: Catalogue, targets: Targets) -> Rule:
    """A RoutingRule; Refusal with what is wrong."""
    spec = parsed(RoutingRule, item)
    meshes, doubts = targets.of(spec.target_mesh)
    hosts = selectors.hosts(spec.destination_selector, catalogue)
    if not hosts:
        doubts = (*doubts, "destinationSelector selects no Service that speaks HTTP yet")
    atoms = _atoms(spec, selectors.callers(spec.source_selector, catalogue))
    return Rule(item, age(item), meshes, hosts, atoms, policies.read(spec.spec, catalogue), doubts)


def _atoms(spec: RoutingRule, callers: Sequence[Atom]) -> tuple[Atom, ...]:
    wanted = [atom for matcher in spec.request_matchers for atom in _requests(matcher)] or [Atom()]
    met = [meet(one, caller) for one, caller in itertools.product(wanted, callers)]
    return tuple(dict.fromkeys(atom for atom in met if isinstance(atom, Atom)))


def _requests(matcher: RequestMatcher) -> Iterator[Atom]:
    """One matcher, an atom for each of its methods."""
    path = {"prefix": matcher.prefix, "exact": matcher.exact, "regex": matcher.regex}
    given = [name for name, value in path.items() if value is not None]
    conditions = [(PATH, _path(only("requestMatchers", given, list(path)), path))] if given else []
    headers = [(Feature(Place.HEADER, one.name.lower()), _value(one)) for one in matcher.headers]
    queries = [(Feature(Place.QUERY, one.name), _value(one)) for one in matcher.query_parameters]
    for method in matcher.methods or [""]:
        yield _together([*conditions, *headers, *queries, *_method(method)])


def _together(conditions: Sequence[tuple[Feature, Text]]) -> Atom:
    made = Atom()
    for one in conditions:
        met = meet(made, Atom.of([one]))
        if isinstance(met, Overlap):
            raise Refusal(f"requestMatchers: {Atom.of([one])} beside {made}: {met.value}")
        made = met
    return made


def _path(name: str, path: dict[str, str | None]) -> Text:
    text = path[name] or ""
    return _regex(text, "requestMatchers.regex") if name == "regex" else Text(How[name.upper()], text)


def _value(matcher: ValueMatcher) -> Text:
    if matcher.regex:
        return _regex(matcher.value, f"requestMatchers: {matcher.name}")
    return Text(How.EXACT, matcher.value) if matcher.value else Text(How.PRESENT)


def _regex(text: str, what: str) -> Text:
    try:
        re.compile(text)
    except re.error as error:
        raise Refusal(f"{what}: {text!r} is no regular expression: {error}") from error
    return Text(How.REGEX, text)


def _method(method: str) -> list[tuple[Feature, Text]]:
    if method and method not in METHODS:
        raise unknown("HTTP method", method, METHODS)
    return [(METHOD, Text(How.EXACT, method))] if method else []
