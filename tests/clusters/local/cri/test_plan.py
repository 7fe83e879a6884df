"""What the kubelet asks for and an image's recipe, turned into a plan."""

from __future__ import annotations

import signal
import sys
from typing import Any

import pytest

from canarylab.clusters.local.cri import images, plan
from canarylab.clusters.local.cri.plan import Surroundings
from canarylab.clusters.local.cri.proto import Messages
from canarylab.clusters.local.cri.shelf import Image
from canarylab.clusters.local.cri.store import Sandbox

IMAGE = Image("app:1", "ref", "00", "/cache/app", 1)


def recipe(**entry: Any) -> images.Recipe:
    return images.recipe({"pattern": "app:*", "path": "/srv/app", **entry}, "test")


def make(messages: Messages, config: Any, *, mapped: bool = True, **entry: Any) -> dict[str, Any]:
    node = Surroundings(messages, lambda _: mapped, lambda name: f"/tools/{name}", lambda name: f"/share/{name}")
    box = Sandbox("box", messages.PodSandboxConfig(hostname="p"), 1)
    return plan.make(node, box, config, IMAGE, recipe(**entry))


def secured(messages: Messages, **security: Any) -> Any:
    context = messages.LinuxContainerSecurityContext(**security)
    return messages.ContainerConfig(linux=messages.LinuxContainerConfig(security_context=context))


@pytest.mark.parametrize(
    ("command", "args", "argv"),
    [
        ([], [], ["./app", "image-arg"]),
        ([], ["pod-arg"], ["./app", "pod-arg"]),
        (["sh"], [], ["sh"]),
        (["sh"], ["-c"], ["sh", "-c"]),
    ],
)
def test_a_pods_words_replace_an_images(
    messages: Messages, command: list[str], args: list[str], argv: list[str]
) -> None:
    config = messages.ContainerConfig(command=command, args=args)
    assert make(messages, config, entrypoint=["./app"], args=["image-arg"])["argv"] == argv


def test_a_pods_variables_go_before_an_images(messages: Messages) -> None:
    given = [messages.KeyValue(key=key, value=b"pod") for key in ("A", "PATH")]
    env = make(messages, messages.ContainerConfig(envs=given), env={"A": "image", "B": "image"})["env"]
    assert (env["A"], env["B"], env["PATH"], env["HOSTNAME"]) == ("pod", "image", "pod", "p")


def test_python_comes_first_on_the_path(messages: Messages) -> None:
    made = make(messages, messages.ContainerConfig(), python=True)
    assert made["env"]["PATH"].startswith(f"{sys.prefix}/bin:")
    assert (f"{plan.SOURCE}/canarylab",) * 2 in made["image"]


@pytest.mark.parametrize(
    ("user", "ids"),
    [("", (0, 0)), ("root", (0, 0)), ("100", (100, 100)), ("100:101", (100, 101)), ("app", (65534, 65534))],
)
def test_an_images_user_as_numbers(user: str, ids: tuple[int, int]) -> None:
    assert plan.image_user(recipe(user=user)) == ids


def test_a_pods_user_goes_before_the_images(messages: Messages) -> None:
    config = secured(messages, run_as_user=messages.Int64Value(value=7), supplemental_groups=[8])
    who = make(messages, config, user="100:101")["who"]
    assert (who["uid"], who["gid"], who["groups"], who["real"]) == (7, 101, [8], True)


def test_ids_that_are_not_mapped_are_not_real(messages: Messages) -> None:
    assert make(messages, secured(messages), mapped=False)["who"]["real"] is False


def test_a_container_joins_its_pods_namespaces(messages: Messages) -> None:
    assert make(messages, secured(messages))["join"] == ["net", "uts", "ipc"]
    options = messages.NamespaceOption(network=messages.NODE, ipc=messages.NODE)
    assert make(messages, secured(messages, namespace_options=options))["join"] == []


def test_the_images_files_and_the_pods_mounts(messages: Messages) -> None:
    mounts = [messages.Mount(host_path="/var/x", container_path="/data", readonly=True)]
    made = make(
        messages,
        messages.ContainerConfig(mounts=mounts),
        at="/app/app", tools=["jq"], files={"/etc/x": "/srv/x"}, assets={"/ui": "ui"}, mounts=["/opt/jdk"],
    )  # fmt: skip
    assert made["image"] == [
        ("/opt/jdk", "/opt/jdk"),
        ("/cache/app", "/app/app"),
        ("/tools/jq", "/usr/local/bin/jq"),
        ("/share/ui", "/ui"),
        ("/srv/x", "/etc/x"),
    ]
    assert made["mounts"] == [{"source": "/var/x", "target": "/data", "read_only": True}]


def test_an_image_is_no_volume(messages: Messages) -> None:
    mounts = [messages.Mount(container_path="/v", image=messages.ImageSpec(image="busybox"))]
    with pytest.raises(OSError, match="an image cannot be a volume here"):
        make(messages, messages.ContainerConfig(mounts=mounts))


def test_the_resolver_is_the_pods(messages: Messages) -> None:
    dns = messages.DNSConfig(servers=["10.96.0.10"], searches=["a", "b"], options=["ndots:5"])
    assert plan.resolver(dns) == "nameserver 10.96.0.10\nsearch a b\noptions ndots:5\n"


def test_a_pods_stop_signal_goes_before_the_images(messages: Messages) -> None:
    asked = messages.ContainerConfig(stop_signal=messages.SIGNAL_SIGRTMINPLUS2)
    image = recipe(stopSignal="SIGINT")
    assert plan.stop_signal(messages, messages.ContainerConfig(), image) == signal.SIGINT
    assert plan.stop_signal(messages, asked, image) == signal.SIGRTMIN + 2
