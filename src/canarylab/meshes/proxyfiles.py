"""The program beside the node's Envoy where there is no mesh: keeps its files in step with Services and EndpointSlices.

Each file is replaced as a whole, so that Envoy, which watches for that, never reads half of one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from canarylab.kube import reconcile
from canarylab.kube.reconcile import Api, Kind, World
from canarylab.meshes import nodeproxy

SERVICES = Kind("v1", "services", "Service")
SLICES = Kind("discovery.k8s.io/v1", "endpointslices", "EndpointSlice")


@dataclass
class Files:
    """The files in ``folder``, and what was written into them."""

    folder: Path
    _written: dict[str, str] = field(default_factory=dict)

    def follow(self, world: World) -> list[str]:
        """Writes what has changed; nobody refuses anything."""
        wanted = nodeproxy.files(world["Service"], world["EndpointSlice"])
        self.write({name: json.dumps(content) for name, content in wanted.items()})
        return []

    def write(self, wanted: Mapping[str, str]) -> None:
        """Replaces what differs in the order given, then removes what is not wanted, an earlier run's too."""
        for name, text in wanted.items():
            if self._written.get(name) != text:
                self._replace(name, text)
        for file in self.folder.glob("*.json"):
            if file.name not in wanted:
                file.unlink()
        self._written = dict(wanted)

    def _replace(self, name: str, text: str) -> None:
        draft = self.folder / f".{name}"
        draft.write_text(text)
        draft.replace(self.folder / name)
        print(f"written: {name}", flush=True)


def main() -> None:
    """Runs until it is killed."""
    reconcile.keep(Api("canarylab-node-proxy"), (SERVICES, SLICES), Files(Path(nodeproxy.FOLDER)).follow)


if __name__ == "__main__":
    main()
