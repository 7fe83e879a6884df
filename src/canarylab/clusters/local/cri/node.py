"""What every part of the runtime works with, made once by the server."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from canarylab.clusters.local.cri.addresses import Addresses
from canarylab.clusters.local.cri.events import Events
from canarylab.clusters.local.cri.limits import Limits
from canarylab.clusters.local.cri.net import Network
from canarylab.clusters.local.cri.notices import Notices
from canarylab.clusters.local.cri.proto import Messages
from canarylab.clusters.local.cri.shelf import Shelf
from canarylab.clusters.local.cri.spawner import Spawner
from canarylab.clusters.local.cri.store import Sandbox, Store
from canarylab.clusters.local.cri.views import Views
from canarylab.clusters.local.cri.watch import Watch


@dataclass(frozen=True)
class Node:
    """The node's parts; each guards itself against the server's threads."""

    messages: Messages
    store: Store
    shelf: Shelf
    views: Views
    spawner: Spawner
    addresses: Addresses
    network: Network
    watch: Watch
    events: Events
    limits: Limits
    notices: Notices
    stream: Path
    mapped: Callable[[int], bool]

    def tell(self, kind: str, id_: str, box: Sandbox) -> None:
        """Tells a container event of a container or of the sandbox itself."""
        number = getattr(self.messages, kind)
        containers = self.store.containers(box.id)
        self.events.tell(self.views.event(number, id_, box, containers, time.time_ns()))
