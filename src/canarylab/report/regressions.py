"""What fails in one run that did not fail in the run before: as data, and as the text of an issue. Pure.

A test that is new and fails counts, and so does a cell of a matrix of which nothing is left: its job broke before any
test of it could.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from canarylab.report.markdown import block, cell
from canarylab.report.ran import Ran

_EXPLAINED = 10  # tests whose dossier is shown; an issue has room for 65,536 signs
_LISTED, _CELLS, _SIGNS = 100, 10, 300  # lines of a list, cells of a test, signs of a dossier's line
Runs = Mapping[tuple[str, str], Ran]


@dataclass(frozen=True)
class Regressions:
    """``new`` failed in this run alone; ``fixed`` in the one before alone; ``gone`` are cells without any test now.

    ``fresh`` are the places of those among ``new`` that were not in the run before.
    """

    new: tuple[Ran, ...]
    fixed: tuple[Ran, ...]
    gone: tuple[str, ...]
    fresh: frozenset[tuple[str, str]]
    ran: int

    @property
    def any(self) -> bool:
        return bool(self.new or self.gone)


def between(before: Runs, after: Runs) -> Regressions:
    """Compares two runs."""
    new = [one for place, one in sorted(after.items()) if one.failed and not _failed(before, place)]
    fixed = [one for place, one in sorted(before.items()) if one.failed and place in after and not after[place].failed]
    gone = sorted({one.cell for one in before.values()} - {one.cell for one in after.values()})
    fresh = frozenset(one.place for one in new if one.place not in before)
    return Regressions(tuple(new), tuple(fixed), tuple(gone), fresh, len(after))


def _failed(runs: Runs, place: tuple[str, str]) -> bool:
    return place in runs and runs[place].failed


def issue(found: Regressions, link: str = "") -> str:
    """An issue as Markdown: its first line is the title, the rest its text."""
    return "\n".join([f"# {title(found)}", "", *_body(found, link), ""])


def title(found: Regressions) -> str:
    """``2 tests fail newly: e2e.test_ab.test_split, ...``."""
    tests = list(_by_test(found.new))
    if not found.any:
        return "Nothing fails newly"
    told = [_counted(len(tests), "test fails newly", "tests fail newly")] if tests else []
    told += [_counted(len(found.gone), "part did not report", "parts did not report")] if found.gone else []
    named = f": {tests[0]}{', ...' if len(tests) > 1 else ''}" if tests else ""
    return f"{' and '.join(told)}{named}"


def _counted(count: int, one: str, several: str) -> str:
    return f"{count} {one if count == 1 else several}"


def _body(found: Regressions, link: str) -> Iterator[str]:
    yield f"Of {found.ran} tests in this run{f', {link}' if link else ''}, compared with the run before."
    tests = _by_test(found.new)
    if tests:
        yield from ("", "| test | where | before |", "|---|---|---|")
        listed = list(tests.items())[:_LISTED]
        yield from (f"| {cell(test)} | {_where(runs)} | {_before(found, runs)} |" for test, runs in listed)
    yield from _listed("These ran before and have no report now:", found.gone)
    for test, runs in list(tests.items())[:_EXPLAINED]:
        yield from _explained(test, runs)
    if len(tests) > _EXPLAINED:
        yield from ("", f"The dossiers of {len(tests) - _EXPLAINED} more are in the run's artifacts.")
    fixed = (f"{test} ({', '.join(filter(None, cells))})" for test, cells in _cells(found.fixed).items())
    yield from _listed("These failed before and pass now:", [one.removesuffix(" ()") for one in fixed])


def _by_test(runs: Iterable[Ran]) -> dict[str, list[Ran]]:
    found: dict[str, list[Ran]] = {}
    for one in runs:
        found.setdefault(one.test, []).append(one)
    return found


def _cells(runs: Iterable[Ran]) -> dict[str, list[str]]:
    return {test: [one.cell for one in each] for test, each in _by_test(runs).items()}


def _where(runs: list[Ran]) -> str:
    cells = [cell(one.cell) for one in runs if one.cell]
    more = f" and {len(cells) - _CELLS} more" if len(cells) > _CELLS else ""
    return f"{', '.join(cells[:_CELLS])}{more}" or "-"


def _before(found: Regressions, runs: list[Ran]) -> str:
    new = sum(one.place in found.fresh for one in runs)
    return "passed" if not new else "not there" if new == len(runs) else f"passed; not there in {new}"


def _explained(test: str, runs: list[Ran]) -> Iterator[str]:
    """The first cell's dossier, since the others seldom say anything else, and every version that they ran on."""
    first = runs[0]
    yield from ("", f"### {cell(test)}{f', in {cell(first.cell)}' if first.cell else ''}", "")
    yield from block("\n".join(line[:_SIGNS] for line in first.why) or "nothing is told of it")
    ground = dict.fromkeys(line for one in runs for line in one.ground)
    if ground:
        yield from ("", "<details><summary>What it ran on</summary>", "", *(f"- {cell(line)}" for line in ground))
        yield from ("", "</details>")


def _listed(head: str, lines: Iterable[str]) -> Iterator[str]:
    told = list(lines)
    if told:
        yield from ("", head, "", *(f"- {cell(one)}" for one in told[:_LISTED]))
    if len(told) > _LISTED:
        yield f"- and {len(told) - _LISTED} more"
