"""The Containerfile, as far as it can be tested where no image can be built: its sources, commands, base and user."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import click

from canarylab.cli import cli

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
LINES = [
    line.split(maxsplit=1)
    for line in (ROOT / "Containerfile").read_text().replace("\\\n", " ").splitlines()
    if line and not line.startswith("#")
]


def told(instruction: str) -> list[str]:
    return [rest for name, rest in LINES if name == instruction]


def test_everything_that_is_copied_is_there() -> None:
    sources = [word for line in told("COPY") for word in line.split()[:-1] if not word.startswith("--from")]
    files = [one for one in sources if not one.startswith(("--", "/"))]
    assert files
    assert [one for one in files if not (ROOT / one).exists()] == []


def test_what_the_wheel_is_built_of_is_copied() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = {"pyproject.toml", project["project"]["readme"], *project["project"]["license-files"]}
    needed |= {one.partition("/")[0] for one in wheel["packages"]} | set(wheel["force-include"])
    assert needed <= {word for line in told("COPY") for word in line.split()}


def test_its_commands_are_those_of_the_readme() -> None:
    """It installs the extra that the README names, and provisions as the README says."""
    commands = [one.strip() for line in told("RUN") for one in line.split("&&")]
    (install,) = [shlex.split(one) for one in commands if one.startswith("pip install")]
    assert f"'canarylab{install[-1].removeprefix('/source')}'" in README
    for command in (shlex.split(one) for one in commands if one.startswith("canarylab")):
        assert shlex.join(command) in README
        found = cli.get_command(click.Context(cli), command[1])
        assert found is not None
        found.make_context(command[1], command[2:])


def test_it_stands_on_a_named_base_and_runs_as_nobody_in_particular() -> None:
    names = [line.partition(" AS ")[2] for line in told("FROM")]
    bases = [line.partition(" AS ")[0] for line in told("FROM")]
    assert [one for one in bases if one not in names and not re.fullmatch(r"docker\.io/library/\w+:[\w.-]+", one)] == []
    assert told("USER")[-1] == "canary"
    after_user = [name for name, _ in LINES[[name for name, _ in LINES].index("USER") :]]
    assert "useradd" in told("RUN")[0]
    assert after_user.count("RUN") == 1
