"""Plays a script of asciinema-automation by that program itself, and tells whether it has recorded anything at all.

The program ends with 0 whether it recorded or not (0.2.2), and takes directives of ours for comments; so both are
looked at here. It needs asciinema 2: version 3 greets otherwise, and the program then waits for ever.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from canarylab.errors import CanarylabError, EnvironmentFault
from canarylab.problem import Problem, Spot
from canarylab.record import cast
from canarylab.record.grammar import DIRECTIVES
from canarylab.record.problem import WrongDemo
from canarylab.record.terminal import COLUMNS, ROWS, contained, environment

PROGRAM = "asciinema-automation"
_BOUND = 60  # seconds that it waits for output
_LONGEST = 900.0  # seconds for a whole script
_RC = "PS1='$ '; bind 'set enable-bracketed-paste off'\n"
_DIRECTIVE = re.compile(r"#\$ (\S+)")


def record(demo: Path, folder: Path) -> Path:
    """The cast's file. WrongDemo for a script with directives of ours, EnvironmentFault where programs are missing."""
    problems = list(_ours(demo))
    if problems:
        raise WrongDemo(problems)
    _require()
    folder.mkdir(parents=True, exist_ok=True)
    made = folder / f"{demo.stem}.cast"
    with tempfile.TemporaryDirectory() as own:
        recorded = Path(own) / made.name
        said = _run(demo, recorded, Path(own) / "rc")
        if not recorded.exists() or not any(cast.read(recorded).of(cast.OUTPUT)):
            raise CanarylabError(f"{PROGRAM} recorded nothing: {said or 'without a word'}", where=str(demo))
        shutil.copyfile(recorded, made)
    return made


def _ours(demo: Path) -> Iterator[Problem]:
    """Directives that it would pass over without a word."""
    for number, line in enumerate(demo.read_text(encoding="utf-8").splitlines(), start=1):
        found = _DIRECTIVE.match(line)
        if found and found[1] in DIRECTIVES and DIRECTIVES[found[1]].ours:
            what, hint = f"`{found[1]}` is ours, and {PROGRAM} passes over it", "record it without --engine"
            yield Problem(str(demo), Spot(number, found.start(1) + 1, len(found[1])), what, hint, line)


def _require() -> None:
    missing = [name for name in (PROGRAM, "asciinema") if shutil.which(name) is None]
    if missing:
        raise EnvironmentFault(f"the program {missing[0]} is missing", next_step=f"pip install {PROGRAM} 'asciinema<3'")


def _run(demo: Path, recorded: Path, rc: Path) -> str:
    rc.write_text(_RC)
    shell = f"bash --noprofile --rcfile {rc}"
    asked = shlex.join(["--overwrite", "--cols", str(COLUMNS), "--rows", str(ROWS + 1), "-c", shell])
    argv = contained([PROGRAM, str(demo), str(recorded), "-sd", "0", "-t", str(_BOUND), "-aa", asked])
    try:
        done = subprocess.run(argv, env=environment({}), capture_output=True, text=True, check=False, timeout=_LONGEST)
    except subprocess.TimeoutExpired as error:
        raise CanarylabError(f"{PROGRAM} did not end within {_LONGEST:.0f} s", where=str(demo)) from error
    if done.returncode:
        raise CanarylabError(f"{PROGRAM} ended with {done.returncode}: {_last(done.stderr)}", where=str(demo))
    return _last(done.stderr or done.stdout)


def _last(said: str) -> str:
    return next(iter(said.strip().splitlines()[::-1]), "")
