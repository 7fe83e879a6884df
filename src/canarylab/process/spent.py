"""What one process has used so far, read from /proc."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Spent:
    """Processor time in ticks of the clock (SC_CLK_TCK a second), memory in bytes.

    ``children`` is the time of those that have ended and were waited for; ``anonymous`` is memory that is no file's.
    """

    own: int
    children: int
    resident: int
    anonymous: int


def of(pid: int | str) -> Spent:
    """OSError where the process is gone."""
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rpartition(")")[2].split()
    with open(f"/proc/{pid}/status") as file:
        sizes = dict(line.split(":", 1) for line in file)
    ticks = list(map(int, fields[11:15]))
    return Spent(sum(ticks[:2]), sum(ticks[2:]), _bytes(sizes, "VmRSS"), _bytes(sizes, "RssAnon", "RssShmem"))


def _bytes(sizes: dict[str, str], *names: str) -> int:
    """The sum of sizes that are told in kB; a kernel thread has none."""
    return sum(int(sizes.get(name, "0 kB").split()[0]) for name in names) * 1024
