"""Consul's config entries, put together as its discovery chain does it: where what is sent to a service goes.

A splitter sends on to other services, whose splitters count in turn (agent/consul/discoverychain/compile.go).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from canarylab.kube.reconcile import Kind

Json = dict[str, Any]

_API = "consul.hashicorp.com/v1alpha1"
SPLITTER = Kind(_API, "servicesplitters", "ServiceSplitter")
ROUTER = Kind(_API, "servicerouters", "ServiceRouter")
RESOLVER = Kind(_API, "serviceresolvers", "ServiceResolver")


@dataclass(frozen=True, order=True)
class Target:
    """A service, or with a subset some of its pods."""

    namespace: str
    service: str
    subset: str = ""


Shares = Mapping[Target, Fraction]


@dataclass(frozen=True)
class Entries:
    """The config entries by kind, namespace and name."""

    by_place: Mapping[tuple[str, str, str], Json]

    def get(self, kind: Kind, namespace: str, service: str) -> Json:
        """What the entry of a service says; nothing where there is none."""
        spec: Json = self.by_place.get((kind.kind, namespace, service), {}).get("spec", {})
        return spec

    def shares(self, to: Target, before: frozenset[Target] = frozenset()) -> Shares:
        """Where what is sent to a target goes, as parts of 100; a splitter does not count for itself."""
        splits = self.get(SPLITTER, to.namespace, to.service).get("splits")
        if to.subset or to in before or not splits:
            return {to: Fraction(100)}
        found: dict[Target, Fraction] = {}
        for split in splits:
            part = Fraction(str(split["weight"])) / 100
            for one, share in self.shares(target(split, to), before | {to}).items():
                found[one] = found.get(one, Fraction()) + part * share
        return found


def target(said: Json, own: Target) -> Target:
    """Whom a split or a destination means: what is left out is the service's own."""
    return Target(said.get("namespace", own.namespace), said.get("service", own.service), said.get("serviceSubset", ""))
