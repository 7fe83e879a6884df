"""A pod's network: a veth pair from its namespace to the bridge, one address, a route by way of the node."""

from __future__ import annotations

import contextlib
import fcntl
import ipaddress
import os
import socket
import struct
import threading
from collections.abc import Iterator

from pyroute2 import IPRoute
from pyroute2.netlink.exceptions import NetlinkError

from canarylab.clusters.local.cri import kernel

_ADDROUTE, _SETFLAGS, _SETADDRESS, _SETMASK = 0x890B, 0x8914, 0x8916, 0x891C
_UP, _RUNNING, _ROUTE_UP, _ROUTE_GATEWAY = 0x1, 0x40, 0x1, 0x2
INSIDE = "eth0"


def outside(sandbox: str) -> str:
    """The name of a pod's interface on the node; Linux allows 15 characters."""
    return f"veth{sandbox[:11]}"


class Network:
    """Connects pods to one bridge."""

    def __init__(self, bridge: str) -> None:
        self._lock = threading.Lock()
        self._routes = IPRoute()
        self._bridge: int = self._routes.link_lookup(ifname=bridge)[0]
        # A bridge takes the least address of its ports, and a new one with each pod that comes or goes, until it is
        # given one: pods would send to the old one for seconds.
        link = self._routes.get_links(self._bridge)[0]
        self._routes.link("set", index=self._bridge, address=link.get_attr("IFLA_ADDRESS"))

    def connect(self, sandbox: str, holder: int, address: str, gateway: str, mask: str) -> None:
        """Gives the pod held by ``holder`` its interface and address."""
        name = outside(sandbox)
        with self._lock:
            peer = {"ifname": INSIDE, "net_ns_pid": holder}
            self._routes.link("add", ifname=name, kind="veth", peer=peer)
            index = self._routes.link_lookup(ifname=name)[0]
            self._routes.link("set", index=index, master=self._bridge, state="up")
        with inside(holder), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
            for interface, own, its_mask in (("lo", "127.0.0.1", "255.0.0.0"), (INSIDE, address, mask)):
                fcntl.ioctl(control, _SETADDRESS, _request(interface, own))
                fcntl.ioctl(control, _SETMASK, _request(interface, its_mask))
                fcntl.ioctl(control, _SETFLAGS, struct.pack("16sH14x", interface.encode(), _UP | _RUNNING))
            fcntl.ioctl(control, _ADDROUTE, _default_route(gateway))

    def disconnect(self, sandbox: str) -> None:
        """The interface is gone at once, not only when the kernel gets to the ended namespace."""
        with self._lock, contextlib.suppress(NetlinkError):
            for index in self._routes.link_lookup(ifname=outside(sandbox)):
                self._routes.link("del", index=index)


@contextlib.contextmanager
def inside(holder: int) -> Iterator[None]:
    """This thread in the network namespace of another process."""
    own = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    try:
        kernel.join(f"/proc/{holder}/ns/net")
        yield
    finally:
        kernel.join_descriptor(own)
        os.close(own)


def _address(text: str) -> bytes:
    """struct sockaddr_in."""
    return struct.pack("=HH4s8x", socket.AF_INET, 0, ipaddress.IPv4Address(text).packed)


def _request(interface: str, address: str) -> bytes:
    """struct ifreq with an address."""
    return struct.pack("16s16s", interface.encode(), _address(address)) + bytes(8)


def _default_route(gateway: str) -> bytes:
    """struct rtentry."""
    any_address = _address("0.0.0.0")  # noqa: S104 - a destination, not a binding
    head = struct.pack("@L16s16s16sHhLPh", 0, any_address, _address(gateway), any_address,
                       _ROUTE_UP | _ROUTE_GATEWAY, 0, 0, 0, 0)  # fmt: skip
    return head.ljust(120, b"\0")
