"""Applications of users: the tutorial as it is written, and manifests that are there already."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from canarylab import toolchain
from canarylab.toolchain.progress import silent

DOCS = Path(__file__).parent.parent / "docs"
PAGE = (DOCS / "own-application.md").read_text()
BOUND = 300.0

MANIFESTS = """
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: shop}
data: {PODINFO_UI_MESSAGE: welcome}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  progressDeadlineSeconds: 60
  strategy: {rollingUpdate: {maxUnavailable: 0, maxSurge: 1}}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: registry.example.com:5000/shop/web:1.9
        args: [--port=9898, --level=error]
        envFrom: [{configMapRef: {name: settings}}]
        readinessProbe: {httpGet: {path: /readyz, port: 9898}, periodSeconds: 1}
---
apiVersion: flagger.app/v1beta1
kind: MetricTemplate
metadata: {name: answers, namespace: shop}
spec:
  provider: {type: prometheus, address: "http://prometheus.istio-system:9090"}
  query: >-
    sum(rate(istio_requests_total{destination_workload_namespace="{{ namespace }}",destination_workload="{{ target }}"}
    [{{ interval }}]))
"""
CANARY = """
apiVersion: flagger.app/v1beta1
kind: Canary
metadata: {name: web, namespace: shop}
spec:
  targetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  progressDeadlineSeconds: 60
  service: {port: 80, targetPort: 9898}
  analysis:
    interval: 10s
    threshold: 2
    maxWeight: 50
    stepWeight: 25
    metrics:
    - {name: answers, templateRef: {name: answers, namespace: shop}, thresholdRange: {min: 1}, interval: 30s}
    webhooks:
    - name: load
      url: http://flagger-loadtester.test/
      timeout: 5s
      metadata: {cmd: "hey -z 15s -q 5 -c 1 http://web-canary.shop/"}
"""


def command(line: str, folder: Path) -> subprocess.Popen[str]:
    """A command of the docs, run in a folder by the Python of this run."""
    name, *arguments = shlex.split(line)
    words = [sys.executable, "-m", name, *arguments]
    return subprocess.Popen(words, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def output(running: subprocess.Popen[str]) -> str:
    """What it said; it has to end well."""
    try:
        said, _ = running.communicate(timeout=BOUND)
    finally:
        running.kill()
    assert running.returncode == 0, said
    return said


def block(language: str, holds: str) -> str:
    """A block of the page."""
    return next(one for one in re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL) if holds in one)


def tutorial() -> list[str]:
    """The tutorial's commands, in turn."""
    return re.findall(r"^    ((?:canarylab|pytest) .*)$", PAGE.partition("## Manifests")[0], re.MULTILINE)


def greeter(folder: Path) -> Path:
    """The tutorial's project as its first commands leave it."""
    folder.mkdir()
    shutil.copy(DOCS / "examples" / "greeter" / "greeter.py", folder)
    for line in tutorial()[:3]:
        output(command(line, folder))
    return folder


@pytest.mark.nightly
@pytest.mark.exclusive
def test_the_tutorial_goes_as_it_is_written(tmp_path: Path) -> None:
    first, later = greeter(tmp_path / "first"), greeter(tmp_path / "later")
    (later / "scenarios" / "bad-greeter.yaml").write_text(block("yaml", "FAIL_EVERY"))
    with (later / "tests" / "canary" / "test_greeter_rollout.py").open("a") as file:
        file.write("\n\n" + block("python", "assert_rolled_back"))
    run, test, everything = tutorial()[3:]
    running = [command(run, first), command(test, first), command(everything, later)]
    try:
        said = [output(one) for one in running]
    finally:
        for one in running:
            one.kill()
    assert [re.findall(r"\d+ passed", one)[-1:] for one in said] == [["1 passed"], ["1 passed"], ["4 passed"]]


@pytest.mark.nightly
@pytest.mark.exclusive
def test_manifests_that_are_there_are_used_as_they_are(tmp_path: Path) -> None:
    binary = toolchain.provision(silent, "").program("podinfo")
    (tmp_path / "k8s").mkdir()
    (tmp_path / "k8s" / "web.yaml").write_text(MANIFESTS)
    (tmp_path / "k8s" / "canary.yaml").write_text(CANARY)
    files = "--manifests k8s/web.yaml --canary k8s/canary.yaml"
    users = '--path /api/info --pod \'"hostname": "([^"]*)"\''
    output(command(f"canarylab init {files} {users} --binary {shlex.quote(str(binary))}", tmp_path))
    assert "2 passed" in output(command("pytest scenarios tests/canary --images fixtures/images.yaml -n 2", tmp_path))
    assert (tmp_path / "k8s" / "canary.yaml").read_text() == CANARY
