"""The CRI's messages and methods, from the ``api.proto`` of its Go module: compiled at the first start, then kept."""

from __future__ import annotations

import hashlib
import os
from importlib import resources
from pathlib import Path
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

from canarylab.errors import EnvironmentFault

PACKAGE = "runtime.v1"
_GOGO = "github.com/gogo/protobuf/gogoproto/gogo.proto"
# Releases before Kubernetes 1.35 import Go's own options; no message depends on them.
_GOGO_OPTIONS = 'syntax = "proto2"; package gogoproto; import "google/protobuf/descriptor.proto";' + "".join(
    f" extend google.protobuf.{kind}Options {{ {' '.join(f'optional bool {n} = {i};' for n, i in options)} }}"
    for kind, options in {
        "File": (
            ("goproto_getters_all", 63001), ("goproto_stringer_all", 63003), ("populate_all", 63007),
            ("equal_all", 63013), ("stringer_all", 63008), ("marshaler_all", 63017), ("unmarshaler_all", 63019),
            ("sizer_all", 63020), ("goproto_unrecognized_all", 63026), ("goproto_unkeyed_all", 63029),
        ),
    }.items()
)  # fmt: skip


class Messages:
    """Message classes as attributes, enum values as integers, methods as (name, request, response, streaming)."""

    def __init__(self, descriptors: bytes) -> None:
        self._pool = descriptor_pool.DescriptorPool()
        for file in descriptor_pb2.FileDescriptorSet.FromString(descriptors).file:
            self._pool.Add(file)
        self._kept: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        """``messages.PodSandbox`` or ``messages.CONTAINER_RUNNING``; found once, then kept."""
        kept = self._kept
        if name not in kept:
            kept[name] = self._enum(name) if name.isupper() else self._class(name)
        return kept[name]

    def methods(self, service: str) -> list[tuple[str, Any, Any, bool]]:
        found = self._pool.FindServiceByName(f"{PACKAGE}.{service}")
        return [
            (m.name, self._class(m.input_type.name), self._class(m.output_type.name), m.server_streaming)
            for m in found.methods
        ]

    def _class(self, name: str) -> Any:
        return message_factory.GetMessageClass(self._pool.FindMessageTypeByName(f"{PACKAGE}.{name}"))

    def _enum(self, name: str) -> int:
        file = self._pool.FindFileContainingSymbol(f"{PACKAGE}.RuntimeService")
        for enum in file.enum_types_by_name.values():
            if name in enum.values_by_name:
                return int(enum.values_by_name[name].number)
        raise AttributeError(name)


def load(api_proto: Path, cache: Path) -> Messages:
    """The messages of an ``api.proto``; what protoc made of it is kept in ``cache``."""
    kept = cache / f"cri-{hashlib.sha256(api_proto.read_bytes()).hexdigest()[:16]}.pb"
    if not kept.exists():
        compile_to(api_proto, kept)
    return Messages(kept.read_bytes())


def compile_to(api_proto: Path, target: Path) -> None:
    """Runs grpcio-tools' protoc."""
    from grpc_tools import protoc  # noqa: PLC0415 - large, and not needed once its result is kept

    folder = target.parent / "proto"
    (folder / _GOGO).parent.mkdir(parents=True, exist_ok=True)
    (folder / _GOGO).write_text(_GOGO_OPTIONS)
    (folder / "api.proto").write_bytes(api_proto.read_bytes())
    scratch = target.with_suffix(".new")
    included = str(resources.files("grpc_tools") / "_proto")
    result = protoc.main(
        ["protoc", f"-I{folder}", f"-I{included}", "--include_imports", f"--descriptor_set_out={scratch}", "api.proto"]
    )
    if result != 0:
        raise EnvironmentFault("the CRI's api.proto does not compile", where=str(api_proto))
    os.rename(scratch, target)
