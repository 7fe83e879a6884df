"""critest, the conformance suite of container runtimes, against ours: each case passes or stands in left_out.yaml."""

from __future__ import annotations

from pathlib import Path

import pytest

from canarylab.process import namespaces
from critest import results, runtime, suite
from critest.results import Case, LeftOut

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "conformance.md").read_text()


@pytest.fixture(scope="module")
def program() -> Path:
    try:
        return suite.program()
    except suite.Unavailable as reason:
        pytest.skip(str(reason))


@pytest.mark.parametrize("kind", ["many ids", "single id"])
def test_every_case_passes_or_is_left_out_for_a_reason(program: Path, tmp_path: Path, kind: str) -> None:
    if kind == "many ids" and not namespaces.is_root():
        pytest.skip("a node of an unprivileged user has a single id")
    entries = results.read_list(kind)
    with runtime.running(tmp_path, single_id=kind == "single id") as node:
        skipped = f"-ginkgo.skip={results.to_skip(entries)}"
        report = suite.run(node.enter(), tmp_path, f"-runtime-endpoint={runtime.ENDPOINT}", skipped)
    found = results.cases(report)
    differences = list(results.differences(found, entries))
    assert not differences, "\n".join([*differences, f"the whole log: {tmp_path}/critest.log"])
    assert results.counts(found, kind) in PAGE, f"docs/conformance.md lacks: {results.counts(found, kind)}"


def test_a_new_failure_a_new_pass_and_an_idle_entry_are_told() -> None:
    found = [Case("a works", "failed", "why"), Case("b works", "passed", ""), Case("c works", "skipped", "")]
    told = list(results.differences(found, [LeftOut("b", "no b"), LeftOut("c", "no c"), LeftOut("d", "no d")]))
    assert told == ["failed: a works\n  why", "passes, but is left out (no b): b works", "fits no case any more: d"]


def test_the_docs_name_the_version_and_show_the_list() -> None:
    assert f"cri-tools {suite.version()}" in PAGE
    assert results.table(results.read_list()) in PAGE
