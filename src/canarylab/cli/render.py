"""``canarylab render``: casts as pictures, text and pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import click

from canarylab.errors import UsageError

FORMATS = ("html", "gif", "svg", "text", "table")


@click.command("render")
@click.argument("words", metavar="NAME|CAST...", nargs=-1, required=True)
@click.option("--format", "formats", multiple=True, type=click.Choice(FORMATS), help="only this one; repeatable")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=None, help="the folder to write to")
@click.option("--player", type=click.Path(file_okay=False, path_type=Path), default=None,
              help="a folder that has the asciinema player, instead of an installed package")  # fmt: skip
def command(words: tuple[str, ...], formats: tuple[str, ...], out: Path | None, player: Path | None) -> None:
    """Render casts: files NAME.cast, or their names in the folder recordings; of asciinema 2 too.

    Every format if none is named: a page, a GIF, a still of each chapter, its screens as text, the chapters as a table.
    """
    from canarylab.cli.record import FOLDER  # noqa: PLC0415 - only who renders needs any of it
    from canarylab.record import cast, files  # noqa: PLC0415

    for word in words:
        path = files.find(word, Path(FOLDER), ".cast")
        folder = out or path.parent
        cast.read(path)
        for name in formats or FORMATS:
            _write(_RENDERERS[name], path, folder, player)


Renderer = Callable[[Path, Path, Path | None], list[Path]]


def _write(renderer: Renderer, path: Path, folder: Path, player: Path | None) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for made in renderer(path, folder, player):
            click.echo(f"wrote {made}")
    except OSError as error:
        raise UsageError(f"it cannot be written: {error.strerror}", where=str(folder)) from error


def _html(path: Path, folder: Path, player: Path | None) -> list[Path]:
    from canarylab.record import cast, page, times  # noqa: PLC0415
    from canarylab.record.page import player as players  # noqa: PLC0415

    document = page.render(cast.read(path), times.read(path.with_suffix(".json")), players.find(player))
    return [_text(folder / f"{path.stem}.html", document)]


def _gif(path: Path, folder: Path, player: Path | None) -> list[Path]:
    from canarylab.record import gif  # noqa: PLC0415

    del player
    gif.render(path, folder / f"{path.stem}.gif")
    return [folder / f"{path.stem}.gif"]


def _svg(path: Path, folder: Path, player: Path | None) -> list[Path]:
    from canarylab.record import cast, screen, svg  # noqa: PLC0415

    del player
    stills = enumerate(screen.of(cast.read(path)), start=1)
    return [_text(folder / f"{path.stem}-{number:02}.svg", svg.render(one)) for number, one in stills]


def _screens(path: Path, folder: Path, player: Path | None) -> list[Path]:
    from canarylab.record import cast, screen  # noqa: PLC0415

    del player
    return [_text(folder / f"{path.stem}.txt", screen.text(cast.read(path)))]


def _table(path: Path, folder: Path, player: Path | None) -> list[Path]:
    from canarylab.record import cast, chapters  # noqa: PLC0415

    del player
    return [_text(folder / f"{path.stem}.md", chapters.table(cast.read(path)))]


def _text(file: Path, text: str) -> Path:
    file.write_text(text, encoding="utf-8")
    return file


_RENDERERS: Mapping[str, Renderer] = {
    "html": _html, "gif": _gif, "svg": _svg, "text": _screens, "table": _table,
}  # fmt: skip
