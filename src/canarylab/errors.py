"""The project's errors: each says what happened, where, and what to do next, and knows its exit code.

Everything foreseeable is raised as one of these, so that the command line prints three lines instead of a
traceback, and pytest shows the same three lines as the failure.
"""

from __future__ import annotations

from typing import ClassVar


class CanarylabError(Exception):
    """A foreseeable failure.

    ``what`` happened, ``where`` (``file:line`` or an object such as ``canary/podinfo``), and what to do
    ``next_step``. ``exit_code`` is the command line's: 1 the rollout did not do what was expected, 2 wrong
    usage or file, 3 the environment.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, what: str, *, where: str = "", next_step: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.next_step = next_step

    def __str__(self) -> str:
        lines = [self.what]
        if self.where:
            lines.append(f"  where: {self.where}")
        if self.next_step:
            lines.append(f"  next:  {self.next_step}")
        return "\n".join(lines)


class VerdictError(CanarylabError):
    """The rollout did not do what was expected."""

    exit_code = 1


class UsageError(CanarylabError):
    """A wrong option, name or file."""

    exit_code = 2


class EnvironmentFault(CanarylabError):
    """The machine cannot do it: a missing program, namespaces not allowed, a cluster that will not start."""

    exit_code = 3


class ComponentDied(EnvironmentFault):
    """A process that something waits for has ended; carries its last log lines in ``what``."""
