"""Names, addresses and folders of a local cluster: the one place where they stand."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

NODE_NAME = "node-1"
BRIDGE = "cbr0"
NODE_ADDRESS = "10.244.0.1"
POD_RANGE = "10.244.0.0/16"
SERVICE_RANGE = "10.96.0.0/16"
# The first address of the service range is the Service `default/kubernetes` itself. Bound and advertised there,
# the API server leaves port 443 of every other ClusterIP free for the mesh.
API_ADDRESS = "10.96.0.1"
DNS_ADDRESS = "10.96.0.10"
PROMETHEUS_ADDRESS = "10.96.0.20"
INGRESS_ADDRESS = "10.96.0.30"

RUN = Path("/run/canarylab")  # a tmpfs of the cluster's own: short enough for socket names
CRI_SOCKET = RUN / "cri.sock"
STREAM_SOCKET = RUN / "stream.sock"
STREAM_PORT = 10351
ETCD_DATA = Path("/var/lib/etcd")
KUBELET_ROOT = Path("/var/lib/kubelet")
CRI_STATE = Path("/var/lib/canarylab/cri")

# What the host can reach, each through a listening socket on its loopback: name -> address in the cluster.
RELAYS = {
    "api": (API_ADDRESS, 443),
    "prometheus": (PROMETHEUS_ADDRESS, 9090),
    "ingress": (INGRESS_ADDRESS, 80),
}


@dataclass(frozen=True)
class Folder:
    """The folder of one cluster, on the host; its paths are the same inside the namespaces."""

    root: Path

    @property
    def pki(self) -> Path:
        return self.root / "pki"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def pod_logs(self) -> Path:
        return self.root / "logs" / "pods"

    @property
    def kubeconfig(self) -> Path:
        return self.root / "kubeconfig"

    @property
    def config(self) -> Path:
        return self.root / "config"

    @property
    def plan(self) -> Path:
        return self.root / "plan.json"

    @property
    def status(self) -> Path:
        return self.root / "status.json"

    @property
    def pid(self) -> Path:
        return self.root / "pid"
