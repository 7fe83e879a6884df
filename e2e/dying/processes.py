"""The processes of a local cluster as the host sees them, found by their program, to be signalled by a test."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass

from canarylab.clusters.local import processes, registry

RESTART_BOUND = 60.0  # seconds; a container that died before may be in its first back-off of 10 s, tenfold is rare


@dataclass(frozen=True)
class Part:
    """A part of a cluster: its name, and the program that runs it."""

    name: str
    program: str

    def pids(self, cluster: str) -> set[int]:
        """Its processes, those that only wait to be collected left out."""
        outer = registry.find(cluster).process()
        found = processes.below(outer) if outer else ()
        return {pid for pid in found if processes.name(pid) == self.program}

    def signal(self, cluster: str, number: signal.Signals) -> set[int]:
        """Sends a signal to it; the processes that got it."""
        pids = self.pids(cluster)
        assert pids, f"{self.name} does not run"
        for pid in pids:
            os.kill(pid, number)
        return pids

    def wait_for_another(self, cluster: str, old: set[int]) -> None:
        """Returns when it runs again, as another process."""
        deadline = time.monotonic() + RESTART_BOUND
        while not self.pids(cluster) - old:
            assert time.monotonic() < deadline, f"{self.name} was not restarted within {RESTART_BOUND:.0f} s"
            time.sleep(0.05)


SUPERVISOR = Part("supervisor", "canarylab.clusters.local.init")
# Restarted by the supervisor, then those that the kubelet restarts.
PARTS = (
    Part("etcd", "etcd"),
    Part("kube-apiserver", "kube-apiserver"),
    Part("kube-controller-manager", "kube-controller-manager"),
    Part("kube-scheduler", "kube-scheduler"),
    Part("kubelet", "kubelet"),
    Part("container-runtime", "canarylab.clusters.local.cri"),
    Part("CoreDNS", "coredns"),
    Part("istiod", "pilot-discovery"),
    Part("Envoy", "envoy"),
    Part("Prometheus", "prometheus"),
    Part("Flagger", "flagger"),
    Part("load tester", "loadtester"),
    Part("podinfo", "podinfo"),
)
