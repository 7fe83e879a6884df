"""A scenario that breaks what others share has a stack of its own, which ends with it."""

from __future__ import annotations

import pytest

from canarylab import session
from canarylab.clusters.local import registry
from canarylab.session import Run, Wanted


def test_a_stack_of_its_own_has_a_key_and_a_name_of_its_own() -> None:
    mine, other = Wanted("istio", own="api-server-paused[1]"), Wanted("istio", own="api-server-paused[2]")
    assert (mine.key, Wanted("istio").key) == ("istio-api-server-paused-1", "istio")
    names = {session._name(1234567, one.key) for one in (mine, other)}
    assert len(names) == 2
    assert all(registry.NAME.fullmatch(name) for name in names)


@pytest.fixture
def removed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the clusters that are ended."""
    found: list[str] = []

    class Record:
        def __init__(self, name: str) -> None:
            self.name = name

        def remove(self) -> None:
            found.append(self.name)

    monkeypatch.setattr(session.registry, "find", Record)
    return found


def run_with(wanted: Wanted) -> Run:
    run = Run(keep=True)
    run._tell(wanted.key, {"cluster": "c", "describe": []})
    return run


@pytest.mark.parametrize(("wanted", "ended"), [(Wanted("istio", own="alone"), ["c"]), (Wanted("istio"), [])])
def test_it_ends_with_its_scenario_unless_it_is_shared(wanted: Wanted, ended: list[str], removed: list[str]) -> None:
    run = run_with(wanted)
    run.done(wanted)
    assert removed == ended
    run.end(keep=True)
    assert removed == ended


@pytest.mark.parametrize(("keep", "ended"), [(None, []), (True, []), (False, ["c"])])
def test_whether_clusters_stay_is_decided_at_the_end(keep: bool | None, ended: list[str], removed: list[str]) -> None:
    run_with(Wanted("istio")).end(keep=keep)
    assert removed == ended
