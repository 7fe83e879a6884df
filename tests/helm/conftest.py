"""A toolset whose helm is a script: it keeps its command line and its environment, and answers what a test wants."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from canarylab.helm import charts
from canarylab.toolchain import ProgramInfo, Toolset

HELM = """#!/bin/sh
printf '%s\\n' "$@" > {folder}/said
env > {folder}/environ
printf '%s' {error} >&2
printf '%s' {answer}
exit {code}
"""


@dataclass
class Workshop:
    """Its helm, its own chart, and a kubeconfig that leads nowhere."""

    folder: Path

    @property
    def toolset(self) -> Toolset:
        info = ProgramInfo("helm", self.folder / "helm", "helm.sh/helm/v4", "v4.2.0", "0", "built")
        return Toolset("k", {"helm": info}, (self.folder / "share",))

    @property
    def kubeconfig(self) -> Path:
        return self.folder / "kubeconfig"

    @property
    def chart(self) -> str:
        return str(self.folder / "chart")

    def answers(self, answer: str = "", error: str = "", code: int = 0) -> None:
        told = {"answer": shlex.quote(answer), "error": shlex.quote(error)}
        program = self.folder / "helm"
        program.write_text(HELM.format(folder=self.folder, code=code, **told))
        program.chmod(0o755)

    def made(self, *objects: dict[str, Any]) -> None:
        """helm has installed these objects."""
        manifest = yaml.safe_dump_all(objects)
        about = {"metadata": {"name": "shop", "version": "1.2.3"}}
        self.answers(json.dumps({"name": "shop", "namespace": "here", "chart": about, "manifest": manifest}))

    def said(self) -> list[str]:
        return (self.folder / "said").read_text().splitlines()

    def environ(self) -> dict[str, str]:
        lines = (self.folder / "environ").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines if "=" in line)


@pytest.fixture
def workshop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    monkeypatch.setenv("CANARYLAB_CACHE", str(tmp_path / "cache"))
    (tmp_path / "chart").mkdir()
    (tmp_path / "chart" / "Chart.yaml").write_text("{apiVersion: v1, name: shop, version: 1.2.3}")
    settings = {"clusters": [], "contexts": [], "users": [], "apiVersion": "v1", "kind": "Config"}
    (tmp_path / "kubeconfig").write_text(yaml.safe_dump(settings))
    made = Workshop(tmp_path)
    made.made()
    return made


@pytest.fixture
def pins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of pins with one chart, ``shop``, whose folder stands in the workshop's share."""
    chart = tmp_path / "share" / "shop" / "chart"
    chart.mkdir(parents=True)
    (chart / "Chart.yaml").write_text("{apiVersion: v1, name: shop, version: 1.2.3}")
    pin = {"folder": "shop/chart", "module": "example.org/shop", "release": "v1.2.3", "version": "1.2.3"}
    pinned = {"shop": {**pin, "sha256": charts.digest(chart), "values": "shop.yaml"}}
    folder = tmp_path / "helm-fixtures"
    folder.mkdir()
    (folder / "charts.yaml").write_text(yaml.safe_dump({"charts": pinned}))
    monkeypatch.setattr(charts, "folder", lambda: folder)
    return chart
