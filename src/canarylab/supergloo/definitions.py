"""Makes the CustomResourceDefinitions of SuperGloo's kinds from their types, with statuses and columns.

Their schemas are structural and keep nothing that is not declared, so that a misspelt field is told by kubectl.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from canarylab.supergloo.api.data import GROUP, VERSION, Data
from canarylab.supergloo.api.install import Install
from canarylab.supergloo.api.mesh import Mesh, MeshGroup, MeshIngress
from canarylab.supergloo.api.routing import RoutingRule
from canarylab.supergloo.api.security import SecurityRule
from canarylab.supergloo.api.upstream import Upstream

Json = dict[str, Any]

_KEPT = ("description", "type", "enum")
_STRING, _COUNT = {"type": "string"}, {"type": "integer", "format": "int64"}
_CONDITION = {
    "type": "object",
    "required": ["type", "status"],
    "properties": {
        **dict.fromkeys(("type", "status", "reason", "message"), _STRING),
        "observedGeneration": _COUNT,
        "lastTransitionTime": {"type": "string", "format": "date-time"},
    },
}
STATUS: Json = {
    "type": "object",
    "description": "What SuperGloo made of it.",
    "properties": {
        "state": {"type": "string", "enum": ["Accepted", "Rejected", "Warning", "Pending"]},
        "reason": {"type": "string", "description": "Why, in words."},
        "observedGeneration": _COUNT,
        "conditions": {
            "type": "array",
            "items": _CONDITION,
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["type"],
        },
    },
}


@dataclass(frozen=True)
class Definition:
    """A kind: its type, its plural, the short name that it had, and a column of its own (name, where it stands)."""

    type: type[Data]
    plural: str
    short: str
    column: tuple[str, str] = ("", "")

    def crd(self) -> Json:
        """The CustomResourceDefinition."""
        kind = self.type.__name__
        names = {
            "kind": kind,
            "listKind": f"{kind}List",
            "plural": self.plural,
            "singular": kind.lower(),
            "shortNames": [self.short],
            "categories": ["supergloo"],
        }
        return {
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": {"name": f"{self.plural}.{GROUP}"},
            "spec": {"group": GROUP, "scope": "Namespaced", "names": names, "versions": [self._version()]},
        }

    def _version(self) -> Json:
        spec = schema(self.type)
        whole = {"type": "object", "required": ["spec"], "properties": {"spec": spec, "status": STATUS}}
        return {
            "name": VERSION,
            "served": True,
            "storage": True,
            "subresources": {"status": {}},
            "additionalPrinterColumns": self._columns(),
            "schema": {"openAPIV3Schema": whole},
        }

    def _columns(self) -> list[Json]:
        own = [_column(*self.column)] if self.column[0] else []
        reason = {**_column("Reason", ".status.reason"), "priority": 1}
        age = {**_column("Age", ".metadata.creationTimestamp"), "type": "date"}
        return [*own, _column("State", ".status.state"), reason, age]


_TARGET = ("Mesh", ".spec.targetMesh.name")
DEFINITIONS = (
    Definition(Install, "installs", "i", ("Disabled", ".spec.disabled")),
    Definition(Mesh, "meshes", "m"),
    Definition(MeshGroup, "meshgroups", "mg"),
    Definition(MeshIngress, "meshingresses", "mi"),
    Definition(RoutingRule, "routingrules", "rr", _TARGET),
    Definition(SecurityRule, "securityrules", "sr", _TARGET),
    Definition(Upstream, "upstreams", "us", ("Service", ".spec.kube.serviceName")),
)


def crds() -> list[Json]:
    """The definitions of all kinds."""
    return [one.crd() for one in DEFINITIONS]


def _column(name: str, path: str) -> Json:
    kind = "boolean" if name == "Disabled" else "string"
    return {"name": name, "type": kind, "jsonPath": path}


def schema(kind: type[Data]) -> Json:
    """The structural schema of a type."""
    whole = kind.model_json_schema(by_alias=True)
    return _structural(whole, whole.get("$defs", {}))


def _structural(found: Json, named: Json) -> Json:
    """A part of a JSON schema, without references, alternatives and defaults."""
    if "$ref" in found:
        found = {**named[found["$ref"].rpartition("/")[2]], **found}
    if "anyOf" in found:
        (only,) = [one for one in found["anyOf"] if one.get("type") != "null"]
        return {**_structural(only, named), **_about(found)}
    made: Json = {key: found[key] for key in _KEPT if key in found}
    if "items" in found:
        made["items"] = _structural(found["items"], named)
    if "properties" in found:
        made["properties"] = {name: _structural(one, named) for name, one in found["properties"].items()}
        if found.get("required"):
            made["required"] = found["required"]
    elif isinstance(found.get("additionalProperties"), dict):
        made["additionalProperties"] = _structural(found["additionalProperties"], named)
    return made


def _about(found: Json) -> Json:
    return {"description": found["description"]} if "description" in found else {}
