"""critest, the conformance suite of the container runtime interface: built from its Go module, and run.

It is no program of the toolchain: only this test needs it. Its module file (toolchain/critest) pins it by version
and checksum; what is built is kept in the cache under a key of that file, its checksums and the compiler.
"""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

from filelock import FileLock

from canarylab import paths
from canarylab.toolchain import golang
from canarylab.toolchain.golang import Go
from canarylab.toolchain.versions import read_pins

MODULE = "sigs.k8s.io/cri-tools"
PACKAGE = f"{MODULE}/cmd/critest"
BUILD_BOUND = 20 * 60.0  # seconds; 70 s on two cores with an empty cache
RUN_BOUND = 15 * 60.0  # two minutes are usual
# One case after the other in a fixed order, so that two runs can be compared.
_GINKGO = ("-ginkgo.no-color", "-ginkgo.randomize-all=false", "-ginkgo.seed=1")


class Unavailable(Exception):
    """There is no Go to build the suite with."""


def source() -> Path:
    return paths.toolchain_source() / "critest"


def version() -> str:
    """The version of cri-tools that is pinned."""
    return read_pins(source() / "go.mod").version(MODULE)


def program() -> Path:
    """The suite's program, built at the first call."""
    least = read_pins(source() / "go.mod").go
    go = golang.find(paths.cache_dir(), least)
    if go is None:
        raise Unavailable(f"critest is built with Go {least} or newer, and {golang.told_old(golang.on_path())}")
    target = paths.cache_dir() / "critest" / _key(go) / "critest"
    target.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(target.with_suffix(".lock")):
        if not target.exists():
            _build(go, target)
    return target


def _key(go: Go) -> str:
    texts = [(source() / name).read_text() for name in ("go.mod", "go.sum")]
    return f"{version()}-{hashlib.sha256(''.join([*texts, go.version]).encode()).hexdigest()[:12]}"


def _build(go: Go, target: Path) -> None:
    scratch = target.with_suffix(".new")
    flags = ["-mod=readonly", "-trimpath", "-buildvcs=false", "-ldflags=-s -w"]
    built = subprocess.run(
        [str(go.path), "test", "-c", *flags, f"-o={scratch}", PACKAGE],
        cwd=source(),
        env=go.environ(paths.cache_dir()),
        capture_output=True,
        text=True,
        check=False,
        timeout=BUILD_BOUND,
    )
    assert built.returncode == 0, f"critest cannot be built:\n{built.stderr[-4000:]}"
    scratch.rename(target)


def run(enter: list[str], folder: Path, *options: str) -> Path:
    """Runs the suite behind the command ``enter``; its report. A failing case is no error here."""
    report = folder / "report.json"
    reports = [f"-ginkgo.json-report={report}", f"-ginkgo.junit-report={folder / 'junit.xml'}"]
    with (folder / "critest.log").open("wb") as log:
        subprocess.run(
            [*enter, str(program()), *_GINKGO, *reports, *options],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            check=False,
            timeout=RUN_BOUND,
        )
    assert report.exists(), f"critest wrote no report:\n{(folder / 'critest.log').read_text()[-4000:]}"
    return report
