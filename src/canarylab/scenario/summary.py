"""The last lines of a run of scenarios: the wall time against its bound, and how often each one passed. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

# The whole of a run that goes side by side may take so many times its longest scenario.
FACTOR = 1.5


@dataclass(frozen=True)
class Done:
    """One item: the scenario's name without its number, how it came out in a word, and its own seconds."""

    name: str
    passed: bool
    word: str
    seconds: float


def lines(done: Sequence[Done], wall: float) -> Iterator[str]:
    """What is printed at the end."""
    if not done:
        return
    longest = max(done, key=lambda one: one.seconds)
    bound = FACTOR * longest.seconds
    side = "within" if wall <= bound else "over"
    yield (
        f"wall time {wall:.0f} s, {side} the bound of {bound:.0f} s: "
        f"{FACTOR:g} x the longest, {longest.name} with {longest.seconds:.0f} s"
    )
    yield ", ".join(
        f"{sum(one.word == word for one in done)} {word}" for word in dict.fromkeys(one.word for one in done)
    )
    yield from _rates(done)


def _rates(done: Sequence[Done]) -> Iterator[str]:
    """The flake rate of each scenario that ran more than once."""
    for name in dict.fromkeys(one.name for one in done):
        runs = [one for one in done if one.name == name]
        failed = sum(not one.passed for one in runs)
        if len(runs) > 1:
            rate = 100 * failed / len(runs)
            yield f"{name}: {len(runs) - failed} of {len(runs)} passed, flake rate {rate:.0f}%"
