"""What a pod asks for and no process of this node is held to: found in the kubelet's requests, told as one text.

Limits and user ids are told apart, because whether they are enforced depends on the machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from canarylab.clusters.local.cri.proto import Messages

_BANDWIDTH = ("kubernetes.io/ingress-bandwidth", "kubernetes.io/egress-bandwidth")


def told(messages: Messages, sandbox: Any, container: Any) -> str:
    """The text of the warning for a PodSandboxConfig and a ContainerConfig; empty when there is nothing to say."""
    found = [*_of_pod(sandbox), *_of_container(messages, container)]
    return f"not enforced on this node: {', '.join(found)}" if found else ""


def _of_pod(config: Any) -> Iterator[str]:
    for mapping in config.port_mappings:
        if mapping.host_port:
            yield f"hostPort {mapping.host_port} (the port is the pod's own)"
    if any(config.annotations.get(key) for key in _BANDWIDTH):
        yield "bandwidth annotations"


def _of_container(messages: Messages, config: Any) -> Iterator[str]:
    security, profiles = config.linux.security_context, messages.SecurityProfile
    for field, what in (("seccomp", "seccomp profile"), ("apparmor", "AppArmor profile")):
        asked = getattr(security, field)
        if security.HasField(field) and asked.profile_type != profiles.Unconfined:
            yield f"{what} {asked.localhost_ref or profiles.ProfileType.Name(asked.profile_type)}"
    if security.selinux_options.ByteSize():
        yield "SELinux options"
    for mount in config.mounts:
        if mount.propagation == messages.PROPAGATION_BIDIRECTIONAL:
            yield f"mount propagation from {mount.container_path} to the host"
