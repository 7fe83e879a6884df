"""One run of a scenario as an item of pytest: its cluster, its namespace, its markers; failures without a traceback."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import pytest

from canarylab.errors import CanarylabError
from canarylab.gitops import flux
from canarylab.journey import cases, users
from canarylab.kube import idle
from canarylab.observe.record import Record
from canarylab.report.store import Store
from canarylab.scenario import space
from canarylab.scenario.load import File
from canarylab.scenario.result import Result, Status
from canarylab.scenario.runner import Prepared, Run, again, prepare
from canarylab.session import Wanted
from canarylab.stack import Stack

MARKER = "scenario"
RESULT = "canarylab.scenario"  # the name of an item's property: its result as JSON
EXIT = "canarylab.exit"  # and that of the exit code that its failure stands for
KEPT = "canarylab.kept"  # and that of how to see what was kept of it
NONE, ON_FAILURE, ALL = "none", "failed", "all"
KEEP = (NONE, ON_FAILURE, ALL)


@dataclass(frozen=True)
class Settings:
    """What the plugin's options come to. ``mesh`` is empty if none was asked for."""

    stack: Callable[[Wanted], Stack]
    done: Callable[[Wanted], None]
    root: Path
    rung: str = "local"
    mesh: str = ""
    flagger: str | None = None
    kubernetes: str | None = None
    images: tuple[str, ...] = ()
    keep: str = NONE
    repeat: int = 1
    given: tuple[str, ...] = ()
    pause: Callable[[str], None] | None = None
    outlives: bool = False


class Failed(Exception):
    """Carries a result to where pytest shows it."""

    def __init__(self, result: Result) -> None:
        super().__init__(str(result))
        self.result = result


class ScenarioItem(pytest.Item):
    """One run of a scenario."""

    def __init__(self, *, file: File, settings: Settings, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.settings, self.file = settings, file
        self.stack: Stack | None = None
        self.prepared: Prepared | None = None
        self.failed = False
        for name in (MARKER, *(["exclusive"] if file.scenario.exclusive else []), *file.scenario.markers):
            self._mark(name)

    def _mark(self, name: str) -> None:
        """A marker; a scenario's own words are known to pytest from here on."""
        if not any(line.split(":")[0].strip() == name for line in self.config.getini("markers")):
            self.config.addinivalue_line("markers", f"{name}: of a scenario file")
        self.add_marker(name)

    @property
    def wanted(self) -> Wanted:
        """The stack that it needs."""
        own = self.name if self.file.scenario.exclusive else ""
        settings = self.settings
        return Wanted(self._mesh(), settings.flagger, settings.images, own, settings.kubernetes)

    def _mesh(self) -> str:
        meshes = self.file.scenario.meshes
        return self.settings.mesh or (meshes[0] if meshes and "istio" not in meshes else "istio")

    def setup(self) -> None:
        """The cluster and the namespace, so that the time of the call is the scenario's alone."""
        try:
            self.prepared = prepare(self.file, space.name(self.name), self._mesh())
            if why := self._unfit(self.prepared):
                pytest.skip(why)
            self.stack = self.settings.stack(self.wanted)
            app, where = self.prepared.application, self.prepared.namespace
            if why := self.stack.cluster.unfit(users.everything(app), where):
                self.stack = None
                pytest.skip(why)
            git = self.prepared.scenario.given.git
            if git and (why := flux.unfit(self.stack.cluster, git.settings(), where)):
                self.stack = None
                pytest.skip(why)
            space.create(self.stack.cluster, self.prepared.namespace)
        except CanarylabError as error:
            self._fail(error)

    def _unfit(self, prepared: Prepared) -> str:
        """Why it cannot run here, known before anything is started; empty if it can."""
        meshes = self.file.scenario.meshes
        if meshes and self._mesh() not in meshes:
            return f"it is about {', '.join(meshes)}"
        return prepared.unfit(self.settings.rung, self._mesh())

    def _fail(self, error: CanarylabError) -> NoReturn:
        """Fails with the error's own lines, and nothing before them."""
        self.failed = True
        self.user_properties.append((EXIT, error.exit_code))
        raise pytest.fail.Exception(str(error), pytrace=False) from None

    def runtest(self) -> None:
        assert self.prepared is not None  # noqa: S101 - by setup
        assert self.stack is not None  # noqa: S101 - by setup
        kept = Store(self.settings.root, self.nodeid)
        folder = self.settings.root / "scenarios" / self.name
        run = Run(self.prepared, self.stack, folder, Record(file=kept.record), self._pause)
        kept.begin(self.prepared.namespace, run.journey.canary.name, again(self.file))
        failure, note = "it was broken off", ""
        try:
            result = run.run()
            failure = str(result) if result.status is Status.FAILED else ""
            note = result.reason if result.applies else ""
            self._tell(result)
        except CanarylabError as error:
            failure = str(error)
            self._fail(error)
        finally:
            images, command = tuple(map(Path, self.settings.images)), again(self.file)
            told = cases.of(run.journey, self.nodeid, failure=failure, reproduce=command, images=images, note=note)
            kept.keep(told)
            run.close()

    def _tell(self, result: Result) -> None:
        self.user_properties.append((RESULT, json.dumps(result.facts())))
        if result.status is Status.FAILED:
            self.failed = True
            self.user_properties.append((EXIT, 1))
            raise Failed(result)
        if result.status is Status.KNOWN:
            pytest.xfail(result.reason)

    def _pause(self, result: Result) -> None:
        if self.settings.pause is None or self.stack is None:
            return
        kubeconfig = f"export KUBECONFIG={self.stack.cluster.kubeconfig}"
        self.settings.pause(f"{result}\n\n{kubeconfig}\n{attached(self.stack, result.namespace)}\n")

    def teardown(self) -> None:
        """The namespace goes, unless it is to be kept; so does a cluster of its own."""
        if self.stack is None or self.prepared is None:
            return
        keeps = self.settings.keep == ALL or (self.settings.keep == ON_FAILURE and self.failed)
        if keeps:
            self.user_properties.append((KEPT, f"{self.name}: {attached(self.stack, self.prepared.namespace)}"))
            return
        if self.file.scenario.exclusive:
            self.settings.done(self.wanted)
        else:
            self._end_namespace(self.stack, self.prepared.namespace)

    def _end_namespace(self, stack: Stack, name: str) -> None:
        """Where the cluster ends with the run, only what runs in it is ended; elsewhere it goes, and is waited for."""
        try:
            if not self.settings.outlives:
                idle.stop(stack.cluster.api_client(), name)
                return
            space.delete(stack.cluster, name)
            space.await_gone(stack.cluster, name)
        except CanarylabError as error:
            self._fail(error)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """A result in its own words; only what is our own mistake has a traceback."""
        if isinstance(excinfo.value, Failed):
            return str(excinfo.value.result)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, 0, f"{self.name}: {self.file.scenario.title}"


def attached(stack: Stack, namespace: str) -> str:
    """The line that shows what was kept."""
    return f"canarylab watch {stack.cluster.found_by} -n {namespace}"
