"""The table of Kubernetes' conformance cases: it knows every case, its tests are there, and the docs show it."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
import yaml

from canarylab import paths
from canarylab.toolchain import golang
from canarylab.toolchain.spec import KUBERNETES
from canarylab.toolchain.versions import read_pins

HERE = Path(__file__).resolve().parent
PAGE = (HERE.parents[1] / "docs" / "conformance.md").read_text()
GROUPS = ("[sig-node]", "[sig-storage]", "[sig-network]")


@dataclass(frozen=True)
class Entry:
    """Conformance cases by a pattern, and what proves them here or why nothing does."""

    cases: str
    tests: tuple[str, ...] = ()
    why: str = ""

    def fits(self, case: str) -> bool:
        pattern = self.cases.replace("[", "?").replace("]", "?").replace("*not*", "?not?")
        return fnmatchcase(case, pattern)

    def row(self) -> str:
        proven = "<br>".join(f"`{test}`" for test in self.tests)
        return f"| {self.cases.replace('*', '…')} | {proven or f'left out: {self.why}'} |"


ENTRIES = [
    Entry(entry["cases"], tuple(entry.get("tests", ())), entry.get("why", ""))
    for entry in yaml.safe_load((HERE / "conformance.yaml").read_text())
]


def version() -> str:
    return read_pins(paths.toolchain_source() / "go.mod").version(KUBERNETES)


def of_kubernetes() -> Iterator[str]:
    """The cases that Kubernetes lists, without their marks; skips the test where its module is not here."""
    go = golang.on_path()
    if go is None:
        pytest.skip("there is no Go to ask where modules are")
    environ = go.environ(paths.cache_dir())
    asked = [str(go.path), "env", "GOMODCACHE"]
    cache = subprocess.run(asked, capture_output=True, text=True, check=True, env=environ, timeout=60).stdout.strip()
    file = Path(cache) / f"{KUBERNETES}@{version()}" / "test/conformance/testdata/conformance.yaml"
    if not file.exists():
        pytest.skip(f"the module is not here: {file}")
    for case in yaml.load(file.read_text(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # noqa: S506
        name = re.sub(r" \[(NodeConformance|Conformance)\]", "", case["codename"])
        if name.startswith(GROUPS):
            yield name


def test_every_case_is_in_the_table_and_every_entry_fits_one() -> None:
    found = {case: next((e for e in ENTRIES if e.fits(case)), None) for case in of_kubernetes()}
    assert [case for case, entry in found.items() if entry is None] == []
    assert [entry.cases for entry in ENTRIES if entry not in found.values()] == []
    proven = sum(bool(entry and entry.tests) for entry in found.values())
    assert f"{len(found)} cases, {proven} of them proven, {len(found) - proven} left out" in PAGE


def test_an_entry_has_tests_that_are_there_or_a_reason() -> None:
    for entry in ENTRIES:
        assert bool(entry.tests) != bool(entry.why), entry.cases
        for test in entry.tests:
            file, _, name = test.partition("::")
            assert f"def {name}(" in (HERE.parent / file).read_text(), test


def test_the_docs_show_the_table() -> None:
    assert f"Kubernetes {version()}" in PAGE
    assert "\n".join(["| cases | here |", "|---|---|", *(entry.row() for entry in ENTRIES)]) in PAGE
