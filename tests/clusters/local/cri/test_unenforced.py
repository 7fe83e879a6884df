"""What is told of a pod that asks for more than a process can be held to."""

from __future__ import annotations

from typing import Any

from canarylab.clusters.local.cri import unenforced
from canarylab.clusters.local.cri.proto import Messages


def container(messages: Messages, **security: Any) -> Any:
    context = messages.LinuxContainerSecurityContext(**security)
    return messages.ContainerConfig(linux=messages.LinuxContainerConfig(security_context=context))


def test_an_ordinary_pod_has_no_warning(messages: Messages) -> None:
    unconfined = messages.SecurityProfile(profile_type=messages.SecurityProfile.Unconfined)
    config = container(messages, seccomp=unconfined)
    assert unenforced.told(messages, messages.PodSandboxConfig(), config) == ""


def test_all_is_told_in_one_text(messages: Messages) -> None:
    port = messages.PortMapping(container_port=80, host_port=8080)
    box = messages.PodSandboxConfig(port_mappings=[port], annotations={"kubernetes.io/ingress-bandwidth": "1M"})
    profiles = messages.SecurityProfile
    config = container(
        messages,
        seccomp=profiles(profile_type=profiles.RuntimeDefault),
        apparmor=profiles(profile_type=profiles.Localhost, localhost_ref="mine"),
        selinux_options=messages.SELinuxOption(level="s0"),
    )
    bidirectional = messages.PROPAGATION_BIDIRECTIONAL
    config.mounts.add(container_path="/data", propagation=bidirectional)
    assert unenforced.told(messages, box, config) == (
        "not enforced on this node: hostPort 8080 (the port is the pod's own), bandwidth annotations, "
        "seccomp profile RuntimeDefault, AppArmor profile mine, SELinux options, "
        "mount propagation from /data to the host"
    )
