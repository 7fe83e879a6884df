"""What a report says: of each rollout an outcome, the reasons in words and the record; of a run, all of its rollouts.

The renderers of this package (text, JUnit, JSON, Markdown, HTML) turn a report into their format; nothing in them
decides.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum

from canarylab.model.expectation import Expectation
from canarylab.model.timeline import Timeline
from canarylab.model.verdict import Finding
from canarylab.report.users import Users
from canarylab.report.versions import Shown


class Outcome(Enum):
    """What became of a rollout, as far as it can be told."""

    PROMOTED = "promoted"
    ROLLED_BACK = "rolled back"
    WRONG = "wrong"
    UNKNOWN = "cannot tell"


EXIT = {Outcome.PROMOTED: 0, Outcome.ROLLED_BACK: 1, Outcome.WRONG: 1, Outcome.UNKNOWN: 3}
_WORST_LAST = (0, 3, 1)


@dataclass(frozen=True)
class Part:
    """A text of the dossier, such as the slice of a log; ``name`` is the file that has all of it."""

    name: str
    text: str


@dataclass(frozen=True)
class Measured:
    """A metric of the analysis: Flagger's query about the new revision, its value then, and its limits."""

    metric: str
    query: str
    value: float | None
    least: float | None = None
    most: float | None = None


@dataclass(frozen=True)
class Image:
    """The program behind the images that fit a pattern; ``origin`` is how it was had: built, found, wheel."""

    pattern: str
    program: str
    version: str
    sha256: str
    origin: str


@dataclass(frozen=True)
class Ground:
    """What a rollout ran on: what was real and what stood in, a line each, and the programs behind the images."""

    lines: tuple[str, ...]
    images: tuple[Image, ...] = ()


@dataclass(frozen=True)
class Case:
    """One rollout. ``why`` is the outcome's reason in a line, ``details`` explain it; ``seconds`` it was followed.

    ``test`` is the test or scenario that shipped it, and ``failure`` what failed that. ``expected`` is what the record
    was held against, ``interval`` the seconds between two ticks of Flagger, ``reproduce`` a command line. ``note`` is
    what a reader is to know first, such as an issue upstream.
    """

    namespace: str
    name: str
    outcome: Outcome
    why: str
    details: tuple[str, ...] = ()
    timeline: Timeline = field(default_factory=Timeline)
    seconds: float = 0.0
    test: str = ""
    failure: str = ""
    note: str = ""
    interval: float = 0.0
    expected: Expectation | None = None
    findings: tuple[Finding, ...] = ()
    users: tuple[Users, ...] = ()
    metrics: tuple[Measured, ...] = ()
    parts: tuple[Part, ...] = ()
    ground: Ground | None = None
    reproduce: str = ""

    @property
    def title(self) -> str:
        """The test if there is one, else the Canary."""
        return self.test or self.canary

    @property
    def canary(self) -> str:
        return f"{self.namespace}/{self.name}"

    @property
    def holds(self) -> bool:
        """Whether it came as expected: a test says so itself; without one the rollout had to be promoted."""
        return not self.failure if self.test else self.outcome is Outcome.PROMOTED

    @property
    def exit(self) -> int:
        return 0 if self.holds else EXIT[self.outcome] or EXIT[Outcome.WRONG]

    @property
    def reason(self) -> str:
        """In a line: the note, the claims that do not hold of a case that does not, and why."""
        claims = "" if self.holds or not self.wrong else f"wrong: {', '.join(one.claim for one in self.wrong)}"
        return "; ".join(filter(None, (self.note, claims, self.why)))

    @property
    def wrong(self) -> tuple[Finding, ...]:
        """The claims that do not hold."""
        return tuple(one for one in self.findings if not one.holds)


@dataclass(frozen=True)
class Right:
    """A right that the account lacks, and what it would tell."""

    verbs: str
    resource: str
    where: str
    tells: str

    def __str__(self) -> str:
        return f"{self.verbs} {self.resource} in {self.where}: {self.tells}"


@dataclass(frozen=True)
class Report:
    """All rollouts of a run. ``title`` is the program that made it, ``command`` its command line.

    ``versions`` are those of them that were about releases of Kubernetes and Flagger, for a table of their own.
    """

    title: str
    cases: tuple[Case, ...] = ()
    rights: tuple[Right, ...] = ()
    command: str = ""
    versions: tuple[Shown, ...] = ()

    @property
    def grounds(self) -> tuple[Ground, ...]:
        """Each once, with the images of all rollouts on it."""
        found: dict[tuple[str, ...], dict[Image, None]] = {}
        for one in self.cases:
            if one.ground:
                found.setdefault(one.ground.lines, {}).update(dict.fromkeys(one.ground.images))
        return tuple(Ground(lines, tuple(images)) for lines, images in found.items())

    @property
    def summary(self) -> str:
        """``3 rollouts: 2 as expected, 1 not``."""
        good, count = sum(one.holds for one in self.cases), len(self.cases)
        told = "all as expected" if good == count else f"{good} as expected, {count - good} not"
        return f"{count} rollout{'' if count == 1 else 's'}{f': {told}' if count else ''}"


def exit_code(cases: Iterable[Case]) -> int:
    """The worst of all: 1 (the rollout went wrong) over 3 (cannot tell) over 0."""
    return max((one.exit for one in cases), key=_WORST_LAST.index, default=0)
