"""The supervisor on real processes: order, readiness, and a death that is named with its last lines."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from canarylab.errors import ComponentDied, EnvironmentFault
from canarylab.process.component import Component, Readiness
from canarylab.process.supervisor import Supervisor

SERVE = "import socket,sys,time; s=socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen(); time.sleep(60)"


def python(name: str, code: str, *args: str, needs: tuple[str, ...] = (), ready: Readiness | None = None) -> Component:
    argv = (sys.executable, "-c", code, *args)
    return Component(name, argv, needs=needs, ready=ready or Readiness())


def supervise(tmp_path: Path, *components: Component, stop_when: str = "all-ready") -> list[dict[str, object]]:
    events: list[dict[str, object]] = []

    async def run() -> None:
        ended = asyncio.Event()

        def report(event: dict[str, object]) -> None:
            events.append(event)
            if event["event"] == stop_when:
                ended.set()

        supervisor = Supervisor(components, tmp_path, report)
        try:
            await asyncio.wait_for(supervisor.run(until=ended), timeout=30)
        finally:
            supervisor.kill()

    asyncio.run(run())
    return events


def test_a_component_starts_when_what_it_needs_is_ready(tmp_path: Path) -> None:
    socket = str(tmp_path / "s")
    server = python("server", SERVE, socket, ready=Readiness(socket=socket))
    client = python("client", "import time; time.sleep(60)", needs=("server",))
    events = supervise(tmp_path, client, server)
    told = [(e["event"], e.get("component")) for e in events]
    assert told.index(("ready", "server")) < told.index(("started", "client"))


def test_a_death_before_readiness_names_the_component_and_its_last_lines(tmp_path: Path) -> None:
    dying = python("dying", "print('no disk left'); raise SystemExit(7)", ready=Readiness(socket="/nowhere"))
    with pytest.raises(ComponentDied, match=r"(?s)dying died \(exit 7\).*no disk left"):
        supervise(tmp_path, dying)


def test_a_component_that_dies_once_is_restarted_and_the_death_is_told(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    code = "import os,sys,time\nm=sys.argv[1]\nif not os.path.exists(m): open(m,'w'); sys.exit(1)\ntime.sleep(60)"
    events = supervise(tmp_path, python("flaky", code, str(mark)), stop_when="died")
    assert [e["status"] for e in events if e["event"] == "died"] == [1]


def test_a_program_that_is_missing_is_an_error_with_a_next_step(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault, match="provision"):
        supervise(tmp_path, Component("ghost", ("/nowhere/ghost",)))


def test_what_is_never_ready_ends_at_its_bound(tmp_path: Path) -> None:
    slow = python("slow", "import time; time.sleep(60)", ready=Readiness(socket="/nowhere", bound=0.2))
    with pytest.raises(ComponentDied, match="not ready within"):
        supervise(tmp_path, slow)


def test_a_component_survives_the_way_through_json() -> None:
    component = Component("a", ("b", "c"), {"K": "v"}, ("d",), Readiness(url="http://x"), (3,))
    assert Component.from_json(component.to_json()) == component
