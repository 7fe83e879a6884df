"""Whoever comes after a killed runner reverts its faults, and says so; nobody touches those of a living one."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest
from click.testing import CliRunner
from faulty import FaultyServer

from canarylab.cli import cli
from canarylab.faults import journal, revert
from canarylab.faults.journal import Entry

DEAD = "1 1"
PATH = "/api/v1/namespaces/shop/pods/fault-one-probe"
TOLD = "the fault abort percent=50 of fake/shop, whose runner was killed"


@pytest.fixture
def left(cluster: Any) -> Entry:
    """An entry whose runner is dead."""
    made = journal.entry("one", "abort percent=50", cluster, "shop", [{"kind": "delete", "path": PATH}])
    dead = replace(made, owner=DEAD)
    dead.write()
    return dead


def test_a_fault_that_was_left_is_reverted_and_told(left: Entry, server: FaultyServer) -> None:
    server.on("DELETE", PATH, (200, {}))
    assert list(revert.abandoned()) == [f"reverted {TOLD}"]
    assert server.paths("DELETE") == [PATH]
    assert journal.entries() == []
    assert list(revert.abandoned()) == []


def test_the_fault_of_a_living_runner_is_left_alone(left: Entry, server: FaultyServer) -> None:
    replace(left, owner=journal.Entry("", "", "", "", "", "", ()).owner).write()
    assert list(revert.abandoned()) == []
    assert server.asked == []


def test_a_cluster_that_is_gone_has_nothing_left_to_revert(left: Entry, server: FaultyServer) -> None:
    replace(left, rung="local", made_by=DEAD).write()
    assert list(revert.abandoned()) == [f"forgot {TOLD}: the cluster is gone"]
    assert (journal.entries(), server.asked) == ([], [])


def test_what_cannot_be_reverted_is_kept_and_told(left: Entry, server: FaultyServer) -> None:
    server.on("DELETE", PATH, (403, {"message": "forbidden"}))
    assert list(revert.abandoned()) == [
        f"cannot revert {TOLD}: forbidden; tried again by the next command, until {left.file} is removed"
    ]
    assert journal.entries() == [left]


def test_a_kubeconfig_that_is_gone_is_told(left: Entry) -> None:
    replace(left, kubeconfig="/nowhere").write()
    (line,) = revert.abandoned()
    assert line.startswith(f"cannot revert {TOLD}: the kubeconfig cannot be used")


def test_processes_go_on_before_the_api_server_is_asked(left: Entry) -> None:
    stopped = replace(
        left, id="two", began=left.began - 9, undo=[{"kind": "signal", "process": DEAD, "name": "SIGCONT"}]
    )
    later = replace(left, id="three", began=left.began + 9)
    assert [one.id for one in revert.in_order([left, later, stopped])] == ["two", "three", "one"]


def test_the_next_command_reverts_and_says_so(left: Entry, server: FaultyServer) -> None:
    server.on("DELETE", PATH, (200, {}))
    told = CliRunner().invoke(cli, ["list"])
    assert f"reverted {TOLD}" in told.stderr
    assert f"reverted {TOLD}" not in CliRunner().invoke(cli, ["list"]).stderr


def test_without_a_fault_a_command_does_not_even_load_them() -> None:
    program = "import sys; from canarylab import cli; cli.revert_faults(); print('canarylab.faults' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert told.stdout == "False\n"


def test_the_command_lists_what_is_in_force_and_reverts_when_asked(left: Entry, server: FaultyServer) -> None:
    server.on("DELETE", PATH, (200, {}))
    told = CliRunner().invoke(cli, ["faults"]).stdout
    assert "fake/shop  abort percent=50  (its runner is dead)" in told
    assert server.asked == []
    told = CliRunner().invoke(cli, ["faults", "--revert"])
    assert (told.stdout, told.stderr) == (f"reverted {TOLD}\n", "no fault is in force\n")


def test_the_next_pytest_run_reverts_and_says_so(left: Entry, server: FaultyServer, pytester: pytest.Pytester) -> None:
    server.on("DELETE", PATH, (200, {}))
    pytester.makepyfile("def test_nothing() -> None: pass")
    pytester.runpytest_subprocess("-p", "no:cacheprovider").stdout.fnmatch_lines([f"*reverted {TOLD}*"])
