"""The languages that rules are compiled into, by name: one file each, one line here."""

from __future__ import annotations

from collections.abc import Mapping

from canarylab.supergloo.dialects.appmesh import AppMesh
from canarylab.supergloo.dialects.consul import Consul
from canarylab.supergloo.dialects.dialect import Dialect
from canarylab.supergloo.dialects.istio import Istio
from canarylab.supergloo.dialects.linkerd import Linkerd

DIALECTS: Mapping[str, Dialect] = {
    "istio": Istio(),
    "linkerd": Linkerd(),
    "appmesh": AppMesh(),
    "consul": Consul(),
}
