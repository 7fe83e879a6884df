"""``docs/scale.md`` reckons rightly: its table for a thousand canaries is what its formulas give."""

from __future__ import annotations

import math
import re
from pathlib import Path

PAGE = (Path(__file__).parent.parent / "docs" / "scale.md").read_text()
N, TICKS = 1000, 9
BUSY, SPENT = 293 / TICKS, 0.68 / TICKS  # requests, and seconds of API server and etcd, each tick of a promotion
COLUMNS = ((N, 10), (N, 60), (100, 10))  # canaries that promote at once, seconds between two ticks


def row(head: str) -> list[float]:
    """The numbers of a row of the last table."""
    found = re.search(rf"^\| {re.escape(head)} \|(.+)\|$", PAGE, flags=re.MULTILINE)
    assert found
    return [float(one) for cell in found[1].replace(",", "").split("|") for one in cell.split()[:1]]


def test_requests_cores_and_the_limit_of_flagger() -> None:
    for number, (promoting, interval) in enumerate(COLUMNS):
        assert math.isclose(row("requests in a second")[number], 2.5 + promoting * BUSY / interval, rel_tol=0.02)
        assert math.isclose(row("cores of API server and etcd")[number], promoting * SPENT / interval, rel_tol=0.06)
        assert row("Flagger needs `-kubeconfig-qps` of")[number] == promoting * 12 / interval
    assert "83 canaries" in PAGE
    assert 100 * 10 // 12 == 83


def test_the_formulas_stand_on_the_measured_promotion_of_thirty() -> None:
    told = PAGE.partition("| requests for a whole promotion |")[2]
    assert float(re.findall(r"^\| all \|.*\| ([\d.]+) \|$", told, flags=re.MULTILINE)[0]) == 292.74
    spent = PAGE.partition("| processor seconds for a whole promotion |")[2]
    server, etcd = (
        float(re.findall(rf"^\| {one} \|.*\| ([\d.]+) \|$", spent, re.MULTILINE)[0])
        for one in ("kube-apiserver", "etcd")
    )
    assert math.isclose(server + etcd, 0.68)
