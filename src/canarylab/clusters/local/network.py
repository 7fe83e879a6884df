"""The cluster's own small network, made inside its namespaces: loopback, a bridge, and the service range.

One route (``local 10.96.0.0/16 dev lo``) makes the node answer for every ClusterIP, so nothing is rewritten.
"""

from __future__ import annotations

import contextlib
import ipaddress
from pathlib import Path

from pyroute2 import IPRoute

from canarylab.clusters.local import layout

_LOCAL_TABLE = 255  # the kernel's own table of local addresses


# The kernel tells of a closed port only so often. A pod whose question to a DNS that does not run yet is never told so
# waits for five seconds; the cluster's own network may be told of each.
_UNLIMITED = {"net/ipv4/icmp_ratelimit": "0"}


def make() -> None:
    """Brings up loopback, the bridge with the node's address, and the route of the service range."""
    for name, value in _UNLIMITED.items():
        with contextlib.suppress(OSError):
            Path(f"/proc/sys/{name}").write_text(value)
    pods = ipaddress.ip_network(layout.POD_RANGE)
    with IPRoute() as ip:
        loopback = ip.link_lookup(ifname="lo")[0]
        ip.link("set", index=loopback, state="up")
        ip.route("add", dst=layout.SERVICE_RANGE, oif=loopback, type="local", scope="host", table=_LOCAL_TABLE)
        ip.link("add", ifname=layout.BRIDGE, kind="bridge")
        bridge = ip.link_lookup(ifname=layout.BRIDGE)[0]
        ip.addr("add", index=bridge, address=layout.NODE_ADDRESS, prefixlen=pods.prefixlen)
        ip.link("set", index=bridge, state="up")
