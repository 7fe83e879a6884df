"""The stacks of one test run, shared by its processes: started by whoever needs one first, ended with the run.

What the processes share lies in a memory file of the controller, so nothing of it outlives the controller,
whatever ends it: a lock, and one JSON object, from a stack's key to what became of it.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from canarylab.clusters.local import registry
from canarylab.errors import CanarylabError, EnvironmentFault
from canarylab.process import lifeline
from canarylab.process.lifeline import Lifeline
from canarylab.rung import Local, Rung, Wanted
from canarylab.stack import Stack

__all__ = ["Address", "Run", "Shared", "Wanted"]

_LONGEST = 40  # signs of a cluster's name
_GLANCE = 0.2  # seconds between looks at a stack that another process is starting


@dataclass(frozen=True)
class Address:
    """Where the other processes of the run find what it shares; ``owner`` is the controller's PID."""

    owner: int
    memory: str
    lifeline: str


class Shared:
    """The run as each of its processes sees it; ``ours`` in the one that has to end it."""

    ours = False

    def __init__(self, address: Address, *, keep: bool = False, rung: Rung | None = None) -> None:
        self.address, self._keep, self.rung = address, keep, rung or Local()

    def end(self, *, keep: bool | None = None) -> list[str]:
        """Nothing: the controller ends what the run started."""
        del keep
        return []

    def stack(self, wanted: Wanted) -> Stack:
        """The stack wanted: started now, or by another process before; a start that failed is not tried again."""
        while "starter" in (known := self._claim(self.rung.key(wanted))):
            if known["starter"] == registry.identity(os.getpid()):
                return self._start(wanted)
            time.sleep(_GLANCE)
        if "error" in known:
            raise EnvironmentFault(f"the cluster did not start (another test tried it): {known['error']}")
        return self.rung.attach(known["cluster"], wanted)

    def _claim(self, key: str) -> dict[str, Any]:
        """What is known of a stack; when nothing is, this process is its starter from now on."""
        with self._locked() as state:
            known: dict[str, Any] = state.setdefault(key, {"starter": registry.identity(os.getpid())})
            if "starter" in known and not registry.lives(known["starter"]):
                state[key] = known = {"error": "the process that started it has died", "cluster": ""}
            return known

    def _tell(self, key: str, known: dict[str, Any]) -> None:
        with self._locked() as state:
            state[key] = known

    def stacks(self) -> dict[str, Any]:
        """What was started: key -> ``{"cluster": name, "describe": lines}`` or ``{"error": words}``.

        One that is being started has its ``starter``, a process.
        """
        with self._locked() as state:
            return dict(state)

    def _start(self, wanted: Wanted) -> Stack:
        key = self.rung.key(wanted)
        name = _name(self.address.owner, key)
        try:
            with lifeline.opened(self.address.lifeline) as end:
                up = self.rung.start(name, wanted, None if self._keep else end)
        except CanarylabError as error:
            self._tell(key, {"error": str(error), "cluster": name})
            raise
        self._tell(key, {"cluster": name, "describe": up.describe()})
        return up

    def done(self, wanted: Wanted) -> None:
        """Ends a stack that no other test shares."""
        known = self.stacks().get(key := self.rung.key(wanted), {})
        if wanted.own and "describe" in known:
            self.rung.end(known["cluster"])
            self._tell(key, {"ended": known["cluster"]})

    @contextmanager
    def _locked(self) -> Iterator[dict[str, Any]]:
        """The shared state, exclusively; changes made to it are kept, also when the block raises."""
        with open(self.address.memory, "r+") as memory:
            fcntl.flock(memory, fcntl.LOCK_EX)
            state: dict[str, Any] = json.loads(memory.read() or "{}")
            try:
                yield state
            finally:
                memory.seek(0)
                memory.truncate()
                json.dump(state, memory)


def _name(owner: int, key: str) -> str:
    """A cluster's name, of 40 signs at most; a long key ends in a sum that keeps it apart."""
    name = f"run-{owner}-{key}"
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 9]}-{zlib.crc32(key.encode()):08x}"


class Run(Shared):
    """The run as its controller holds it; ``end`` ends all of its clusters."""

    ours = True

    def __init__(self, *, keep: bool = False, rung: Rung | None = None) -> None:
        self._held = Lifeline()
        self._memory = os.memfd_create("canarylab-run")
        owner = os.getpid()
        address = Address(owner, f"/proc/{owner}/fd/{self._memory}", self._held.address)
        super().__init__(address, keep=keep, rung=rung)

    def end(self, *, keep: bool | None = None) -> list[str]:
        """Ends what the run started; folders of clusters that did not start stay, and errors name them.

        ``keep`` decides anew whether clusters that could outlive the run are to do so. Lines tell what was removed from
        a cluster that stays.
        """
        keeps = self._keep if keep is None else keep
        try:
            for known in self.stacks().values():
                if "describe" in known and not keeps:
                    self.rung.end(known["cluster"])
            return self.rung.close(keep=keeps)
        finally:
            self._held.close()
            os.close(self._memory)
