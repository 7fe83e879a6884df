"""``python -m canarylab.clusters.local.cri``: the container runtime of a local cluster's node."""

from __future__ import annotations

import argparse
import socket
import sys
from functools import partial
from pathlib import Path

from canarylab.clusters.local.cri import kernel, proto, server, spec
from canarylab.clusters.local.cri.addresses import Addresses
from canarylab.clusters.local.cri.events import Events
from canarylab.clusters.local.cri.limits import Limits
from canarylab.clusters.local.cri.net import Network
from canarylab.clusters.local.cri.node import Node
from canarylab.clusters.local.cri.notices import Notices
from canarylab.clusters.local.cri.shelf import Shelf
from canarylab.clusters.local.cri.spawner import Spawner
from canarylab.clusters.local.cri.store import Store
from canarylab.clusters.local.cri.views import Views
from canarylab.clusters.local.cri.watch import Watch
from canarylab.errors import CanarylabError, EnvironmentFault
from canarylab.images.asking import Puller
from canarylab.toolchain.offered import Offered

_API = "cri-api/api.proto"


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="canarylab.clusters.local.cri")
    for name in ("socket", "state", "toolset", "stream-socket", "kubeconfig"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--images", type=Path, action="append", default=[])
    parser.add_argument("--bridge", required=True)
    parser.add_argument("--pod-cidr", required=True)
    parser.add_argument("--puller", type=int, metavar="DESCRIPTOR")
    return parser.parse_args()


def api_proto(toolset: dict[str, list[str]], file: Path) -> Path:
    """The CRI's definition among the toolset's shares."""
    for share in toolset.get("shares", []):
        if (found := Path(share) / _API).is_file():
            return found
    raise EnvironmentFault(f"the toolset holds no {_API}", where=str(file), next_step="run `canarylab provision`")


def node(arguments: argparse.Namespace) -> Node:
    """Every part of the node, with what an earlier server left."""
    spawner = Spawner()
    toolset = spec.read_json(str(arguments.toolset))
    state: Path = arguments.state
    state.mkdir(parents=True, exist_ok=True)
    messages = proto.load(api_proto(toolset, arguments.toolset), state)
    limits = Limits()
    limits.sweep()
    return Node(
        messages=messages,
        store=Store(state, messages),
        shelf=Shelf(state / "images", arguments.images, Offered(toolset), toolset["shares"], _puller(arguments.puller)),
        views=Views(messages),
        spawner=spawner,
        addresses=Addresses(state / "addresses", arguments.pod_cidr),
        network=Network(arguments.bridge),
        watch=Watch(),
        events=Events(),
        limits=limits,
        notices=Notices(arguments.kubeconfig),
        stream=arguments.stream_socket,
        mapped=partial(kernel.is_mapped, kind="uid"),
    )


def _puller(descriptor: int | None) -> Puller | None:
    return None if descriptor is None else Puller(socket.socket(fileno=descriptor))


def main() -> int:
    try:
        arguments = parse()
        server.serve(node(arguments), arguments.socket)
    except CanarylabError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
