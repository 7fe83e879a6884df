"""The files beside Envoy are replaced as wholes, when they differ, and nothing of an earlier run stays."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from canarylab.meshes import nodeproxy, proxyfiles
from canarylab.meshes.proxyfiles import Files

Json = dict[str, Any]
SERVICE = {
    "metadata": {"name": "web", "namespace": "shop"},
    "spec": {"clusterIP": "10.96.1.1", "ports": [{"port": 80}]},
}


def slice_of(*addresses: str) -> Json:
    return {
        "metadata": {"namespace": "shop", "labels": {"kubernetes.io/service-name": "web"}},
        "addressType": "IPv4",
        "ports": [{"name": "", "port": 80}],
        "endpoints": [{"addresses": [one], "conditions": {"ready": True}} for one in addresses],
    }


def world(*addresses: str) -> dict[str, list[Json]]:
    return {proxyfiles.SERVICES.name: [SERVICE], proxyfiles.SLICES.name: [slice_of(*addresses)]}


def written(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [line.removeprefix("written: ") for line in capsys.readouterr().out.splitlines()]


def test_everything_is_written_and_the_listeners_last(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Files(tmp_path).follow(world("10.244.0.7"))
    assert written(capsys) == ["shop.web.80.json", nodeproxy.CLUSTERS, nodeproxy.LISTENERS]
    assert json.loads((tmp_path / nodeproxy.CLUSTERS).read_text())["resources"][0]["name"] == "shop.web.80"


def test_another_endpoint_changes_its_file_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = Files(tmp_path)
    files.follow(world("10.244.0.7"))
    written(capsys)
    files.follow(world("10.244.0.8"))
    files.follow(world("10.244.0.8"))
    assert written(capsys) == ["shop.web.80.json"]


def test_a_file_is_another_one_after_a_change_so_that_no_half_is_read(tmp_path: Path) -> None:
    files = Files(tmp_path)
    files.follow(world("10.244.0.7"))
    with (tmp_path / nodeproxy.LISTENERS).open() as before:
        files.follow(world())
        assert json.load(before)["resources"]
    assert json.loads((tmp_path / nodeproxy.LISTENERS).read_text()) == {"resources": []}


def test_what_an_earlier_run_left_is_removed(tmp_path: Path) -> None:
    (tmp_path / "gone.db.5432.json").write_text("{}")
    Files(tmp_path).follow(world("10.244.0.7"))
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted(
        ["shop.web.80.json", nodeproxy.CLUSTERS, nodeproxy.LISTENERS]
    )
