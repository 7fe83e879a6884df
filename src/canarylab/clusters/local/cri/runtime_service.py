"""The methods of the CRI's RuntimeService, each a request turned into calls of the node's parts."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from canarylab.clusters.local.cri import execsync, kernel, streaming
from canarylab.clusters.local.cri import spec as files
from canarylab.clusters.local.cri.containers import Containers
from canarylab.clusters.local.cri.node import Node
from canarylab.clusters.local.cri.sandboxes import Sandboxes
from canarylab.clusters.local.cri.spawner import bootstrap
from canarylab.clusters.local.cri.stats import Stats, Usage, by_mount_namespace
from canarylab.clusters.local.cri.store import RUNNING, Sandbox

VERSION = "0.1.0"
_ENTER = "canarylab.clusters.local.cri.enter"


class RuntimeService:
    """One method per rpc, named as the rpc; ``request`` is its message, the answer its response."""

    def __init__(self, node: Node) -> None:
        self._node, self._pb = node, node.messages
        self._sandboxes, self._containers = Sandboxes(node), Containers(node)
        self._stats = Stats(node.messages, node.shelf.folder)
        self._sandboxes.recover()
        self._containers.recover()

    def Version(self, _: Any) -> Any:  # noqa: N802
        return self._pb.VersionResponse(
            version="0.1.0", runtime_name="canarylab", runtime_version=VERSION, runtime_api_version="v1"
        )

    def Status(self, request: Any) -> Any:  # noqa: N802
        pb = self._pb
        conditions = [pb.RuntimeCondition(type=kind, status=True) for kind in ("RuntimeReady", "NetworkReady")]
        features = pb.RuntimeHandlerFeatures(recursive_read_only_mounts=kernel.has_mount_setattr())
        counts = {"sandboxes": len(self._node.store.sandboxes()), "containers": len(self._node.store.containers())}
        return pb.StatusResponse(
            status=pb.RuntimeStatus(conditions=conditions),
            info={key: str(value) for key, value in counts.items()} if request.verbose else {},
            runtime_handlers=[pb.RuntimeHandler(name="", features=features)],
            features=pb.RuntimeFeatures(supplemental_groups_policy=True),
        )

    def RuntimeConfig(self, _: Any) -> Any:  # noqa: N802
        return self._pb.RuntimeConfigResponse(linux=self._pb.LinuxRuntimeConfiguration(cgroup_driver=self._pb.CGROUPFS))

    def UpdateRuntimeConfig(self, _: Any) -> Any:  # noqa: N802
        return self._pb.UpdateRuntimeConfigResponse()

    def RunPodSandbox(self, request: Any) -> Any:  # noqa: N802
        return self._pb.RunPodSandboxResponse(pod_sandbox_id=self._sandboxes.run(request.config).id)

    def StopPodSandbox(self, request: Any) -> Any:  # noqa: N802
        self._each(request.pod_sandbox_id, lambda one: self._containers.stop(one.id, 0))
        self._sandboxes.stop(request.pod_sandbox_id)
        return self._pb.StopPodSandboxResponse()

    def RemovePodSandbox(self, request: Any) -> Any:  # noqa: N802
        self.StopPodSandbox(request)
        self._each(request.pod_sandbox_id, lambda one: self._containers.remove(one.id))
        self._sandboxes.remove(request.pod_sandbox_id)
        return self._pb.RemovePodSandboxResponse()

    def PodSandboxStatus(self, request: Any) -> Any:  # noqa: N802
        box = self._node.store.sandbox(request.pod_sandbox_id)
        containers = [self._node.views.container_status(one) for one in self._node.store.containers(box.id)]
        return self._pb.PodSandboxStatusResponse(
            status=self._node.views.sandbox_status(box), containers_statuses=containers
        )

    def ListPodSandbox(self, request: Any) -> Any:  # noqa: N802
        wanted = request.filter
        seen = (self._node.views.sandbox(box) for box in self._node.store.sandboxes() if wanted.id in ("", box.id))
        return self._pb.ListPodSandboxResponse(items=[item for item in seen if _fits(item, wanted)])

    def CreateContainer(self, request: Any) -> Any:  # noqa: N802
        made = self._containers.create(request.pod_sandbox_id, request.config, request.sandbox_config.log_directory)
        return self._pb.CreateContainerResponse(container_id=made.id)

    def StartContainer(self, request: Any) -> Any:  # noqa: N802
        self._containers.start(request.container_id)
        return self._pb.StartContainerResponse()

    def StopContainer(self, request: Any) -> Any:  # noqa: N802
        self._containers.stop(request.container_id, request.timeout)
        return self._pb.StopContainerResponse()

    def RemoveContainer(self, request: Any) -> Any:  # noqa: N802
        self._containers.remove(request.container_id)
        return self._pb.RemoveContainerResponse()

    def ListContainers(self, request: Any) -> Any:  # noqa: N802
        wanted = request.filter
        of_pod = self._node.store.containers(wanted.pod_sandbox_id)
        seen = (self._node.views.container(one) for one in of_pod if wanted.id in ("", one.id))
        return self._pb.ListContainersResponse(containers=[item for item in seen if _fits(item, wanted)])

    def ContainerStatus(self, request: Any) -> Any:  # noqa: N802
        one = self._node.store.container(request.container_id)
        return self._pb.ContainerStatusResponse(status=self._node.views.container_status(one))

    def UpdateContainerResources(self, request: Any) -> Any:  # noqa: N802
        self._containers.update(request.container_id, request.linux)
        return self._pb.UpdateContainerResourcesResponse()

    def UpdatePodSandboxResources(self, _: Any) -> Any:  # noqa: N802
        return self._pb.UpdatePodSandboxResourcesResponse()

    def ReopenContainerLog(self, request: Any) -> Any:  # noqa: N802
        self._containers.reopen_log(request.container_id)
        return self._pb.ReopenContainerLogResponse()

    def ExecSync(self, request: Any) -> Any:  # noqa: N802
        one = self._containers.running(request.container_id)
        folder = str(self._node.store.folder(one))
        done = execsync.run(self._node.spawner, folder, one.pid, list(request.cmd), request.timeout)
        return self._pb.ExecSyncResponse(stdout=done.stdout, stderr=done.stderr, exit_code=done.exit_code)

    def Exec(self, request: Any) -> Any:  # noqa: N802
        one = self._containers.running(request.container_id)
        argv = [*bootstrap(_ENTER), str(self._node.store.folder(one)), str(one.pid), "--", *request.cmd]
        asked = {"argv": argv, "env": [], "pid": one.pid, **_wanted_streams(request)}
        return self._pb.ExecResponse(url=streaming.url(self._node.stream, "/exec", asked))

    def Attach(self, request: Any) -> Any:  # noqa: N802
        one = self._containers.running(request.container_id)
        asked = {"socket": str(self._node.store.folder(one) / files.ATTACH), **_wanted_streams(request)}
        return self._pb.AttachResponse(url=streaming.url(self._node.stream, "/attach", asked))

    def PortForward(self, request: Any) -> Any:  # noqa: N802
        box = self._node.store.sandbox(request.pod_sandbox_id)
        asked = {"pid": box.holder, "ports": list(request.port)}
        return self._pb.PortForwardResponse(url=streaming.url(self._node.stream, "/portforward", asked))

    def ContainerStats(self, request: Any) -> Any:  # noqa: N802
        one, usage = self._node.store.container(request.container_id), by_mount_namespace()
        return self._pb.ContainerStatsResponse(stats=self._stats.container(one, usage[one.mount_namespace]))

    def ListContainerStats(self, request: Any) -> Any:  # noqa: N802
        return self._pb.ListContainerStatsResponse(stats=self._container_stats(request.filter, by_mount_namespace()))

    def PodSandboxStats(self, request: Any) -> Any:  # noqa: N802
        box = self._node.store.sandbox(request.pod_sandbox_id)
        return self._pb.PodSandboxStatsResponse(stats=self._sandbox_stats(box, by_mount_namespace()))

    def ListPodSandboxStats(self, request: Any) -> Any:  # noqa: N802
        wanted, usage = request.filter, by_mount_namespace()
        boxes = [b for b in self._node.store.sandboxes() if b.ready and wanted.id in ("", b.id)]
        seen = (self._sandbox_stats(b, usage) for b in boxes if _labelled(b.config.labels, wanted.label_selector))
        return self._pb.ListPodSandboxStatsResponse(stats=list(seen))

    def ListMetricDescriptors(self, _: Any) -> Any:  # noqa: N802
        return self._pb.ListMetricDescriptorsResponse()

    def ListPodSandboxMetrics(self, _: Any) -> Any:  # noqa: N802
        return self._pb.ListPodSandboxMetricsResponse()

    def _each(self, sandbox: str, act: Any) -> None:
        """Acts on all containers of a sandbox side by side."""
        if not (containers := self._node.store.containers(sandbox)):
            return
        with ThreadPoolExecutor(len(containers)) as pool:
            list(pool.map(act, containers))

    def _container_stats(self, wanted: Any, usage: Mapping[str, Usage]) -> list[Any]:
        running = [c for c in self._node.store.containers(wanted.pod_sandbox_id) if c.state == RUNNING]
        return [
            self._stats.container(one, usage.get(one.mount_namespace, Usage()))
            for one in running
            if wanted.id in ("", one.id) and _labelled(one.config.labels, wanted.label_selector)
        ]

    def _sandbox_stats(self, box: Sandbox, usage: Mapping[str, Usage]) -> Any:
        running = [one for one in self._node.store.containers(box.id) if one.state == RUNNING]
        used = [usage.get(one.mount_namespace, Usage()) for one in running]
        sums = (sum(getattr(u, name) for u in used) for name in ("cpu", "resident", "anonymous", "processes"))
        containers = [self._stats.container(one, its) for one, its in zip(running, used, strict=True)]
        return self._stats.sandbox(box, containers, Usage(*sums))


def _wanted_streams(request: Any) -> dict[str, bool]:
    return {name: getattr(request, name) for name in ("stdin", "stdout", "stderr", "tty")}


def _labelled(labels: Mapping[str, str], selector: Mapping[str, str]) -> bool:
    return all(labels.get(key) == value for key, value in selector.items())


def _fits(item: Any, wanted: Any) -> bool:
    state = not wanted.HasField("state") or wanted.state.state == item.state
    return state and _labelled(item.labels, wanted.label_selector)
