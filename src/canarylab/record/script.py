"""A demo as data: what is typed and pressed, what is waited for and held to be true, and what viewers are told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Instruction:
    """One instruction; ``where`` is its ``file:line``, ``text`` the line as it was written."""

    where: str
    text: str


@dataclass(frozen=True)
class Line(Instruction):
    """``text`` is typed, with Enter after each of its lines. ``within`` is in seconds, None if nothing is said."""

    exit: int = 0
    within: float | None = None
    told: bool = False
    """Whether the script names the exit code itself."""


@dataclass(frozen=True)
class End(Instruction):
    """Waits for the end of the line before."""


@dataclass(frozen=True)
class Wait(Instruction):
    """Milliseconds before each instruction from here on."""

    milliseconds: int


@dataclass(frozen=True)
class Delay(Instruction):
    """Milliseconds between keys from here on, on the average."""

    milliseconds: int


@dataclass(frozen=True)
class Expect(Instruction):
    """Output that has to come; ``within`` is in seconds."""

    pattern: str
    within: float | None = None


@dataclass(frozen=True)
class Send(Instruction):
    """Text that is typed without Enter."""

    keys: str


@dataclass(frozen=True)
class Press(Instruction):
    """Keys that show no letters. ``ends`` says whether they are meant to end what runs, as control-C is."""

    keys: str
    ends: bool = False


@dataclass(frozen=True)
class CanaryName:
    """A Canary by its namespace and name."""

    namespace: str
    name: str

    def __str__(self) -> str:
        return f"canary/{self.namespace}/{self.name}"


@dataclass(frozen=True)
class Assert(Instruction):
    """What a Canary has to come to, by the API; ``wanted`` maps names of FIELDS to values."""

    canary: CanaryName
    wanted: Mapping[str, str]
    within: float | None = None


@dataclass(frozen=True)
class AfterCheck(Instruction):
    """Waits until Flagger has just looked at a Canary, so that what follows always meets the same moment."""

    canary: CanaryName


@dataclass(frozen=True)
class Caption(Instruction):
    """Words in the bar below the terminal, until the next ones; empty words clear it."""

    words: str


@dataclass(frozen=True)
class Chapter(Instruction):
    """A chapter that begins here."""

    title: str


@dataclass(frozen=True)
class Hide(Instruction):
    """What follows is done but not shown."""


@dataclass(frozen=True)
class Show(Instruction):
    """What follows is shown again."""


@dataclass(frozen=True)
class Step(Instruction):
    """A step of a scenario, in YAML."""

    step: str


@dataclass(frozen=True)
class Mask:
    """A pattern that viewers must not see, or that differs from run to run; ``by`` stands for it.

    What is ``secret`` fails the recording if it is found in anything that is written.
    """

    pattern: str
    by: str
    secret: bool = False


@dataclass(frozen=True)
class Script:
    """``rung`` is empty for a demo that needs no cluster; ``env`` has None for what the caller's environment has."""

    name: str
    instructions: tuple[Instruction, ...]
    env: Mapping[str, str | None] = field(default_factory=dict)
    masks: tuple[Mask, ...] = ()
    rung: str = ""
    mesh: str = ""

    @property
    def canaries(self) -> tuple[CanaryName, ...]:
        """The Canaries that it is about, each once."""
        return tuple(dict.fromkeys(self._canaries()))

    def _canaries(self) -> Iterator[CanaryName]:
        for one in self.instructions:
            if isinstance(one, Assert | AfterCheck):
                yield one.canary
