"""What Flagger's releases do otherwise at a tick, from 1.30 to 1.44, as data that the rules of ``rollout`` ask.

Read from ``pkg/controller`` and ``pkg/canary`` of the releases 1.30.0, 1.33.0, 1.35.0, 1.36.1, 1.37.0, 1.38.0,
1.41.0, 1.43.0 and 1.44.0; for those between, the changelog of 1.44.0 says in which of them a change came.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from canarylab.errors import UsageError

Version = tuple[int, int, int]
RELEASES: tuple[str, ...] = (
    "1.30.0", "1.31.0", "1.32.0", "1.33.0", "1.34.0", "1.35.0", "1.36.0", "1.36.1",
    "1.37.0", "1.38.0", "1.39.0", "1.40.0", "1.41.0", "1.42.0", "1.43.0", "1.44.0",
)  # fmt: skip


@dataclass(frozen=True)
class Change:
    """``since`` is the first release that does ``now``; those before it do ``before``. ``source`` is upstream's."""

    since: Version
    subject: str
    before: str
    now: str
    source: str

    def holds(self, release: Version) -> bool:
        return release >= self.since


APPROVED_ONCE = Change(
    (1, 31, 0), "confirm-rollout",
    "asked at every tick of a rollout, before anything else: closed, it leads to Waiting from any phase; opened, to "
    "Progressing, and a revision that has not been seen yet then restarts the analysis",
    "asked only before the canary is scaled up",
    "#1414, scheduler.go and scheduler_hooks.go",
)  # fmt: skip
SUSPENDS = Change((1, 32, 0), "spec.suspend", "not known", "no tick does anything", "#1431, scheduler.go")
HELD_WHILE_PROGRESSING = Change(
    (1, 33, 0), "confirm-traffic-increase", "asked in WaitingPromotion too", "asked only in Progressing",
    "#1470, scheduler.go",
)  # fmt: skip
GATEWAY_MIRRORS = Change(
    (1, 34, 0), "mirror on the Gateway API", "no copies are sent", "blue/green sends copies",
    "#1525, pkg/router/gateway_api.go",
)  # fmt: skip
TEMPLATE_NEEDED = Change(
    (1, 36, 0), "a metric with neither template nor query", "passed over", "fails each check",
    "#1582, scheduler_metrics.go",
)  # fmt: skip
DEADLINE_ENDS = Change(
    (1, 36, 1), "progressDeadlineSeconds",
    "a primary past it is waited for, for ever; a canary past it is rolled back only while it is analysed",
    "either is rolled back in any phase", "#1603, scheduler.go",
)  # fmt: skip
QUERY_IS_ENOUGH = Change(
    (1, 37, 0), "a metric with a query of its own", "from 1.36.0 on fails each check", "is asked",
    "scheduler_metrics.go of 1.36.1 and 1.37.0",
)  # fmt: skip
PROMOTING_KEEPS_WEIGHT = Change(
    (1, 43, 0), "status in Promoting", "weight and iterations are 0", "weight and iterations stay",
    "#1851, pkg/canary/status.go",
)  # fmt: skip
CANARY_KEEPS_TRAFFIC = Change(
    (1, 44, 0), "a primary that fails while it is promoted", "all traffic goes back to it",
    "the canary keeps all traffic", "#1931, scheduler.go",
)  # fmt: skip
SKIPPED_HAS_POST_ROLLOUT = Change(
    (1, 44, 0), "post-rollout with skipAnalysis", "not called", "called", "#1918, scheduler.go"
)
CHANGES: tuple[Change, ...] = (
    APPROVED_ONCE, SUSPENDS, HELD_WHILE_PROGRESSING, GATEWAY_MIRRORS, TEMPLATE_NEEDED, DEADLINE_ENDS,
    QUERY_IS_ENOUGH, PROMOTING_KEEPS_WEIGHT, CANARY_KEEPS_TRAFFIC, SKIPPED_HAS_POST_ROLLOUT,
)  # fmt: skip


def version(release: str) -> Version:
    """``1.44.0`` or ``v1.44`` as numbers; UsageError for a release that is not known here."""
    name = release.removeprefix("v")
    full = name if name.count(".") > 1 else f"{name}.0"
    if full not in RELEASES:
        near = difflib.get_close_matches(full, RELEASES, n=1)
        raise UsageError(
            f"no Flagger {release} is known: {RELEASES[0]} to {RELEASES[-1]} are",
            next_step=f"did you mean {near[0]}?" if near else "choose one of these",
        )
    major, minor, patch = map(int, full.split("."))
    return major, minor, patch


PINNED = version(RELEASES[-1])


def text(release: Version) -> str:
    """``1.44.0``."""
    return ".".join(map(str, release))
