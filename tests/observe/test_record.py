from __future__ import annotations

import json
import threading
from pathlib import Path

from canarylab.clock import ManualClock
from canarylab.model.timeline import FlaggerSaid, Gap, event
from canarylab.observe.record import Record


def test_events_are_stamped_in_the_order_in_which_they_come() -> None:
    clock = ManualClock(now=3, epoch=1000)
    record = Record(clock)
    record.append(FlaggerSaid, "log", level="info", text="one")
    clock.sleep(2)
    record.append(Gap, "route", why="two")
    assert [(one.at, one.wall) for one in record.timeline.events] == [(3, 1003), (5, 1005)]


def test_a_timeline_that_was_taken_does_not_change() -> None:
    record = Record(ManualClock())
    taken = record.timeline
    record.append(Gap, "route", why="later")
    assert (len(taken.events), len(record.timeline.events)) == (0, 1)


def test_each_event_is_in_the_file_before_the_next_one_comes(tmp_path: Path) -> None:
    record = Record(ManualClock(), tmp_path / "run" / "timeline.jsonl")
    record.append(Gap, "route", why="one")
    lines = (tmp_path / "run" / "timeline.jsonl").read_text().splitlines()
    assert [event(json.loads(line)) for line in lines] == list(record.timeline.events)


def test_who_waits_is_woken_by_the_event() -> None:
    record = Record()
    threading.Timer(0.05, lambda: record.append(Gap, "route", why="now")).start()
    assert record.wait(lambda seen: bool(seen.gaps()), bound=30) == ""


def test_a_wait_ends_early_when_what_it_waits_for_cannot_come() -> None:
    assert Record().wait(lambda _: False, bound=30, failure=lambda: "etcd died") == "etcd died"


def test_a_wait_ends_at_its_bound() -> None:
    assert "within 0 s" in Record(ManualClock()).wait(lambda _: False, bound=0)
