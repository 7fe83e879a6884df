"""What the shell offers where a name is wanted: the scenarios of the folder, the clusters of this user."""

from __future__ import annotations

from pathlib import Path

import click
from click.shell_completion import CompletionItem


def scenarios(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The scenarios of the folder ``scenarios``; files where none fits, since bash takes no names beside them."""
    from canarylab.scenario import find  # noqa: PLC0415 - only when the shell asks

    named = [one.stem for one in find.folder(Path(find.FOLDER)) if one.stem.startswith(incomplete)]
    return [CompletionItem(name) for name in named] or [CompletionItem(incomplete, type="file")]


def clusters(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The clusters of ``canarylab list``."""
    from canarylab.clusters.kind import record  # noqa: PLC0415 - only when the shell asks
    from canarylab.clusters.local import registry  # noqa: PLC0415 - only when the shell asks

    names = [*(one.name for one in registry.every()), *(one.name for one in record.every())]
    return [CompletionItem(one) for one in names if one.startswith(incomplete)]
