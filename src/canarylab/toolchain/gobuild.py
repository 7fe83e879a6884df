"""One ``go build`` of several programs into a folder, followed package by package.

``go list`` first says which packages are to be compiled and which program needs which; ``go build -v`` then
names each package as it starts on it, and a program is done when its file is there.
"""

from __future__ import annotations

import queue
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Protocol

from canarylab.toolchain import gofaults, group
from canarylab.toolchain.golang import Go
from canarylab.toolchain.progress import Progress, Step

_TICK_SECONDS = 0.5
_FORMAT = '{{.ImportPath}}\t{{.Stale}}\t{{join .Imports " "}}'


class Watcher(Protocol):
    """Makes of a go command's lines what it is doing."""

    def line(self, line: str) -> None: ...
    def step(self) -> Step: ...


@dataclass
class Downloads:
    """Counts the modules that go says it downloads."""

    started: float
    count: int = 0
    last: str = ""

    def line(self, line: str) -> None:
        if line.startswith("go: downloading "):
            self.count += 1
            self.last = line.removeprefix("go: downloading ")

    def step(self) -> Step:
        elapsed = time.monotonic() - self.started
        if not self.count:
            return Step("reading the module graph", elapsed=elapsed)
        return Step("downloading", f"{self.count} modules so far, now {self.last}", elapsed=elapsed)


@dataclass
class Shell:
    """Runs go commands: where, with which environment, and into which log."""

    go: Go
    environ: Mapping[str, str]
    folder: Path
    scratch: Path
    log: Path
    progress: Progress
    started: float = field(default_factory=time.monotonic)

    def elapsed(self) -> float:
        return time.monotonic() - self.started

    def run(self, arguments: Sequence[str]) -> str:
        """Runs ``go arguments`` and returns its standard output, telling of downloads as they come."""
        return self.follow(arguments, Downloads(self.started))

    def follow(self, arguments: Sequence[str], watcher: Watcher) -> str:
        """Runs ``go arguments``; each line of standard error goes to the watcher and the log."""
        lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        errors: list[str] = []
        output: list[str] = []
        with group.led() as led, self._started(arguments, led) as process:
            try:
                readers = _read(process, lines, output)
                self._watch(lines, watcher, errors)
                for reader in readers:
                    reader.join()
            except BaseException:
                group.end(led)  # all of it: a compiler that lives on would keep the pipes open
                raise
        if process.returncode:
            errors += "".join(output).splitlines()
        self._keep(arguments, errors)
        if process.returncode:
            raise gofaults.explain("\n".join(errors), self.log)
        return "".join(output)

    def _started(self, arguments: Sequence[str], led: int) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [str(self.go.path), *arguments],
            cwd=self.folder,
            env={**self.environ, "GOTMPDIR": str(self.scratch)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            process_group=led,
        )

    def _watch(self, lines: queue.SimpleQueue[str | None], watcher: Watcher, errors: list[str]) -> None:
        while True:
            try:
                line = lines.get(timeout=_TICK_SECONDS)
            except queue.Empty:
                self.progress(watcher.step())
                continue
            if line is None:
                return
            errors.append(line)
            watcher.line(line)
            if lines.empty():
                self.progress(watcher.step())

    def _keep(self, arguments: Sequence[str], errors: list[str]) -> None:
        try:
            with self.log.open("a") as log:
                log.write(f"$ go {' '.join(arguments)}\n" + "".join(f"{line}\n" for line in errors))
        except OSError:
            return


def _read(
    process: subprocess.Popen[str], lines: queue.SimpleQueue[str | None], output: list[str]
) -> list[threading.Thread]:
    def errors(stream: IO[str]) -> None:
        for line in stream:
            lines.put(line.rstrip("\n"))
        lines.put(None)

    def answers(stream: IO[str]) -> None:
        output.extend(stream)

    pairs = ((errors, process.stderr), (answers, process.stdout))
    readers = [threading.Thread(target=read, args=(stream,), daemon=True) for read, stream in pairs]
    for reader in readers:
        reader.start()
    return readers


@dataclass(frozen=True)
class Plan:
    """Which packages are to be compiled, and of which program each is (the first that needs it)."""

    stale: frozenset[str]
    program_of: Mapping[str, str]


def plan(listing: str, mains: Mapping[str, str]) -> Plan:
    """Reads what ``go list -deps`` told. ``mains`` maps a main package to its program, the first asked first."""
    imports: dict[str, list[str]] = {}
    stale: set[str] = set()
    for line in listing.splitlines():
        package, is_stale, imported = line.split("\t")
        imports[package] = imported.split()
        if is_stale == "true":
            stale.add(package)
    program_of: dict[str, str] = {}
    for main, program in mains.items():
        todo = [main]
        while todo:
            package = todo.pop()
            if package in program_of or package not in imports:
                continue
            program_of[package] = program
            todo += imports[package]
    return Plan(frozenset(stale), program_of)


@dataclass
class Packages:
    """Counts the packages that go starts on, and names the program that each is for."""

    plan: Plan
    outputs: Mapping[str, Path]
    started: float
    seen: set[str] = field(default_factory=set)
    last: str = ""

    def line(self, line: str) -> None:
        if line in self.plan.program_of:
            self.seen.add(line)
            self.last = line

    def step(self) -> Step:
        ready = [name for name, path in self.outputs.items() if path.exists()]
        now = self.plan.program_of.get(self.last, "")
        text = f"{now} ({self.last})" if now else ""
        if ready:
            text += f"; ready: {', '.join(ready)}"
        total = max(len(self.plan.stale), len(self.seen))
        return Step("building", text, len(self.seen), total, time.monotonic() - self.started)


def build(shell: Shell, flags: Sequence[str], packages: Mapping[str, str], target: Path) -> None:
    """Builds main packages (package -> the file that go makes of it) into ``target``."""
    names = list(packages)
    listing = shell.run(["list", "-deps", f"-f={_FORMAT}", *flags, *names])
    mains = {_import_path(name, listing): file for name, file in packages.items()}
    outputs = {file: target / file for file in packages.values()}
    watcher = Packages(plan(listing, mains), outputs, shell.started)
    shell.follow(["build", "-v", *flags, f"-o={target}/", *names], watcher)


def _import_path(name: str, listing: str) -> str:
    """The import path of a package that was asked for by a relative one."""
    if not name.startswith("./"):
        return name
    ending = name.removeprefix(".")
    paths = (line.split("\t", 1)[0] for line in listing.splitlines())
    return next((path for path in paths if path.endswith(ending)), name)
