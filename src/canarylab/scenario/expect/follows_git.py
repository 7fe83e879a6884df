"""The cluster agrees with the repository that it follows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import ClassVar, Literal

from pydantic import Field

from canarylab.gitops import seen as flux
from canarylab.model.timeline import PRIMARY, TARGET, Committed, Timeline
from canarylab.model.verdict import Finding
from canarylab.scenario.claim import Claim, Seen
from canarylab.scenario.data import Many

Images = Mapping[str, str]


class FollowsGit(Claim):
    """The last commit is applied at the end, the target's images were those of the commits in their order and no
    others, and these workloads run at the end what the last commit says.
    """

    bare: ClassVar[str] = "workloads"

    workloads: Many[Literal["target", "primary"]] = Field(("target", "primary"), min_length=1)
    """The target alone, where a revision was rolled back and is in git still; both, where git and cluster agree."""

    def findings(self, seen: Seen) -> Sequence[Finding]:
        return [*_findings(seen.record, self.workloads)]


def _findings(record: Timeline, workloads: Iterable[str]) -> Iterator[Finding]:
    commits = list(record.of(Committed))
    if not commits:
        yield Finding("the last commit", False, "applied", "nothing was committed")
        return
    applied = flux.applied(record)
    told = "applied" if applied else flux.refusal(record) or "not applied"
    yield Finding(f"commit {commits[-1].revision[:7]}", applied, "applied", told)
    wanted, found = _turns(one.images for one in commits), _turns(one.images for one in record.workloads(TARGET))
    yield Finding("the target's images, as committed", wanted == found, _text(wanted), _text(found))
    for name in workloads:
        ends = record.workloads(PRIMARY if name == "primary" else TARGET)[-1:]
        same = bool(ends) and ends[0].images == commits[-1].images
        yield Finding(f"the {name} as git has it", same, _text(wanted[-1:]), _text([one.images for one in ends]))


def _turns(images: Iterable[Images]) -> list[Images]:
    """Each as long as it lasted, once."""
    return [one for one, _ in groupby(images)]


def _text(turns: Iterable[Images]) -> str:
    names = (", ".join(image.rpartition("/")[2] for image in one.values()) for one in turns)
    return " > ".join(names) or "none"
