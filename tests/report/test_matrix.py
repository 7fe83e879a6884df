"""The table of a run over providers."""

from __future__ import annotations

from canarylab.report import matrix
from canarylab.report.matrix import Cell

CELLS = [
    Cell("linkerd", "translated", "promoted", 81, True, held=True),
    Cell("linkerd", "translated", "rolled-back", 62, False, held=False),
    Cell("istio", "real", "promoted", 80, True, held=True),
    Cell("istio", "real", "ab", 70, True, held=True),
]


def test_a_row_tells_what_a_provider_has_shown_and_the_longest_of_its_rollouts() -> None:
    assert matrix.text(CELLS) == [
        "provider  data plane  promoted  ab   rolled-back  seconds  gap-free",
        "istio     real        yes       yes  -            80       yes",
        "linkerd   translated  yes       -    NO           81       NO",
    ]


def test_a_job_summary_has_the_same_table() -> None:
    head, line, *body = matrix.markdown(CELLS).splitlines()
    assert head == "| provider | data plane | promoted | ab | rolled-back | seconds | gap-free |"
    assert line == "| --- | --- | --- | --- | --- | --- | --- |"
    assert len(body) == 2


def test_a_cell_goes_through_a_property_of_its_test() -> None:
    assert Cell.read(CELLS[0].text(), held=False) == Cell("linkerd", "translated", "promoted", 81, True, held=False)
