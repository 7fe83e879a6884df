"""The pytest plugin: markers, options and fixtures; loaded by its entry point.

All processes of a run (pytest-xdist's workers too) share one cluster for each mesh and release of Flagger;
it is started by the first test that needs it and ended with the run, however the run ends.

pytest loads this in every run of an environment that has canarylab, so what only journeys need is imported by them;
without the extra ``[local]`` everything but the fixtures works.
"""

from __future__ import annotations

import importlib.util
import re
import shutil
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from canarylab import paths
from canarylab.errors import CanarylabError

if TYPE_CHECKING:
    from canarylab.clusters.cluster import Cluster
    from canarylab.flagger import Flagger
    from canarylab.journey import Application, Journey
    from canarylab.meshes import Mesh
    from canarylab.session import Shared
    from canarylab.stack import Stack

MARKERS = {
    "canary": "a journey: one rollout by the real Flagger on a real cluster",
    "exclusive": "a test that breaks what others would share, on a cluster of its own",
    "cluster(name)": "the rungs that this test runs on",
    "mesh(name)": "the mesh that this test needs, instead of the one chosen by --mesh",
}
RUNGS = ("local",)
_LOCAL = ("cryptography", "grpc", "pyroute2")  # what the extra [local] brings
_SHARED = pytest.StashKey["Shared"]()
_NOTES = pytest.StashKey[list[str]]()
_ROLLOUT = "canarylab.rollout"  # the name of a test's property in JUnit
_FAILED = pytest.StashKey[bool]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("canarylab")
    group.addoption("--cluster", default="local", choices=RUNGS, help="the rung to run on (default: local)")
    group.addoption("--mesh", default="istio", help="the mesh to run with: istio or none (default: istio)")
    group.addoption("--flagger", metavar="VERSION", help="another release of Flagger than the pinned one")
    group.addoption(
        "--images", action="append", default=[], metavar="FILE", help="image patterns of your own; repeatable"
    )
    group.addoption("--keep-cluster", action="store_true", help="leave the cluster to `canarylab down`")
    group.addoption("--canary-report", metavar="DIR", help="where artifacts of failed tests go")


def pytest_configure(config: pytest.Config) -> None:
    for name, meaning in MARKERS.items():
        config.addinivalue_line("markers", f"{name}: {meaning}")
    config.stash[_NOTES] = []
    handed_on = getattr(config, "workerinput", {}).get("canarylab")
    if handed_on:
        from canarylab.session import Address, Shared

        config.option.canary_report = handed_on["report"]
        config.stash[_SHARED] = Shared(Address(**handed_on["address"]), keep=handed_on["keep"])


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """pytest-xdist: tells a worker where the run's shared state lies."""
    config: pytest.Config = node.config
    if any(importlib.util.find_spec(name) is None for name in _LOCAL):
        return
    node.workerinput["canarylab"] = {
        "address": asdict(_shared(config).address),
        "keep": config.getoption("--keep-cluster"),
        "report": str(report_root(config)),
    }


def _shared(config: pytest.Config) -> Shared:
    """This process' view of the run; made here when the process is the run's controller."""
    if _SHARED not in config.stash:
        from canarylab.session import Run

        config.stash[_SHARED] = Run(keep=config.getoption("--keep-cluster"))
    return config.stash[_SHARED]


def report_root(config: pytest.Config) -> Path:
    """The folder of this run's artifacts; made when the first of them is written."""
    if not config.option.canary_report:
        config.option.canary_report = str(paths.state_dir() / "reports" / time.strftime("%Y%m%d-%H%M%S"))
    return Path(config.option.canary_report)


def pytest_report_header(config: pytest.Config) -> str:
    flagger = config.getoption("--flagger") or "the pinned release"
    rung, mesh = config.getoption("--cluster"), config.getoption("--mesh")
    return f"canarylab: rung {rung}, mesh {mesh}, Flagger {flagger}"


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Ends the run's clusters, after pytest-xdist's workers have ended; keeps their logs when a test failed."""
    run = session.config.stash.get(_SHARED, None)
    if run is None or not run.ours:
        return
    notes = session.config.stash[_NOTES]
    for key, known in run.stacks().items():
        notes += [f"[{key}] {line}" for line in known.get("describe", [])]
        if "describe" in known and session.testsfailed:
            logs = report_root(session.config) / "clusters" / known["cluster"]
            _copy_logs(known["cluster"], logs)
            notes.append(f"[{key}] a test failed; the cluster's logs: {logs}")
        if "describe" in known and session.config.getoption("--keep-cluster"):
            notes.append(f"[{key}] kept: canarylab down --name {known['cluster']}")
    run.end()


def _copy_logs(name: str, target: Path) -> None:
    """Logs only: the rest of a cluster's folder is credentials."""
    from canarylab.clusters.local import registry

    shutil.copytree(registry.find(name).files.logs, target, dirs_exist_ok=True, symlinks=True)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    lines = [*_rollouts(terminalreporter), *config.stash[_NOTES]]
    if lines:
        terminalreporter.section("canarylab")
        for line in lines:
            terminalreporter.line(line)


def _rollouts(terminalreporter: pytest.TerminalReporter) -> Iterator[str]:
    """What became of every revision that a test shipped."""
    for report in terminalreporter.stats.get("", []):
        if isinstance(report, pytest.TestReport) and report.when == "teardown":
            said = (value for name, value in report.user_properties if name == _ROLLOUT)
            yield from (f"{report.nodeid.rpartition('::')[2]}: {value}" for value in said)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Lets fixtures know at their teardown whether the test failed, and prints what explains a failed rollout."""
    report: pytest.TestReport = yield  # type: ignore[assignment]
    item.stash[_FAILED] = item.stash.get(_FAILED, False) or report.failed
    journey = getattr(item, "funcargs", {}).get("canary")
    if report.failed and report.when == "call" and journey is not None and hasattr(journey, "explain"):
        report.sections += _explained(journey, report.longreprtext)
    return report  # type: ignore[return-value]


def _explained(journey: Journey, text: str) -> list[tuple[str, str]]:
    """The parts of a dossier that are printed; it is written now if the failure came without one."""
    from canarylab.report import dossier

    folder = journey.explained or journey.explain(text)
    return [(f"{folder / name}", (folder / name).read_text().rstrip()) for name in dossier.PRINTED]


@pytest.fixture
def stack(request: pytest.FixtureRequest) -> Stack:
    """The cluster with its mesh and Flagger; started by the first test of the run that asks for it."""
    from canarylab.session import Wanted

    config = request.config
    marker = request.node.get_closest_marker("mesh")
    mesh = marker.args[0] if marker else config.getoption("--mesh")
    wanted = Wanted(mesh, config.getoption("--flagger"), tuple(config.getoption("--images")))
    try:
        return _shared(config).stack(wanted)
    except CanarylabError as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture
def cluster(stack: Stack) -> Cluster:
    """The running cluster: a kubeconfig, a client, kubectl."""
    return stack.cluster


@pytest.fixture
def mesh(stack: Stack) -> Mesh:
    """The mesh that runs in the cluster."""
    return stack.mesh


@pytest.fixture
def flagger(stack: Stack) -> Flagger:
    """Flagger as it runs in the cluster: its release, its namespace, the provider that it was started with."""
    return stack.flagger


@pytest.fixture
def namespace(request: pytest.FixtureRequest, cluster: Cluster) -> Iterator[str]:
    """A namespace of the test's own; deleted afterwards, unless the test failed or --keep-cluster is given."""
    base = re.sub(r"[^a-z0-9]+", "-", request.node.name.lower().removeprefix("test_"))[:40].strip("-")
    name = f"{base}-{time.time_ns() // 1000 % 10**8:08d}"
    cluster.kubectl("create", "namespace", name)
    yield name
    if not request.node.stash.get(_FAILED, False) and not request.config.getoption("--keep-cluster"):
        cluster.kubectl("delete", "namespace", name, "--wait=false")


@pytest.fixture
def app(namespace: str) -> Application:
    """The application under test; override it in a conftest.py to test one of your own."""
    from canarylab.journey.application import podinfo

    return podinfo(namespace)


@pytest.fixture
def canary(request: pytest.FixtureRequest, stack: Stack, app: Application, report_dir: Path) -> Iterator[Journey]:
    """The application with its canary and users; ``ship`` brings it to the steady state, then ships a revision."""
    from canarylab.journey import Journey

    journey = Journey(stack, app, report_dir)
    yield journey
    journey.stop()
    request.node.user_properties += [(_ROLLOUT, outcome.summary) for outcome in journey.outcomes]


@pytest.fixture
def report_dir(request: pytest.FixtureRequest) -> Path:
    """Where this test may put artifacts: a folder of its own below --canary-report; made by whoever writes."""
    return report_root(request.config) / re.sub(r"[^A-Za-z0-9_.-]+", "-", request.node.nodeid)
