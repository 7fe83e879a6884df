"""What is written lints, is formatted, and gives the application; what the user has is used as it is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shop import CANARY, DEPLOYMENT, TEMPLATE
from shop import write as manifest

from canarylab.journey import Application
from canarylab.model.canary import Canary
from canarylab.scenario import load
from canarylab.starter import advice, project
from canarylab.starter.project import Project
from canarylab.starter.wish import Wish
from canarylab.starter.write import write

RULES = "E,F,W,I,UP,B,SIM,RUF,PL,PT,C4,RET,ARG,S,N,BLE,ANN"


def made(root: Path, **wish: Any) -> Project:
    found = project.make(root, Wish(**wish))
    write(root, found.texts, force=True)
    return found


def shop(root: Path, **wish: Any) -> Project:
    files = manifest(root / "k8s" / "web.yaml", DEPLOYMENT, TEMPLATE), manifest(root / "k8s" / "canary.yaml", CANARY)
    return made(root, manifests=files[:1], canary=files[1], container="web", command="sh run.sh", **wish)


def ruff(root: Path, *arguments: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "ruff", *arguments, "--isolated", "."],
        cwd=root, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout


def test_the_files_pass_ruff_as_a_repository_without_settings_has_it(tmp_path: Path) -> None:
    made(tmp_path, name="greeter", command="sh run.sh", pod=r'"pod": "([\w.-]+)"')
    ruff(tmp_path, "check", f"--select={RULES}")
    ruff(tmp_path, "format", "--check")
    ruff(tmp_path, "format", "--check", "--line-length=120")


@pytest.mark.parametrize("name", ["on", "no", "y", "null"])
def test_a_name_that_yaml_takes_for_something_else_is_a_name(tmp_path: Path, name: str) -> None:
    found = made(tmp_path, name=name, command="sh run.sh")
    assert found.application.target["metadata"]["name"] == name
    assert Canary.parse(found.application.canary).target == name
    assert load.file(tmp_path / "scenarios" / f"{name}.yaml")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(
    st.from_regex(r"[a-z]([a-z0-9-]{0,20}[a-z0-9])?", fullmatch=True),
    st.integers(1, 65535),
    st.sampled_from(["", "from ([a-z0-9-]+)", r'"pod": "([^"]*)"', "it's ([a-z]+)", r"\${x}([\w.-]+)$"]),
    st.sampled_from(["/", "/a?b=${c}", "/a b", "/#x: y", "/'\"{}"]),
)
def test_whatever_is_answered_the_scenario_lints_and_the_python_reads_the_same(
    tmp_path: Path, name: str, port: int, pod: str, path: str
) -> None:
    root = tmp_path / name
    found = made(root, name=name, port=port, pod=pod, path=path, command="sh run.sh")
    given_ = load.file(root / found.scenario).scenario.given
    assert given_.users is not None
    assert (given_.users[0].path, given_.users[0].pod) == (path, pod)
    conftest: dict[str, Any] = {"__file__": str(root / "tests" / "canary" / "conftest.py")}
    exec((root / "tests/canary/conftest.py").read_text(), conftest)  # noqa: S102 - our own
    app = Application.read(conftest["FILES"], "test-1", container=name, crowds=[conftest["USERS"]])
    assert (app.crowds[0].path, app.crowds[0].told) == (path, bool(pod))
    assert (Canary.parse(app.canary).port, app.target["metadata"]["name"]) == (port, name)


def test_manifests_that_are_there_are_named_and_not_written(tmp_path: Path) -> None:
    found = shop(tmp_path)
    assert not any(name.startswith("deploy/") for name in found.texts)
    scenario = yaml.safe_load((tmp_path / "scenarios" / "web.yaml").read_text())
    assert scenario["given"]["manifests"] == ["../k8s/web.yaml", "../k8s/canary.yaml"]
    assert (scenario["values"], scenario["given"]["container"]) == ({"tag": "1.10"}, "web")
    assert load.file(tmp_path / "scenarios" / "web.yaml").scenario.given.container == "web"


def test_they_are_moved_to_the_namespace_of_the_test(tmp_path: Path) -> None:
    app = shop(tmp_path).application
    places = [one["metadata"]["namespace"] for one in (app.canary, *app.objects)]
    assert places == ["namespace"] * 3
    analysis = app.canary["spec"]["analysis"]
    assert analysis["metrics"][0]["templateRef"] == {"name": "orders", "namespace": "namespace"}
    assert analysis["webhooks"][0]["url"] == "http://flagger-loadtester.shop/"


def test_a_deployment_without_a_canary_gets_one_and_the_other_way_round(tmp_path: Path) -> None:
    file = manifest(tmp_path / "web.yaml", DEPLOYMENT)
    assert set(made(tmp_path, manifests=(file,), command="sh x").texts) >= {"deploy/canary.yaml"}
    alone = {**CANARY, "spec": {**CANARY["spec"], "analysis": {"stepWeight": 50}}}
    other = made(tmp_path, canary=manifest(tmp_path / "canary.yaml", alone), command="sh x")
    assert "deploy/web.yaml" in other.texts
    assert "deploy/canary.yaml" not in other.texts
    assert other.application.target["spec"]["template"]["spec"]["containers"][0]["ports"][0]["containerPort"] == 9000


def test_what_the_local_rung_does_not_know_is_told(tmp_path: Path) -> None:
    told = "\n".join(advice.notes(shop(tmp_path)))
    assert "a promotion takes 9 ticks of 60 s: 540 s; lay other values over it" in told
    assert "without --pod nothing is claimed about how users were split" in told
    assert "the webhook load asks flagger-loadtester.shop, which the local rung has not" in told
    assert "registry.example.com:5000/shop/web:1.10 have to be there" in told


def test_a_sidecar_needs_an_entry_as_well(tmp_path: Path) -> None:
    file = manifest(tmp_path / "web.yaml", DEPLOYMENT)
    told = "\n".join(advice.notes(made(tmp_path, manifests=(file,), command="sh x")))
    assert "the container web needs an entry for registry.example.com:5000/shop/web:1.9 in fixtures/images.yaml" in told


def test_the_commands_begin_in_the_projects_folder(tmp_path: Path) -> None:
    found = made(tmp_path, name="web", command="sh x")
    assert advice.steps(found, ".")[0] == "canarylab plan deploy/web.yaml deploy/canary.yaml"
    assert advice.steps(found, "a b")[0] == "cd 'a b'"
    assert advice.steps(found, ".")[-1] == "pytest tests/canary --images fixtures/images.yaml"
