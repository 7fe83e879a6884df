from __future__ import annotations

import pytest

from canarylab.clock import ManualClock, SystemClock
from canarylab.errors import CanarylabError, EnvironmentFault, UsageError, VerdictError


def test_a_manual_clock_moves_only_when_slept_on() -> None:
    clock = ManualClock(epoch=1000)
    clock.sleep(5)
    assert (clock.monotonic(), clock.wall(), clock.slept) == (5, 1005, [5])


def test_the_system_clock_never_goes_back() -> None:
    clock = SystemClock()
    assert clock.monotonic() <= clock.monotonic()


def test_an_error_says_what_where_and_what_next() -> None:
    error = UsageError("no such mesh", where="--mesh", next_step="choose istio")
    assert str(error) == "no such mesh\n  where: --mesh\n  next:  choose istio"


@pytest.mark.parametrize(("kind", "code"), [(VerdictError, 1), (UsageError, 2), (EnvironmentFault, 3)])
def test_each_kind_has_the_exit_code_of_the_command_line(kind: type[CanarylabError], code: int) -> None:
    assert kind("x").exit_code == code
