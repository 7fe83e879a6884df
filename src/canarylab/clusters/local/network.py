"""The cluster's own small network, made inside its namespaces: loopback, a bridge, and the service range.

One route (``local 10.96.0.0/16 dev lo``) makes the node answer for every ClusterIP, so nothing is rewritten.
"""

from __future__ import annotations

import ipaddress

from pyroute2 import IPRoute

from canarylab.clusters.local import layout

_LOCAL_TABLE = 255  # the kernel's own table of local addresses


def make() -> None:
    """Brings up loopback, the bridge with the node's address, and the route of the service range."""
    pods = ipaddress.ip_network(layout.POD_RANGE)
    with IPRoute() as ip:
        loopback = ip.link_lookup(ifname="lo")[0]
        ip.link("set", index=loopback, state="up")
        ip.route("add", dst=layout.SERVICE_RANGE, oif=loopback, type="local", scope="host", table=_LOCAL_TABLE)
        ip.link("add", ifname=layout.BRIDGE, kind="bridge")
        bridge = ip.link_lookup(ifname=layout.BRIDGE)[0]
        ip.addr("add", index=bridge, address=layout.NODE_ADDRESS, prefixlen=pods.prefixlen)
        ip.link("set", index=bridge, state="up")
