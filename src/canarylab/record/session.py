"""One recording from beginning to end: the shell, the player, the composer; a demo that goes wrong is an error."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from canarylab.errors import UsageError
from canarylab.record import masks
from canarylab.record.capture import Failure
from canarylab.record.compose import Composed, compose
from canarylab.record.ground import Ground
from canarylab.record.player import Player
from canarylab.record.script import Mask, Script
from canarylab.record.terminal import Terminal, environment


@dataclass(frozen=True)
class Recorded:
    """What came of a script; ``secrets`` are what must be in no file of it."""

    composed: Composed
    secrets: Sequence[Mask]
    failure: Failure | None


def record(script: Script, folder: Path, ground: Ground | None, variables: Mapping[str, str]) -> Recorded:
    """Plays a script in ``folder``; ``variables`` are those of the cluster."""
    own = {**variables, **_own(script)}
    with Terminal(environment(own), folder) as terminal:
        capture = Player(script, terminal, ground).play()
    secrets = [*(one for one in script.masks if one.secret), *masks.FORMS, *_known(script, ground, own)]
    return Recorded(compose(script, capture, secrets), secrets, capture.failure)


def _own(script: Script) -> dict[str, str]:
    """The variables that the script names; those without a value are the caller's."""
    missing = [name for name, value in script.env.items() if value is None and name not in os.environ]
    if missing:
        raise UsageError(f"the demo wants the variable {missing[0]}, and it is not set", where=script.name)
    return {name: os.environ[name] if value is None else value for name, value in script.env.items()}


def _known(script: Script, ground: Ground | None, own: Mapping[str, str]) -> list[Mask]:
    """Secrets that are known by their value."""
    named = [os.environ[name] for name, value in script.env.items() if value is None]
    cluster = ground.secrets() if ground else []
    return [*masks.values([*named, *cluster]), *masks.of_environment({**os.environ, **own})]
