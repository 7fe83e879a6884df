"""Shares tests out between machines by how long each took before, the longest first, so that all end together. Pure.

Durations are those of earlier runs (:mod:`durations`). A test has another spelling in each kind of report, so that what
is compared is its key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from canarylab.errors import UsageError

_ALONE = 1.0  # seconds of every test where nothing is known of any


@dataclass(frozen=True)
class Shard:
    """The share ``number`` of ``count``, from 1 on."""

    number: int
    count: int

    @classmethod
    def parse(cls, text: str) -> Shard:
        """``2/5``; UsageError for anything else."""
        number, sign, count = text.partition("/")
        if not (sign and number.isdecimal() and count.isdecimal() and 1 <= int(number) <= int(count)):
            raise UsageError(f"--shard {text}: no share", next_step="write it like --shard 2/5, from 1/5 to 5/5")
        return cls(int(number), int(count))

    def of(self, groups: Mapping[str, Sequence[str]], seconds: Mapping[str, float]) -> list[str]:
        """The tests of this share. ``groups`` are tests that stay together, such as those that share a cluster.

        ``seconds`` are those of earlier runs, by key; a test that is not known counts as the mean of those that are.
        """
        tests = [one for group in groups.values() for one in group]
        known = [seconds[key(one)] for one in tests if key(one) in seconds]
        usual = sum(known) / len(known) if sum(known) else _ALONE
        lasts = {name: sum(seconds.get(key(one), usual) for one in group) for name, group in groups.items()}
        return [one for name in dealt(lasts, self.count)[self.number - 1] for one in groups[name]]


def dealt(lasts: Mapping[str, float], count: int) -> list[list[str]]:
    """Each name to the share that has least to do so far, the longest first.

    It depends on the names alone, not on their order, so that each machine deals alike.
    """
    shares: list[list[str]] = [[] for _ in range(count)]
    loads = [0.0] * count
    for one in sorted(lasts, key=lambda name: (-lasts[name], name)):
        least = loads.index(min(loads))
        shares[least].append(one)
        loads[least] += lasts[one]
    return shares


def key(test: str) -> str:
    """A test's name as pytest's JUnit spells it: ``e2e/test_ab.py::test_x`` is ``e2e.test_ab.test_x``."""
    path, sign, name = test.partition("::")
    return ".".join([path.replace("/", ".").removesuffix(".py"), *name.split("::")]) if sign else test
