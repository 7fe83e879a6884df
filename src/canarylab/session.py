"""The stacks of one test run, shared by its processes: started by whoever needs one first, ended with the run.

What the processes share lies in a memory file of the controller, so nothing of it outlives the controller,
whatever ends it: a lock, and one JSON object, from a stack's key to what became of it.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from canarylab import stack
from canarylab.clusters.local import registry
from canarylab.errors import CanarylabError, EnvironmentFault
from canarylab.process import lifeline
from canarylab.process.lifeline import Lifeline
from canarylab.stack import Stack

_LONGEST = 40  # signs of a cluster's name
_GLANCE = 0.2  # seconds between looks at a stack that another process is starting


@dataclass(frozen=True)
class Wanted:
    """Which stack a test needs; equal ones share a cluster. ``own`` names a test that shares its cluster with none."""

    mesh: str
    flagger: str | None = None
    images: tuple[str, ...] = ()
    own: str = ""

    @property
    def key(self) -> str:
        parts = (self.mesh, self.flagger or "", self.own)
        return "-".join(re.sub(r"[^a-z0-9]+", "-", part.lower()).strip("-") for part in parts if part)


@dataclass(frozen=True)
class Address:
    """Where the other processes of the run find what it shares; ``owner`` is the controller's PID."""

    owner: int
    memory: str
    lifeline: str


class Shared:
    """The run as each of its processes sees it; ``ours`` in the one that has to end it."""

    ours = False

    def __init__(self, address: Address, *, keep: bool = False) -> None:
        self.address, self._keep = address, keep

    def end(self, *, keep: bool | None = None) -> None:
        """Nothing: the controller ends what the run started."""

    def stack(self, wanted: Wanted) -> Stack:
        """The stack wanted: started now, or by another process before; a start that failed is not tried again."""
        while "starter" in (known := self._claim(wanted.key)):
            if known["starter"] == registry.identity(os.getpid()):
                return self._start(wanted)
            time.sleep(_GLANCE)
        if "error" in known:
            raise EnvironmentFault(f"the cluster did not start (another test tried it): {known['error']}")
        return stack.attach(known["cluster"], mesh=wanted.mesh, flagger_version=wanted.flagger)

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
        name = _name(self.address.owner, wanted.key)
        images = tuple(Path(file) for file in wanted.images)
        try:
            with lifeline.opened(self.address.lifeline) as end:
                up = stack.start(
                    name,
                    mesh=wanted.mesh,
                    flagger_version=wanted.flagger,
                    images=images,
                    lifeline=None if self._keep else end,
                )
        except CanarylabError as error:
            self._tell(wanted.key, {"error": str(error), "cluster": name})
            raise
        self._tell(wanted.key, {"cluster": name, "describe": up.describe()})
        return up

    def done(self, wanted: Wanted) -> None:
        """Ends a stack that no other test shares."""
        known = self.stacks().get(wanted.key, {})
        if wanted.own and "describe" in known:
            registry.find(known["cluster"]).remove()
            self._tell(wanted.key, {"ended": known["cluster"]})

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

    def __init__(self, *, keep: bool = False) -> None:
        self._held = Lifeline()
        self._memory = os.memfd_create("canarylab-run")
        owner = os.getpid()
        super().__init__(Address(owner, f"/proc/{owner}/fd/{self._memory}", self._held.address), keep=keep)

    def end(self, *, keep: bool | None = None) -> None:
        """Ends what the run started; folders of clusters that did not start stay, and errors name them.

        ``keep`` decides anew whether clusters that could outlive the run are to do so.
        """
        for known in self.stacks().values():
            if "describe" in known and not (self._keep if keep is None else keep):
                registry.find(known["cluster"]).remove()
        self._held.close()
        os.close(self._memory)
