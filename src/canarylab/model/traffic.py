"""What users saw: their answers, counted for each weight that was in force, and judged against it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from canarylab.model import binomial
from canarylab.model.canary import TOTAL
from canarylab.model.timeline import Window

# Seconds from a change of the route object to its effect on traffic. bench/weight_latency.py measures it: under 50
# canaries on two cores the 99th percentile is 0.54 s.
SETTLE = 1.0
# Seconds by which a busy machine may see a change of the route late: traffic then seems to have known of it.
LATE = 1.0


@dataclass(frozen=True)
class Answer:
    """One request of a user: when it was sent and answered (monotonic seconds), its status, and who served it.

    ``status`` is 0 where there was no answer; ``pod`` is empty where the answer does not tell.
    """

    sent: float
    answered: float
    status: int
    pod: str = ""

    @property
    def good(self) -> bool:
        """As Flagger counts a success: an answer that is not a server's error."""
        return 0 < self.status < 500


@dataclass(frozen=True)
class Crowd:
    """The answers to users of one kind. ``matching`` are those whom the route's weights are about.

    In an A/B test the others stay with the primary, whatever the weights. Where answers are not ``told`` apart by the
    pod that gave them, nothing can be said about the split. ``settle`` is how late a change of the route reaches them.
    """

    name: str
    answers: Sequence[Answer]
    matching: bool = True
    told: bool = True
    settle: float = SETTLE

    def under(self, window: Window) -> list[Answer]:
        """The answers whose request began and ended while the window's weight was surely in force."""
        start, end = sure(window, self.settle)
        return [one for one in self.answers if one.sent >= start and one.answered <= end]

    def weight(self, window: Window) -> int:
        """The share of this crowd's answers that the canary gives, in percent."""
        return window.weight if self.matching else 0


@dataclass(frozen=True)
class Share:
    """The answers under one weight. ``canary`` counts those of the new revision."""

    weight: int
    total: int
    canary: int
    good: int


def sure(window: Window, settle: float = SETTLE) -> tuple[float, float]:
    """From when until when a window's weight was surely in force."""
    return window.start + settle, float("inf") if window.end is None else window.end - LATE


def served_by_canary(answer: Answer, target: str, primary: str) -> bool:
    """Whether the new revision answered: by its pod's name, else by an error that only it gives."""
    if answer.pod:
        return answer.pod.startswith(f"{target}-") and not answer.pod.startswith(f"{primary}-")
    return not answer.good


def share(window: Window, crowd: Crowd, target: str, primary: str) -> Share:
    """Counts a crowd's answers in one window."""
    counted = crowd.under(window)
    canary = sum(served_by_canary(one, target, primary) for one in counted)
    return Share(crowd.weight(window), len(counted), canary, sum(one.good for one in counted))


def allowed(share_: Share, confidence: float) -> tuple[int, int]:
    """How many of a share's answers may be the canary's."""
    return binomial.bounds(share_.total, share_.weight / TOTAL, confidence)


def allowed_overall(shares: Sequence[Share], confidence: float) -> tuple[int, int]:
    """How many of all shares' answers together may be the canary's.

    A sum of trials of different odds lies closer to its mean than as many trials of their mean odds (Hoeffding, "On
    the distribution of the number of successes in independent trials", 1956), whose bounds are therefore safe.
    """
    total = sum(one.total for one in shares)
    expected = sum(one.total * one.weight / TOTAL for one in shares)
    return binomial.bounds(total, expected / total, confidence) if total else (0, 0)
