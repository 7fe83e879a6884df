"""What the runtime knows, as the messages that the kubelet reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from canarylab.clusters.local.cri import images
from canarylab.clusters.local.cri.images import Recipe
from canarylab.clusters.local.cri.plan import image_user
from canarylab.clusters.local.cri.proto import Messages
from canarylab.clusters.local.cri.shelf import Image
from canarylab.clusters.local.cri.store import Container, Sandbox


class Views:
    """One method per message."""

    def __init__(self, messages: Messages) -> None:
        self._pb = messages

    def sandbox(self, box: Sandbox) -> Any:
        return self._pb.PodSandbox(
            id=box.id,
            metadata=box.config.metadata,
            state=self._sandbox_state(box),
            created_at=box.created,
            labels=box.config.labels,
            annotations=box.config.annotations,
        )

    def sandbox_status(self, box: Sandbox) -> Any:
        options = box.config.linux.security_context.namespace_options
        return self._pb.PodSandboxStatus(
            id=box.id,
            metadata=box.config.metadata,
            state=self._sandbox_state(box),
            created_at=box.created,
            network=self._pb.PodSandboxNetworkStatus(ip=box.address),
            linux=self._pb.LinuxPodSandboxStatus(namespaces=self._pb.Namespace(options=options)),
            labels=box.config.labels,
            annotations=box.config.annotations,
        )

    def container(self, one: Container) -> Any:
        return self._pb.Container(
            id=one.id,
            pod_sandbox_id=one.sandbox,
            metadata=one.config.metadata,
            image=one.config.image,
            image_ref=one.image_ref,
            image_id=one.image_id,
            state=one.state,
            created_at=one.created,
            labels=one.config.labels,
            annotations=one.config.annotations,
        )

    def container_status(self, one: Container) -> Any:
        given = one.config.image
        return self._pb.ContainerStatus(
            id=one.id,
            metadata=one.config.metadata,
            state=one.state,
            created_at=one.created,
            started_at=one.started,
            finished_at=one.finished,
            exit_code=one.exit_code,
            image=self._pb.ImageSpec(image=given.user_specified_image or given.image),
            image_ref=one.image_ref,
            image_id=one.image_id,
            reason=one.reason,
            message=one.message,
            labels=one.config.labels,
            annotations=one.config.annotations,
            mounts=one.config.mounts,
            log_path=one.log,
            resources=self._pb.ContainerResources(linux=one.config.linux.resources),
            user=self._user(one),
        )

    def image(self, same: Sequence[Image], recipe: Recipe | None) -> Any:
        """One image by all its names. As under other runtimes, a user is told as a number or as a name."""
        username = recipe.username if recipe else ""
        uid = self._pb.Int64Value(value=image_user(recipe)[0] if recipe else 0)
        return self._pb.Image(
            id=same[0].id,
            repo_tags=sorted({images.completed(one.reference) for one in same if "@" not in one.reference}),
            repo_digests=sorted({one.repo_digest for one in same}),
            size=same[0].size,
            uid=None if username else uid,
            username=username,
            spec=self._pb.ImageSpec(image=same[0].id),
        )

    def event(self, kind: int, container: str, box: Sandbox, containers: list[Container], at: int) -> Any:
        return self._pb.ContainerEventResponse(
            container_id=container,
            container_event_type=kind,
            created_at=at,
            pod_sandbox_status=self.sandbox_status(box),
            containers_statuses=[self.container_status(one) for one in containers],
        )

    def _sandbox_state(self, box: Sandbox) -> int:
        return int(self._pb.SANDBOX_READY if box.ready else self._pb.SANDBOX_NOTREADY)

    def _user(self, one: Container) -> Any:
        if not one.user:
            return None
        linux = self._pb.LinuxContainerUser(
            uid=one.user["uid"], gid=one.user["gid"], supplemental_groups=one.user["groups"]
        )
        return self._pb.ContainerUser(linux=linux)
