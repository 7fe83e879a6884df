"""Images: what stands behind a reference, what is said when nothing does, and files of one's own."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import yaml

from node.pods import Pods, manifest, shell, status, until

PODINFO = "ghcr.io/stefanprodan/podinfo"


def waiting(reason: str) -> Callable[[dict[str, object]], bool]:
    return lambda pod: status(pod)["state"].get("waiting", {}).get("reason") == reason


def test_an_unknown_image_backs_off_and_says_what_to_add(pods: Pods) -> None:
    pods.apply(manifest("p", {"name": "main", "image": "example.org/team/app:1.2"}))
    pods.pod("p", waiting("ErrImagePull"))
    pod = pods.pod("p", waiting("ImagePullBackOff"))
    said = status(pod)["state"]["waiting"]["message"] + pods.event("p", "Failed")
    assert 'no program stands behind the image "example.org/team/app:1.2"' in said
    assert '- pattern: "example.org/team/app:*"' in said


def test_an_image_that_must_not_be_pulled_is_not(pods: Pods) -> None:
    container = {"name": "main", "image": "docker.io/library/alpine:never", "imagePullPolicy": "Never"}
    pods.apply(manifest("p", container))
    assert pods.pod("p", waiting("ErrImageNeverPull"))


def test_podinfo_answers_the_version_of_its_tag(pods: Pods) -> None:
    probe = {"httpGet": {"path": "/readyz", "port": 9898}, "periodSeconds": 1}
    for name, tag in (("one", "6.9.2"), ("two", "7.0.0-rc.1")):
        pods.apply(manifest(name, {"name": "main", "image": f"{PODINFO}:{tag}", "readinessProbe": probe}))
    for name, tag in (("one", "6.9.2"), ("two", "7.0.0-rc.1")):
        pods.kubectl("wait", "pod", name, "--for=condition=Ready", "--timeout=60s")
        path = f"/api/v1/namespaces/{pods.namespace}/pods/{name}:9898/proxy/version"
        assert json.loads(pods.kubectl("get", "--raw", path))["version"] == tag


def test_the_image_id_names_the_program_its_version_and_its_digest(pods: Pods) -> None:
    pod = pods.start("p", {"name": "main", "image": f"{PODINFO}:6.9.2"})
    told = status(pod)["imageID"]
    info = pods.cluster.toolset.describe("podinfo")
    assert told.startswith(f"{info.module}/podinfo:{info.version}@sha256:")


def test_tools_of_an_image_are_on_its_path(pods: Pods) -> None:
    pods.start("p", {"name": "main", "image": f"{PODINFO}:6.9.2"})
    assert pods.run("exec", "p", "--", "podcli", "version").returncode == 0


def test_python_runs_without_the_hosts_own(pods: Pods) -> None:
    script = "import sys, canarylab; print(sys.prefix)"
    pods.finish("p", {"name": "main", "image": "python:3", "command": ["python3", "-c", script]})
    assert pods.logs("p") == f"{sys.prefix}\n"


def test_images_of_ones_own(own_cluster: Callable[..., Pods], tmp_path: Path) -> None:
    script, setting = tmp_path / "hello", tmp_path / "setting"
    script.write_text('#!/bin/sh\necho "$GREETING $(cat /etc/setting) $1 $(id -u) $(pwd)"\n')
    script.chmod(0o755)
    setting.write_text("world")
    entry = {
        "pattern": "example.org/hello:*",
        "path": str(script),
        "at": "/app/hello",
        "entrypoint": ["./hello"],
        "args": ["default"],
        "workdir": "/app",
        "env": {"GREETING": "hello"},
        "files": {"/etc/setting": str(setting)},
    }
    images = tmp_path / "images.yaml"
    images.write_text(yaml.safe_dump({"images": [entry]}))
    pods = own_cluster("images", images)
    pods.finish("p", {"name": "main", "image": "example.org/hello:1"})
    assert pods.logs("p") == "hello world default 0 /app\n"
    images.write_text(
        yaml.safe_dump({"images": [entry, {"pattern": "example.org/late:*", "command": ["echo", "late"]}]})
    )
    pods.apply(manifest("late", {"name": "main", "image": "example.org/late:1"}))
    assert until(lambda: pods.run("logs", "late").stdout) == "late\n"
    assert status(pods.finish("q", shell("true")))["imageID"].startswith("localhost/command/sh@sha256:")
