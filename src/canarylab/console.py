"""Runs a command line: errors become three lines and an exit code, never a traceback."""

from __future__ import annotations

import sys
from typing import Any

import click

from canarylab.errors import CanarylabError


def run(command: click.Command, name: str, argv: list[str] | None) -> Any:
    """Runs a command with ``argv``, else with the process' own; ``name`` is the program's, before its errors."""
    try:
        return command(argv, standalone_mode=False)
    except CanarylabError as error:
        print(f"{name}: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        print(f"{name}: interrupted", file=sys.stderr)
        sys.exit(130)
