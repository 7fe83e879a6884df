"""Where there is no terminal, a line tells of each phase, and of a long one now and then."""

from __future__ import annotations

import io

from canarylab.toolchain import progress
from canarylab.toolchain.progress import Step


def test_a_line_tells_of_each_phase_and_of_every_quarter_of_a_minute() -> None:
    stream = io.StringIO()
    with progress.console(stream) as show:
        show(Step("downloading", "1 module", elapsed=0.2))
        show(Step("building", elapsed=61.0))
        for second in range(62, 80):
            show(Step("building", "istiod (fmt)", second, 4754, float(second)))
    assert stream.getvalue().splitlines() == [
        "[0:00] downloading: 1 module",
        "[1:01] building",
        "[1:16] building 76 of 4754 packages: istiod (fmt)",
    ]
