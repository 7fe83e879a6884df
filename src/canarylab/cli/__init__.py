"""The command line: one file per subcommand; errors become three lines and an exit code, never a traceback."""

from __future__ import annotations

import importlib
from typing import Any

import click
from click.shell_completion import CompletionItem

from canarylab import console, paths

# subcommand -> the module that holds it, imported only when it is asked for
COMMANDS = (
    "doctor",
    "down",
    "faults",
    "init",
    "install",
    "lint",
    "list",
    "meshes",
    "plan",
    "provision",
    "record",
    "regressions",
    "render",
    "report",
    "run",
    "schema",
    "up",
    "verify",
    "versions",
    "watch",
)


class LazyGroup(click.Group):
    """Imports a subcommand's module only when it is used, so that ``canarylab --help`` costs nothing."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return sorted(COMMANDS)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Names alone: to tell what each subcommand is for, all of them would have to be imported."""
        names = [CompletionItem(name) for name in self.list_commands(ctx) if name.startswith(incomplete)]
        return [*names, *click.Command.shell_complete(self, ctx, incomplete)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"canarylab.cli.{cmd_name}").command
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="canarylab")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Proves that a progressive delivery set-up works.

    Exit codes: 0 as expected, 1 the rollout did not do what was expected, 2 wrong usage or file,
    3 the environment (missing program, namespaces not allowed, cluster that will not start).
    """
    if ctx.invoked_subcommand != "faults":
        revert_faults()


def revert_faults() -> None:
    """Undoes the faults of runners that were killed, and says so; costs nothing when there are none."""
    if any(paths.faults_dir().glob("[!.]*.json")):
        from canarylab.faults import revert  # noqa: PLC0415 - only who finds a fault has to load them

        for line in revert.abandoned():
            click.echo(line, err=True)


def main(argv: list[str] | None = None) -> Any:
    return console.run(cli, "canarylab", argv)
