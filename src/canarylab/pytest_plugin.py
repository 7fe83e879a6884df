"""The pytest plugin: markers, options and fixtures; loaded by its entry point.

All processes of a run (pytest-xdist's workers too) share one cluster for each mesh and release of Flagger;
it is started by the first test that needs it and ended with the run, however the run ends.

pytest loads this in every run of an environment that has canarylab, so what only journeys need is imported by them;
without the extra ``[local]`` everything but the fixtures works.
"""

from __future__ import annotations

import importlib.util
import re
import shlex
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from canarylab import paths, pytest_providers, pytest_rungs, pytest_shards, pytest_versions
from canarylab.errors import CanarylabError
from canarylab.pytest_noted import properties
from canarylab.scenario.plugin import Scenarios

if TYPE_CHECKING:
    from canarylab.clusters.cluster import Cluster
    from canarylab.faults import Applied, Fault
    from canarylab.flagger import Flagger
    from canarylab.journey import Application, Journey
    from canarylab.meshes import Mesh
    from canarylab.session import Shared, Wanted
    from canarylab.stack import Stack

MARKERS = {
    "canary": "a journey: one rollout by the real Flagger on a real cluster",
    "exclusive": "a test that breaks what others would share, on a cluster of its own",
    "scenario": "a scenario file",
    "cluster(name)": "the rungs that this test runs on",
    "versions": "a rollout on a release of Kubernetes and one of Flagger, in a cluster of its own",
    "matrix": "a rollout by a provider of Flagger's; a run with --mesh takes it for a journey",
    "mesh(name)": "the mesh that this test needs, instead of the one chosen by --mesh",
}
_LOCAL = ("cryptography", "grpc", "pyroute2")  # what the extra [local] brings
_SHARED = pytest.StashKey["Shared"]()
_NOTES = pytest.StashKey[list[str]]()
ROLLOUT = "canarylab.rollout"  # the name of a test's property in JUnit
_FAILED = pytest.StashKey[bool]()
_FAILURE = pytest.StashKey[str]()  # what failed a test, in pytest's words
_ASKED = pytest.StashKey[bool]()  # whether --canary-report was given


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("canarylab")
    pytest_rungs.options(group)
    pytest_shards.options(group)
    pytest_versions.options(group)
    group.addoption(
        "--mesh", default="", help="the mesh to run with: istio (the default), none, a provider, several, or all"
    )
    group.addoption("--real-only", action="store_true", help="no provider whose API is served by translation")
    group.addoption("--flagger", metavar="VERSION", help="another release of Flagger than the pinned one")
    group.addoption(
        "--images", action="append", default=[], metavar="FILE", help="image patterns of your own; repeatable"
    )
    group.addoption(
        "--pull", action="append_const", dest="images", const=str(paths.every_image()),
        help="pull images that no pattern stands for, of their registries",
    )  # fmt: skip
    group.addoption("--keep-cluster", action="store_true", help="leave the cluster to `canarylab down`")
    group.addoption(
        "--keep", default="none", choices=("none", "failed", "all"), help="scenarios whose namespace and cluster stay"
    )
    group.addoption("--attach", metavar="NAME", help="run on a cluster that is there, and leave it as it is")
    group.addoption(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="a value of scenario files; repeatable"
    )
    group.addoption("--repeat", default=1, type=int, metavar="N", help="run each scenario so many times")
    group.addoption("--pause-on-failure", action="store_true", help="wait for Enter where a scenario has failed")
    group.addoption("--canary-report", metavar="DIR", help="where the report goes")
    group.addoption("--record", metavar="DIR", help="where a recording of each rollout goes")


def pytest_configure(config: pytest.Config) -> None:
    for name, meaning in MARKERS.items():
        config.addinivalue_line("markers", f"{name}: {meaning}")
    config.stash[_NOTES] = [] if hasattr(config, "workerinput") else list(_reverted())
    config.pluginmanager.register(pytest_rungs.Rungs(config), "canarylab-rungs")
    pytest_shards.register(config)
    config.stash[_ASKED] = bool(config.option.canary_report)
    handed_on = getattr(config, "workerinput", {}).get("canarylab")
    if handed_on:
        from canarylab.session import Address, Shared

        config.option.canary_report = handed_on["report"]
        pytest_rungs.take(config, handed_on["joined"])
        config.stash[_SHARED] = Shared(
            Address(**handed_on["address"]), keep=handed_on["keep"], rung=pytest_rungs.rung(config)
        )
    ways = partial(_stack, config), lambda wanted: _shared(config).done(wanted), partial(report_root, config)
    config.pluginmanager.register(Scenarios(config, *ways), "canarylab-scenarios")


def _reverted() -> Iterator[str]:
    """Undoes the faults of runners that were killed; a line about each."""
    if any(paths.faults_dir().glob("[!.]*.json")):
        from canarylab.faults import revert

        yield from revert.abandoned()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """pytest-xdist: tells a worker where the run's shared state lies."""
    config: pytest.Config = node.config
    if config.getoption("--cluster") == pytest_rungs.LOCAL and any(map(_missing, _LOCAL)):
        return
    node.workerinput["canarylab"] = {
        "address": asdict(_shared(config).address),
        "keep": _keeps(config),
        "joined": pytest_rungs.joined_by(config),
        "report": str(report_root(config)),
    }


def _missing(name: str) -> bool:
    return importlib.util.find_spec(name) is None


def _shared(config: pytest.Config) -> Shared:
    """This process' view of the run; made here when the process is the run's controller."""
    if _SHARED not in config.stash:
        from canarylab.session import Run

        config.stash[_SHARED] = Run(keep=_keeps(config), rung=pytest_rungs.rung(config))
    return config.stash[_SHARED]


def _keeps(config: pytest.Config) -> bool:
    """Whether the run's clusters may outlive it."""
    return bool(config.getoption("--keep-cluster")) or config.getoption("--keep") != "none"


def _stack(config: pytest.Config, wanted: Wanted) -> Stack:
    """The stack that a test needs: of this run, or the one that the run is attached to."""
    name = config.getoption("--attach")
    if name and not wanted.own:
        if config.getoption("--cluster") == pytest_rungs.KIND:
            return _shared(config).rung.attach(name, wanted)
        from canarylab import stack

        return stack.attach(
            name, mesh=wanted.mesh, flagger_version=wanted.flagger, kubernetes_version=wanted.kubernetes
        )
    return _shared(config).stack(wanted)


@contextmanager
def alone(config: pytest.Config, wanted: Wanted) -> Iterator[Stack]:
    """A stack that no other test shares, for the length of a ``with`` block; ``wanted`` has its ``own`` name."""
    try:
        yield _stack(config, wanted)
    finally:
        _shared(config).done(wanted)


def report_root(config: pytest.Config) -> Path:
    """The folder of this run's artifacts; made when the first of them is written."""
    if not config.option.canary_report:
        config.option.canary_report = str(paths.reports_dir() / time.strftime("%Y%m%d-%H%M%S"))
    return Path(config.option.canary_report)


def pytest_report_header(config: pytest.Config) -> str:
    flagger, kubernetes = (config.getoption(name) or "the pinned release" for name in ("--flagger", "--kubernetes"))
    rung, mesh = config.getoption("--cluster"), config.getoption("--mesh") or "istio"
    return f"canarylab: rung {rung}, mesh {mesh}, Flagger {flagger}, Kubernetes {kubernetes}"


def pytest_sessionstart(session: pytest.Session) -> None:
    """A folder that an earlier run reported to gets the rollouts of this run alone."""
    root = report_root(session.config)
    if root.is_dir() and not hasattr(session.config, "workerinput"):
        from canarylab.report import store

        store.discard(root)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Reports, and ends the run's clusters, after pytest-xdist's workers."""
    try:
        if not hasattr(session.config, "workerinput"):
            _report(session)
    finally:
        _end(session)


def _end(session: pytest.Session) -> None:
    """Ends the run's clusters, unless they are to be kept; keeps their logs when a test failed."""
    run = session.config.stash.get(_SHARED, None)
    if run is None or not run.ours:
        return
    root, failed = report_root(session.config), bool(session.testsfailed)
    session.config.stash[_NOTES] += pytest_rungs.end(run, root, failed=failed, keep=_kept(session))


def _kept(session: pytest.Session) -> bool:
    """Whether the run's clusters stay, now that it is known whether a test failed."""
    config = session.config
    always = config.getoption("--keep-cluster") or config.getoption("--keep") == "all"
    return bool(always or (config.getoption("--keep") == "failed" and session.testsfailed))


def _report(session: pytest.Session) -> None:
    """Puts together what the workers kept; a run that is fine reports only where it is asked to."""
    root, config = report_root(session.config), session.config
    pytest_versions.keep(config, root)
    if root.is_dir():
        from canarylab.report import files

        command = _command(config)
        asked = config.stash[_ASKED] or bool(session.testsfailed)
        try:
            config.stash[_NOTES] += _recorded(root, config.getoption("--record"))
            page = files.of_run(root, "Canarylab", command, asked=asked)
            config.stash[_NOTES] += [f"report: {page}"] if page else []
        except CanarylabError as error:
            config.stash[_NOTES].append(f"report: could not be made: {error}")


def _recorded(root: Path, folder: str | None) -> Iterator[str]:
    """Records the run's rollouts where that is asked for; a line about each cast that is new or has changed."""
    if folder:
        from canarylab.record import of_run

        yield from (f"recorded: {path}" for path in of_run.write(root, Path(folder)))


def _command(config: pytest.Config) -> str:
    """The run's command line, as whoever began it wrote it: ``canarylab run`` calls pytest with more."""
    if Path(sys.argv[0]).name == "canarylab":
        return shlex.join(["canarylab", *sys.argv[1:]])
    return shlex.join(["pytest", *map(str, config.invocation_params.args)])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    root = report_root(config)
    matrix = [*pytest_providers.table(terminalreporter, root), *pytest_versions.table(config, root)]
    lines = [*_rollouts(terminalreporter), *matrix, *config.stash[_NOTES]]
    if lines:
        terminalreporter.section("canarylab")
        for line in lines:
            terminalreporter.line(line)


def _rollouts(terminalreporter: pytest.TerminalReporter) -> Iterator[str]:
    """What became of every revision that a test shipped."""
    for test, value in properties(terminalreporter, ROLLOUT):
        yield f"{test.rpartition('::')[2]}: {value}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Lets fixtures know at their teardown whether the test failed, and prints what explains a failed rollout."""
    report: pytest.TestReport = yield  # type: ignore[assignment]
    item.stash[_FAILED] = item.stash.get(_FAILED, False) or report.failed
    item.stash[_FAILURE] = item.stash.get(_FAILURE, "") or (report.longreprtext if report.failed else "")
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
    mesh = marker.args[0] if marker else config.getoption("--mesh") or "istio"
    option = config.getoption
    wanted = Wanted(mesh, option("--flagger"), tuple(option("--images")), kubernetes=option("--kubernetes"))
    try:
        return _stack(config, wanted)
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
    """A namespace of the test's own. What runs in it ends with the test, unless that failed or clusters are kept."""
    from canarylab.kube import idle
    from canarylab.scenario import space

    name = space.name(request.node.name.lower().removeprefix("test_"))
    space.create(cluster, name)
    yield name
    if not request.node.stash.get(_FAILED, False) and not request.config.getoption("--keep-cluster"):
        idle.stop(cluster.api_client(), name)


@pytest.fixture
def app(namespace: str, mesh: Mesh) -> Application:
    """The application under test, as the mesh plays it; override it in a conftest.py to test one of your own."""
    from canarylab.journey import played
    from canarylab.journey.application import podinfo

    return played.on(mesh.name, podinfo(namespace))


@pytest.fixture
def canary(request: pytest.FixtureRequest, stack: Stack, app: Application, report_dir: Path) -> Iterator[Journey]:
    """The application with its canary and users; ``ship`` brings it to the steady state, then ships a revision."""
    from canarylab.journey import Journey, cases
    from canarylab.observe.record import Record
    from canarylab.report.store import Store

    config, node = request.config, request.node
    kept, command = Store(report_root(config), node.nodeid), again(config, node.nodeid)
    journey = Journey(stack, app, report_dir, Record(file=kept.record))
    kept.begin(journey.canary.namespace, journey.canary.name, command)
    yield journey
    images = tuple(Path(file) for file in config.getoption("--images"))
    failure = node.stash.get(_FAILURE, "")
    try:
        kept.keep(cases.of(journey, node.nodeid, failure=failure, reproduce=command, images=images))
    finally:
        journey.stop()
    request.node.user_properties += [(ROLLOUT, outcome.summary) for outcome in journey.outcomes]


@pytest.fixture
def fault(canary: Journey) -> Iterator[Callable[[Fault], Applied]]:
    """Injects a fault into ``canary``; whatever has not been ended ends with the test, the last one first."""
    from canarylab import faults

    with ExitStack() as running:
        yield lambda one: running.enter_context(faults.inject(canary, one))


def again(config: pytest.Config, nodeid: str) -> str:
    """The command line that runs one test as this run did."""
    given = [(name, config.getoption(name)) for name in ("--mesh", "--flagger", "--kubernetes")]
    images = [("--images", file) for file in config.getoption("--images")]
    options = [f"{name}={value}" for name, value in (*pytest_rungs.given(config), *given, *images) if value]
    return shlex.join(["pytest", nodeid, *options])


@pytest.fixture
def report_dir(request: pytest.FixtureRequest) -> Path:
    """Where this test may put artifacts: a folder of its own below --canary-report; made by whoever writes."""
    return report_root(request.config) / re.sub(r"[^A-Za-z0-9_.-]+", "-", request.node.nodeid)
