"""Our own images on a cluster that cannot have them: the program of each is a file that runs by itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from canarylab.clusters.existing import programs
from canarylab.journey import Crowd, capture, users

IMAGE = "example.org/python:3"
WEB = {"kind": "Pod", "metadata": {"name": "web"}, "spec": {"containers": [{"name": "web", "image": "web:1"}]}}


@pytest.mark.parametrize("name", ["client.py", "capture.py"])
def test_a_program_runs_apart_from_this_package(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(programs.source(name).read_text())
    ran = subprocess.run(
        [sys.executable, "-I", "-S", tmp_path / name, "--help"], capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, "")


def test_users_run_their_program_from_the_config_map() -> None:
    made = programs.adapted(users.pod(Crowd(), "shop", "web.shop:80", 60), IMAGE)
    (container,), (volume,) = made["spec"]["containers"], made["spec"]["volumes"]
    assert (container["image"], container["command"]) == (IMAGE, ["python3", "-u", "/opt/canarylab/client.py"])
    assert container["args"][:2] == ["--epoch", "http://web.shop:80/"]
    assert volume["configMap"]["name"] == programs.config_map({})["metadata"]["name"]
    assert container["volumeMounts"][0]["name"] == volume["name"]


def test_a_deployment_of_ours_is_adapted_and_its_service_is_not() -> None:
    deployment, *others = capture.objects("shop")
    made = programs.adapted(deployment, IMAGE)
    assert made["spec"]["template"]["spec"]["containers"][0]["command"][-1] == "/opt/canarylab/capture.py"
    assert [programs.adapted(one, IMAGE) for one in others] == others


def test_images_of_others_are_left_alone() -> None:
    assert programs.adapted(WEB, IMAGE) is WEB


def test_only_users_who_call_grpc_need_more_than_the_standard_library() -> None:
    calling = users.pod(Crowd(grpc="/grpc.health.v1.Health/Check"), "shop", "web.shop:80", 60)
    assert programs.calls(calling)
    assert not programs.calls(users.pod(Crowd(), "shop", "web.shop:80", 60))
    assert not programs.calls(WEB)
