"""Where a program is looked for, and what its end is called."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from canarylab.clusters.local.cri import program


def test_a_name_is_looked_for_on_the_path() -> None:
    assert program.candidates("sh", "/usr/bin::/bin") == ["/usr/bin/sh", "./sh", "/bin/sh"]
    assert program.candidates("./sh", "/usr/bin") == ["./sh"]


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["no-such-program"], 'exec "no-such-program": executable file not found in $PATH'),
        (["/no/such/program"], 'exec "/no/such/program": /no/such/program: no such file or directory'),
        (["/etc/passwd"], 'exec "/etc/passwd": Permission denied'),
    ],
)
def test_why_a_program_cannot_run(argv: list[str], said: str) -> None:
    error = program.execute(argv, {"PATH": "/usr/bin:/bin"})
    assert error.strerror == said


@pytest.mark.parametrize(("script", "code"), [("exit 0", 0), ("exit 42", 42), ("kill -9 $$", 137), ("kill $$", 143)])
def test_exit_codes_are_a_shells(script: str, code: int) -> None:
    pid = os.posix_spawn("/bin/sh", ["sh", "-c", script], os.environ)
    assert program.exit_code(os.waitpid(pid, 0)[1]) == code


def test_ignored_signals_are_not_passed_on() -> None:
    code = "import os, signal; signal.signal(signal.SIGHUP, signal.SIG_IGN); "  # as nohup does
    code += "from canarylab.clusters.local.cri import program; program.default_signals(); "
    code += "os.execv('/bin/sh', ['sh', '-c', 'grep SigIgn /proc/self/status'])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert int(told.split()[1], 16) == 0
