"""What the kubelet asks for and an image's recipe, turned into a plan."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
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
    assert (who["uid"], who["gid"], who["groups"], who["real"]) == (7, 0, [0, 8], True)


@pytest.mark.parametrize(("asked", "ids"), [(100, (100, 101)), (7, (7, 0)), (65534, (65534, 65534))])
def test_the_group_is_the_one_that_the_image_has_for_the_user(
    messages: Messages, asked: int, ids: tuple[int, int]
) -> None:
    who = make(messages, secured(messages, run_as_user=messages.Int64Value(value=asked)), user="100:101")["who"]
    assert (who["uid"], who["gid"]) == ids


def test_a_user_by_name(messages: Messages) -> None:
    assert make(messages, secured(messages, run_as_username="nobody"))["who"]["uid"] == 65534


@pytest.mark.parametrize(("policy", "groups"), [(0, [10, 8, 50]), (1, [10, 8])], ids=["merge", "strict"])
def test_the_groups_that_the_image_has_the_user_in(
    messages: Messages, tmp_path: Path, policy: int, groups: list[int]
) -> None:
    (tmp_path / "passwd").write_text("app:x:7:10::/:/bin/sh\n")
    (tmp_path / "group").write_text("app:x:10:\nmore:x:50:other,app\n")
    files = {f"/etc/{name}": str(tmp_path / name) for name in ("passwd", "group")}
    config = secured(messages, supplemental_groups=[8], supplemental_groups_policy=policy)
    who = make(messages, config, user="app", files=files)["who"]
    assert (who["uid"], who["gid"], who["groups"]) == (7, 10, groups)


def test_a_group_without_a_user_is_refused(messages: Messages) -> None:
    with pytest.raises(plan.Invalid, match="runAsGroup is set without runAsUser"):
        make(messages, secured(messages, run_as_group=messages.Int64Value(value=7)))


def test_paths_are_covered_unless_the_container_is_privileged(messages: Messages) -> None:
    covered = {"masked_paths": ["/proc/kcore"], "readonly_paths": ["/proc/sys"]}
    made = make(messages, secured(messages, **covered))
    assert (made["masked_paths"], made["read_only_paths"]) == (["/proc/kcore"], ["/proc/sys"])
    made = make(messages, secured(messages, privileged=True, **covered))
    assert (made["masked_paths"], made["read_only_paths"]) == ([], [])


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
    assert made["mounts"] == [{"source": "/var/x", "target": "/data", "read_only": True, "recursive": False}]


def test_what_is_recursively_read_only_is_read_only_and_private(messages: Messages) -> None:
    mount = messages.Mount(host_path="/x", container_path="/x", readonly=True, recursive_read_only=True)
    assert plan.mount(messages, mount)["recursive"] is True
    wrong: list[dict[str, Any]] = [{"readonly": False}, {"propagation": messages.PROPAGATION_HOST_TO_CONTAINER}]
    for changed in wrong:
        other = messages.Mount()
        other.CopyFrom(mount)
        for name, value in changed.items():
            setattr(other, name, value)
        with pytest.raises(plan.Invalid, match="recursively read-only"):
            plan.mount(messages, other)


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
