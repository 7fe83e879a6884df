"""A rollout that a test or a scenario has shipped, told as a cast: its command, what was done, each check, the end.

Nothing is played: the record is retold on the reel's clock, in checks of the model, so that two runs of the same
rollout give the same bytes. What differs from run to run in Flagger's words, and the run's own names, are masked. Pure.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from canarylab.flagger import reasons
from canarylab.flagger.reasons import Kind
from canarylab.model.timeline import Acted, Committed, Event, FaultBegan, FaultEnded, FlaggerSaid, Triggered
from canarylab.record import masks, turns
from canarylab.record.capture import Turn
from canarylab.record.compose import CAUSED, Composed, Point
from canarylab.record.reel import Reel
from canarylab.report.case import Case

_PACE, _SPREAD, _THINK, _LINE = 45.0, 15.0, 500, 200  # milliseconds
_NUMBER = re.compile(r"\d+(?:\.\d+)?(?=%|ms|s\b)|(?<= )\d+\.\d+(?= [<>])")
_OWN = re.compile(r"-\d{8}$")  # what makes the name of a test's namespace its own
_HASH = re.compile(r"(?<=\bcommit )[0-9a-f]{7}")
_DONE = (Triggered, Acted, Committed, FaultBegan, FaultEnded)
_GOOD, _BAD, _DIM, _PLAIN = "\x1b[32m", "\x1b[31m", "\x1b[2m", "\x1b[0m"


def compose(case: Case) -> Composed:
    """The cast of one rollout."""
    reel, points = Reel(), list[Point]()
    _type(reel, case.reproduce or f"pytest {case.title}")
    told = _told(case)
    _say(reel, case, (one for one in told[0][1] if isinstance(one, _DONE)))
    for turn, events in told[1:]:
        assert turn is not None  # noqa: S101 - only the first group has none
        points.append(Point(reel.now, turn))
        reel.marker(turn.title)
        count = f"{turn.checks} check{'s' * (turn.checks != 1)} later"
        reel.cut(f"{count}, {turn.checks * turn.interval:g} s", turn.title)
        _line(reel, f"  {turn.phase:12} weight {turn.weight:3}%  failed checks {turn.failed}")
        _say(reel, case, events)
    colour = _GOOD if case.holds else _BAD
    _line(reel, f"{colour}{case.outcome.value}{'' if case.holds else ', which is wrong'}{_PLAIN}")
    return Composed(reel.cast(case.title), (), tuple(points), case.seconds)


def _told(case: Case) -> list[tuple[Turn | None, list[Event]]]:
    """The turns, each with the events that belong to it; the first group is what came before them."""
    known = turns.between([case.expected] if case.expected and case.expected.steps else [])
    found = [replace(one, success=_success(case, one.at)) for one in turns.of(case.timeline, known, case.interval)]
    groups: list[tuple[Turn | None, list[Event]]] = [(None, []), *((one, []) for one in found)]
    for event in case.timeline.events:
        place = sum(one.at - CAUSED <= event.at for one in found)
        groups[place][1].append(event)
    return groups


def _success(case: Case, at: float) -> float | None:
    """The share of users' answers that were good, from the turn before on, in percent."""
    seconds = [one for users in case.users for one in users.seconds if at - case.interval <= one.at < at]
    answers = sum(one.answers for one in seconds)
    return 100 * (1 - sum(one.failed for one in seconds) / answers) if answers else None


def _say(reel: Reel, case: Case, events: Iterable[Event]) -> None:
    for line in _lines(case, events):
        _line(reel, line)


def _lines(case: Case, events: Iterable[Event]) -> Iterator[str]:
    """What was done, then what Flagger said: of two watches nobody knows which is the quicker one."""
    kept = list(events)
    name, short = case.namespace, _OWN.sub("", case.namespace)
    done = (_HASH.sub("HASH", one.words()) for one in kept if isinstance(one, _DONE))
    yield from (f"◆ {words}".replace(name, short) for words in done)
    said = [one.text for one in kept if isinstance(one, FlaggerSaid)]
    for text in dict.fromkeys(said):
        if reasons.parse(text).kind is not Kind.NOT_READY:
            yield f"  {_DIM}Flagger: {_NUMBER.sub('N', text).replace(name, short)}{_PLAIN}"


def _type(reel: Reel, line: str) -> None:
    line = masks.apply(line, masks.FORMS).text
    pace = random.Random(line)  # noqa: S311 - a pace, and always the same
    reel.put("$ ")
    reel.wait(_THINK)
    for letter in line:
        reel.wait(round(abs(pace.gauss(_PACE, _SPREAD))))
        reel.put(letter)
    reel.wait(_THINK)
    reel.put("\r\n")


def _line(reel: Reel, text: str) -> None:
    reel.put(masks.apply(f"{text}\r\n", masks.FORMS).text)
    reel.wait(_LINE)


def slugs(titles: Sequence[str]) -> list[str]:
    """A file's name for each test: its own, with a number where two have the same."""
    names = [re.sub(r"[^\w.-]+", "-", one.rpartition("::")[2].removeprefix("test_")).strip("-") for one in titles]
    return [
        name if names.count(name) == 1 else f"{name}-{names[: number + 1].count(name)}"
        for number, name in enumerate(names)
    ]
