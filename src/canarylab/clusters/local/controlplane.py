"""The control plane and the node as components: one builder per program, pure data out."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from canarylab.clusters.local import layout
from canarylab.clusters.local.layout import Folder
from canarylab.process.component import Component, Readiness

# What canaries and ordinary workloads need. Each controller left out saves start-up time: with all of them the
# first default service account came 5 s later (measured in the design's proof).
CONTROLLERS = (
    "clusterrole-aggregation-controller", "cronjob", "daemonset", "deployment", "disruption", "endpointslice",
    "endpointslice-mirroring-controller", "endpoints", "garbage-collector-controller",
    "horizontal-pod-autoscaler-controller", "job", "namespace", "node-lifecycle-controller",
    "pod-garbage-collector-controller", "replicaset", "resourcequota-controller",
    "root-ca-certificate-publisher-controller", "serviceaccount", "serviceaccount-token-controller", "statefulset",
    "ttl-after-finished-controller",
)  # fmt: skip

_CONTROLLER_NAMES = {
    short: f"{short}-controller"
    for short in (
        "cronjob", "daemonset", "deployment", "disruption", "endpointslice", "endpoints", "job", "namespace",
        "replicaset", "serviceaccount", "statefulset",
    )
}  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """What a builder needs to know: the cluster's folder, its programs, and the file descriptors to relay.

    ``puller`` is the descriptor to the process that pulls images, where there is one.
    """

    folder: Folder
    programs: dict[str, str]
    relays: dict[str, int]
    images: tuple[str, ...]
    toolset: str
    single_id: bool
    env: dict[str, str]
    puller: tuple[int, ...] = ()


def etcd(plan: Plan) -> Component:
    """Memory-backed and without fsync: the cluster's data lives exactly as long as the cluster."""
    client = "http://127.0.0.1:2379"
    return Component(
        "etcd",
        (
            plan.programs["etcd"],
            f"--data-dir={layout.ETCD_DATA}",
            f"--listen-client-urls={client}",
            f"--advertise-client-urls={client}",
            "--listen-peer-urls=http://127.0.0.1:2380",
            "--unsafe-no-fsync",
            "--log-level=warn",
        ),
        env=plan.env,
        ready=Readiness(url=f"{client}/readyz"),
    )


def kube_apiserver(plan: Plan) -> Component:
    pki = plan.folder.pki
    return Component(
        "kube-apiserver",
        (
            plan.programs["kube-apiserver"],
            "--etcd-servers=http://127.0.0.1:2379",
            "--secure-port=443",
            f"--bind-address={layout.API_ADDRESS}",
            f"--advertise-address={layout.API_ADDRESS}",
            f"--service-cluster-ip-range={layout.SERVICE_RANGE}",
            f"--cert-dir={pki}",
            f"--tls-cert-file={pki}/apiserver.crt",
            f"--tls-private-key-file={pki}/apiserver.key",
            f"--token-auth-file={pki}/tokens.csv",
            f"--client-ca-file={pki}/ca.crt",
            f"--kubelet-client-certificate={pki}/apiserver-kubelet-client.crt",
            f"--kubelet-client-key={pki}/apiserver-kubelet-client.key",
            f"--kubelet-certificate-authority={pki}/ca.crt",
            "--kubelet-preferred-address-types=InternalIP",
            "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
            f"--service-account-signing-key-file={pki}/service-account.key",
            f"--service-account-key-file={pki}/service-account.key",
            # By these it hands requests for an aggregated API (metrics.k8s.io) on, in their users' names.
            f"--requestheader-client-ca-file={pki}/front-proxy-ca.crt",
            "--requestheader-allowed-names=front-proxy-client",
            "--requestheader-username-headers=X-Remote-User",
            "--requestheader-group-headers=X-Remote-Group",
            "--requestheader-extra-headers-prefix=X-Remote-Extra-",
            f"--proxy-client-cert-file={pki}/front-proxy-client.crt",
            f"--proxy-client-key-file={pki}/front-proxy-client.key",
            "--authorization-mode=Node,RBAC",
            "--enable-admission-plugins=NodeRestriction",
            "--enable-aggregator-routing=true",
            "--anonymous-auth=false",
            "--allow-privileged=true",
            "--profiling=false",
        ),
        env=plan.env,
        needs=("etcd",),
        ready=_secure(pki, f"https://{layout.API_ADDRESS}/readyz"),
    )


def kube_controller_manager(plan: Plan) -> Component:
    names = ",".join(_CONTROLLER_NAMES.get(c, c) for c in CONTROLLERS)
    return Component(
        "kube-controller-manager",
        (
            plan.programs["kube-controller-manager"],
            f"--kubeconfig={plan.folder.config}/controller-manager.kubeconfig",
            f"--controllers={names}",
            "--use-service-account-credentials",
            f"--root-ca-file={plan.folder.pki}/ca.crt",
            f"--service-account-private-key-file={plan.folder.pki}/service-account.key",
            "--leader-elect=false",
            "--bind-address=127.0.0.1",
            "--secure-port=0",
            "--profiling=false",
        ),
        env=plan.env,
        needs=("kube-apiserver",),
    )


def kube_scheduler(plan: Plan) -> Component:
    return Component(
        "kube-scheduler",
        (
            plan.programs["kube-scheduler"],
            f"--kubeconfig={plan.folder.config}/scheduler.kubeconfig",
            "--leader-elect=false",
            "--bind-address=127.0.0.1",
            "--secure-port=0",
            "--profiling=false",
        ),
        env=plan.env,
        needs=("kube-apiserver",),
    )


def cri_stream(plan: Plan) -> Component:
    """exec, attach and port-forward, which the API server speaks over SPDY or WebSocket."""
    return Component(
        "cri-stream",
        (plan.programs["cri-stream"], f"127.0.0.1:{layout.STREAM_PORT}", str(layout.STREAM_SOCKET)),
        env=plan.env,
        ready=Readiness(socket=str(layout.STREAM_SOCKET)),
    )


def container_runtime(plan: Plan) -> Component:
    images = [argument for file in plan.images for argument in ("--images", file)]
    puller = [argument for descriptor in plan.puller for argument in ("--puller", str(descriptor))]
    return Component(
        "container-runtime",
        (
            sys.executable, "-m", "canarylab.clusters.local.cri",
            "--socket", str(layout.CRI_SOCKET),
            "--state", str(layout.CRI_STATE),
            *images,
            *puller,
            "--toolset", plan.toolset,
            "--bridge", layout.BRIDGE,
            "--pod-cidr", layout.POD_RANGE,
            "--stream-socket", str(layout.STREAM_SOCKET),
            "--kubeconfig", str(plan.folder.config / "admin.kubeconfig"),
        ),
        env=plan.env,
        ready=Readiness(socket=str(layout.CRI_SOCKET)),
        fds=plan.puller,
    )  # fmt: skip


def kubelet(plan: Plan) -> Component:
    """The stock kubelet. With one mapped id its chown calls would fail: a seccomp filter lets them pass."""
    filtered = (sys.executable, "-m", "canarylab.clusters.local.cri.fakechown") if plan.single_id else ()
    return Component(
        "kubelet",
        (
            *filtered,
            plan.programs["kubelet"],
            f"--config={plan.folder.config}/kubelet.yaml",
            f"--kubeconfig={plan.folder.config}/node.kubeconfig",
            f"--root-dir={layout.KUBELET_ROOT}",
            f"--hostname-override={layout.NODE_NAME}",
            f"--node-ip={layout.NODE_ADDRESS}",
        ),
        env=plan.env,
        needs=("kube-apiserver", "container-runtime", "cri-stream"),
        ready=Readiness(url="http://127.0.0.1:10248/healthz"),
    )


def relay(plan: Plan) -> Component:
    """The way in from the host: listening sockets made there, answered here."""
    targets = {
        str(descriptor): list(layout.RELAYS[name]) for name, descriptor in plan.relays.items()
    }  # descriptor -> [address, port]
    return Component(
        "relay",
        (sys.executable, "-m", "canarylab.clusters.local.relay", json.dumps(targets)),
        env=plan.env,
        fds=tuple(plan.relays.values()),
    )


def kubelet_configuration(folder: Folder) -> dict[str, object]:
    """KubeletConfiguration for processes: no cgroups of its own, no iptables, no disk eviction, quick syncs."""
    never = dict.fromkeys(
        (
            "memory.available",
            "nodefs.available",
            "nodefs.inodesFree",
            "imagefs.available",
            "imagefs.inodesFree",
        ),
        "0%",
    )
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "containerRuntimeEndpoint": f"unix://{layout.CRI_SOCKET}",
        "address": layout.NODE_ADDRESS,
        "tlsCertFile": f"{folder.pki}/kubelet.crt",
        "tlsPrivateKeyFile": f"{folder.pki}/kubelet.key",
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": f"{folder.pki}/ca.crt"},
        },
        "authorization": {"mode": "Webhook"},
        "clusterDNS": [layout.DNS_ADDRESS],
        "clusterDomain": "cluster.local",
        "resolvConf": "",
        "podLogsDir": str(folder.pod_logs),
        "volumePluginDir": f"{layout.KUBELET_ROOT}/volume-plugins",
        "failCgroupV1": False,
        "cgroupsPerQOS": False,
        "enforceNodeAllocatable": [],
        "failSwapOn": False,
        "makeIPTablesUtilChains": False,
        "serializeImagePulls": False,
        "registryPullQPS": 0,
        "eventRecordQPS": 0,
        "kubeAPIQPS": 200,
        "kubeAPIBurst": 400,
        "maxPods": 500,
        "syncFrequency": "5s",
        "nodeStatusUpdateFrequency": "4s",
        "fileCheckFrequency": "0s",
        "httpCheckFrequency": "0s",
        "evictionHard": never,
        "imageGCHighThresholdPercent": 100,
        "featureGates": {"EventedPLEG": True},
    }


def components(plan: Plan) -> list[Component]:
    """All that the host of a cluster runs itself; everything else runs as pods."""
    builders = (
        etcd, kube_apiserver, kube_controller_manager, kube_scheduler, cri_stream, container_runtime, kubelet, relay
    )  # fmt: skip
    return [build(plan) for build in builders]


def _secure(pki: Path, url: str) -> Readiness:
    return Readiness(url=url, ca=str(pki / "ca.crt"), token_file=str(pki / "admin.token"))
