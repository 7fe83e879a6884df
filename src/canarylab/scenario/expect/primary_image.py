"""The image that the primary runs at the end."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import ClassVar

from pydantic import Field

from canarylab.model.timeline import PRIMARY
from canarylab.model.verdict import Finding
from canarylab.scenario.claim import Claim, Seen


class PrimaryImage(Claim):
    """One of the primary's containers ends with an image that fits."""

    bare: ClassVar[str] = "pattern"

    pattern: str = Field(examples=["*/podinfo:6.9.1"])
    """The image; `*` stands for anything."""

    def findings(self, seen: Seen) -> Sequence[Finding]:
        record = seen.record.workloads(PRIMARY)
        images = sorted(record[-1].images.values()) if record else []
        holds = any(fnmatchcase(image, self.pattern) for image in images)
        return [Finding("the primary's image", holds, self.pattern, ", ".join(images) or "no primary was seen")]
