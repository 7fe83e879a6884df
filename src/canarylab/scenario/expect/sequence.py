"""The exact stages of the Canary, in order."""

from __future__ import annotations

import itertools
from collections.abc import Sequence as SequenceOf
from typing import ClassVar

from pydantic import Field

from canarylab.model.verdict import Finding
from canarylab.scenario import rows
from canarylab.scenario.claim import Claim, Seen
from canarylab.scenario.data import Many, StageText


class Sequence(Claim):
    """The exact sequence of phase and weight in the Canary's status, from the trigger on; no more and no less."""

    bare: ClassVar[str] = "stages"

    stages: Many[StageText] = Field(min_length=1)
    """Each as in `Progressing 25%`."""

    def findings(self, seen: Seen) -> SequenceOf[Finding]:
        told = [f"{one.phase} {one.weight}%" for one in seen.record.stages()[1:]]
        return [rows.same("the Canary's stages", self.stages, [word for word, _ in itertools.groupby(told)])]
