"""What Flagger says, as typed reasons: its texts are matched against one table, and summed up in few words.

The texts are those of ``pkg/controller`` and ``pkg/canary`` of 1.44.0. A text that matches no row is ``OTHER`` and
told as it stands, so another release that words something otherwise loses no information. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """What a text is about."""

    LIMIT = "a metric is outside its limits"
    NO_VALUES = "a metric has no value"
    QUERY = "a metric could not be asked for"
    HOOK = "a webhook's check failed"
    GATE = "a gate is closed"
    NOT_READY = "a workload is not ready"
    DEADLINE = "a workload is past its deadline"
    THRESHOLD = "too many checks failed"
    REVOKED = "a rollback was asked for"
    BROKEN_PROMOTION = "the primary failed while it was promoted"
    FAILED = "rolled back"
    BEGUN = "a new revision"
    STEP = "the rollout went on"
    DONE = "promoted"
    OTHER = "something else"


CHECKS = frozenset({Kind.LIMIT, Kind.NO_VALUES, Kind.QUERY, Kind.HOOK})  # each adds 1 to the failed checks
HOLDS = frozenset({Kind.GATE, Kind.NOT_READY})  # these hold the rollout, and count as nothing
_ROLLS_BACK = frozenset({Kind.DEADLINE, Kind.REVOKED, Kind.BROKEN_PROMOTION, Kind.NOT_READY})


@dataclass(frozen=True)
class Reason:
    """One text. ``what`` is the metric, webhook or workload, ``detail`` the values or the error in a few words.

    ``gate`` is the type of the webhook that is closed.
    """

    kind: Kind
    text: str
    what: str = ""
    detail: str = ""
    gate: str = ""

    @property
    def subject(self) -> tuple[Kind, str]:
        """What two reasons have in common that differ only in their values."""
        return self.kind, self.what

    def words(self) -> str:
        """``success rate 91.20% < 99%``."""
        return _WORDS.get(self.kind, "{text}").format(
            text=self.text, what=self.what, detail=self.detail, gate=self.gate
        )


_WORDS = {
    Kind.LIMIT: "{what} {detail}",
    Kind.NO_VALUES: "no values for {what}",
    Kind.QUERY: "{what} could not be asked for: {detail}",
    Kind.HOOK: "{what} failed: {detail}",
    Kind.GATE: "the gate {what} ({gate}) is closed",
    Kind.NOT_READY: "{what} is not ready: {detail}",
    Kind.DEADLINE: "{what} exceeded its progress deadline",
}

_TABLE: tuple[tuple[Kind, str, str], ...] = (
    (Kind.LIMIT, r"Halt \S+ advancement (?P<what>.+?) (?P<detail>\S+ [<>] \S+)", ""),
    (Kind.NO_VALUES, r"Halt advancement no values found for (?:custom metric|metric): (?P<what>[^:]+).*", ""),
    (Kind.NO_VALUES, r"Halt advancement no values found for \S+ metric (?P<what>\S+) probably .*", ""),
    (Kind.QUERY, r"(?:Prometheus|Metric) query failed for (?P<what>[^:]+): (?P<detail>.*)", ""),
    (Kind.QUERY, r"(?P<what>Prometheus) query failed: (?P<detail>.*)", ""),
    (Kind.QUERY, r"(?P<what>Metric template .+?) (?:query render )?error: (?P<detail>.*)", ""),
    (Kind.QUERY, r"Metric query failed (?P<detail>for no usable (?P<what>metrics template).*)", ""),
    (Kind.HOOK, r"Halt \S+ advancement (?P<what>(?:external|pre-rollout) check \S+) failed ?(?P<detail>.*)", ""),
    (Kind.GATE, r"Halt \S+ advancement waiting for approval (?P<what>.+)", "confirm-rollout"),
    (Kind.GATE, r"Halt \S+ advancement waiting for promotion approval (?P<what>.+)", "confirm-promotion"),
    (Kind.GATE, r"Halt \S+ advancement waiting for traffic increase approval (?P<what>.+)", "confirm-traffic-increase"),
    (Kind.DEADLINE, r'.*?(?P<what>\w+ "\S+") exceeded its progress deadline.*', ""),
    (Kind.DEADLINE, r"(?P<what>.+?) not ready.*exceeded its progressDeadlineSeconds.*", ""),
    (Kind.BROKEN_PROMOTION, r"Promotion of (?P<what>\S+) failed, primary not ready: (?P<detail>.*)", ""),
    (Kind.NOT_READY, r"(?:canary |primary )?(?P<what>\S+(?: \S+)?) not ready[^:]*: (?P<detail>.*)", ""),
    (Kind.THRESHOLD, r"Rolling back \S+ failed checks threshold reached (?P<detail>\d+)", ""),
    (Kind.REVOKED, r"Rolling back \S+ manual webhook invoked", ""),
    (Kind.FAILED, r"Canary failed! .*", ""),
    (Kind.DONE, r"Promotion completed! .*", ""),
    (Kind.BEGUN, r"New revision detected! .*", ""),
    (Kind.STEP, r"(?:Starting canary analysis|Advance|Copying|Routing all traffic|Stop traffic mirroring) .*", ""),
    (Kind.STEP, r"(?:Confirm-\S+|Pre-rollout|Post-rollout) check \S+ passed", ""),
    (Kind.STEP, r"Rollback hook \S+ not signaling a rollback", ""),
)  # fmt: skip
_ROWS = tuple((kind, re.compile(pattern, re.DOTALL), gate) for kind, pattern, gate in _TABLE)


def parse(text: str) -> Reason:
    """The first row of the table that a text matches."""
    text = text.strip()
    for kind, pattern, gate in _ROWS:
        if found := pattern.fullmatch(text):
            named = found.groupdict(default="")
            return Reason(kind, text, named.get("what", ""), named.get("detail", "").strip() or "no answer", gate)
    return Reason(Kind.OTHER, text)


def summary(reasons: Sequence[Reason], failed: int = 0) -> str:
    """``halted 3 times: success rate 91.20% < 99%``; empty where no check failed.

    ``failed`` is how many failed checks the status counted: what Flagger said of some may not have been heard.
    """
    groups = grouped(one for one in reasons if one.kind in CHECKS)
    heard = sum(len(group) for group in groups)
    total = max(heard, failed)
    if not total:
        return ""
    told = [_group(group, alone=len(group) == total) for group in groups]
    unheard = [f"for {total - heard} of them no reason was heard"] if heard < total else []
    return f"halted {times(total)}: {'; '.join([*told, *unheard])}"


def grouped(reasons: Iterable[Reason]) -> list[list[Reason]]:
    """Reasons about the same subject together, in the order in which the subjects first came."""
    groups: dict[tuple[Kind, str], list[Reason]] = {}
    for one in reasons:
        groups.setdefault(one.subject, []).append(one)
    return list(groups.values())


def rolled_back_by(reasons: Sequence[Reason]) -> str:
    """Why a rollout was rolled back, beside its failed checks; empty where that is all, or nothing was heard."""
    ends = [number for number, one in enumerate(reasons) if one.kind is Kind.FAILED]
    before = reasons[: ends[0]] if ends else reasons
    if not before or any(one.kind is Kind.THRESHOLD for one in before):
        return ""
    causes = [one for one in before if one.kind in _ROLLS_BACK]
    if not causes:
        return ""
    late = ", and its progress deadline is over" if causes[-1].kind is Kind.NOT_READY else ""
    return causes[-1].words() + late


def times(count: int) -> str:
    """``once``, ``twice``, ``3 times``."""
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _group(group: Sequence[Reason], *, alone: bool) -> str:
    """The last one's words stand for all; its count is told where there are others beside it."""
    return group[-1].words() if alone else f"{group[-1].words()} ({times(len(group))})"
