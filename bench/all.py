"""Everything that is measured, one after the other: JSON; with ``--docs`` the tables go into docs/bench.md as well.

    python bench/all.py [--docs]

It takes some ten minutes; nothing else should run meanwhile.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from pathlib import Path
from typing import Any

import predictions
import promotions
import startup
import weight_latency

from canarylab import stack
from canarylab.process.lifeline import Lifeline

Json = dict[str, Any]

DOCS = Path(__file__).parents[1] / "docs/bench.md"
BEGIN, END = "<!-- measured by bench/all.py -->", "<!-- end -->"
STARTS, FLIPS, PAUSE, CANARIES = 3, 200, 0.6, (1, 50)


def everything(folder: Path) -> Json:
    """One run of each."""
    life = Lifeline()
    with stack.running(f"bench-weights-{os.getpid()}") as up:
        weights = weight_latency.measure(up, FLIPS, PAUSE)
    return {
        "machine": {"cores": os.cpu_count(), "kernel": platform.release(), "python": platform.python_version()},
        "date": time.strftime("%Y-%m-%d"),
        "startup": [startup.measure("istio", life.read_end) for _ in range(STARTS)],
        "weights": weights,
        "promotions": [promotions.measure(count, folder) for count in CANARIES],
        "predictions": predictions.run(),
    }


def tables(told: Json) -> str:
    """The results as the docs show them."""
    machine = told["machine"]
    return "\n\n".join(
        [
            f"Measured on {told['date']}: {machine['cores']} cores, Linux {machine['kernel']}, "
            f"Python {machine['python']}.",
            "## From nothing to a pod behind the mesh",
            startup.table(told["startup"]),
            "## A change of weight, from the API to traffic",
            weight_latency.table(told["weights"]),
            "## Promotions side by side",
            promotions.table(told["promotions"]),
            "## Predictions",
            predictions.table(told["predictions"]),
        ]
    )


def write(text: str) -> None:
    """Replaces what stands between the two marks of the page."""
    before, _, rest = DOCS.read_text().partition(BEGIN)
    DOCS.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{rest.partition(END)[2]}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--docs", action="store_true", help="write the tables into docs/bench.md")
    parser.add_argument("--folder", type=Path, default=Path("bench-report"), help="where dossiers of failures go")
    chosen = parser.parse_args()
    told = everything(chosen.folder)
    if chosen.docs:
        write(tables(told))
    print(json.dumps(told, indent=1))


if __name__ == "__main__":
    main()
