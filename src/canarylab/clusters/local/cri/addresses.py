"""Pod addresses: one file per address in use, named for it, so that they survive the server; reused late."""

from __future__ import annotations

import contextlib
import ipaddress
import threading
from pathlib import Path


class Addresses:
    """Hands out the pod range's addresses in turn. The first one is the node's."""

    def __init__(self, folder: Path, network: str) -> None:
        self.network = ipaddress.IPv4Network(network)
        self._folder = folder
        self._lock = threading.Lock()
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def gateway(self) -> str:
        return str(self.network[1])

    def take(self, owner: str) -> str:
        """An address that was not in use for the longest time; OSError when there is none."""
        with self._lock:
            last = self._folder / "last"
            start = int(last.read_text()) if last.exists() else 1
            count = self.network.num_addresses - 3  # without network, node and broadcast
            for step in range(1, count + 1):
                offset = 2 + (start - 2 + step) % count
                address = str(self.network[offset])
                with contextlib.suppress(FileExistsError):
                    with (self._folder / address).open("x") as file:
                        file.write(owner)
                    last.write_text(str(offset))
                    return address
        raise OSError(f"no address is left in {self.network}")

    def release(self, address: str, owner: str) -> None:
        """Gives an address back; does nothing where it is another's by now."""
        with self._lock:
            file = self._folder / address
            if file.exists() and file.read_text() == owner:
                file.unlink()

    def keep_only(self, owners: set[str]) -> None:
        """Frees what belongs to nobody of ``owners``: the server was killed while it gave an address back."""
        for file in self._folder.iterdir():
            if file.name != "last" and (owner := file.read_text()) not in owners:
                self.release(file.name, owner)
