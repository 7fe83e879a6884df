"""The command line of SuperGloo, as its walk-through has it; it needs a kubeconfig and nothing else.

Its output reads like kubectl's; errors become three lines and an exit code.
"""

from __future__ import annotations

from typing import Any

import click

from canarylab import console
from canarylab.supergloo.cli import apply, create, get, init, install, mesh


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="canarylab")
def cli() -> None:
    """Installs meshes and writes rules for all of them in one language.

    References to objects are written NAMESPACE.NAME. Exit codes: 0 done, 2 wrong usage, or the API server refused it,
    3 there is no API server.
    """


for _one in (
    init.command,
    install.install,
    install.uninstall,
    mesh.register,
    create.command,
    mesh.settings,
    apply.command,
    get.command,
):
    cli.add_command(_one)


def main(argv: list[str] | None = None) -> Any:
    return console.run(cli, "supergloo", argv)
