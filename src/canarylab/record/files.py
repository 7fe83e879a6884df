"""What a recording leaves: the cast, its screens as text, its chapters as a table, and the side file with real times.

Nothing is written before it was searched for secrets, and nothing is written anew whose cast has not changed.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from canarylab.errors import UsageError, VerdictError
from canarylab.record import cast, chapters, masks, screen, times
from canarylab.record.cast import OUTPUT
from canarylab.record.compose import Composed
from canarylab.record.script import Mask

SIDE = ".json"  # what differs from recording to recording
_SHOWN = 30  # lines of a difference


@dataclass(frozen=True)
class Recording:
    """A recording by the ends of its files' names."""

    name: str
    texts: Mapping[str, str]

    def keep(self, folder: Path) -> list[Path]:
        """Writes it; nothing, and an empty list, where the same cast lies there already."""
        if not self.differences(folder):
            return []
        folder.mkdir(parents=True, exist_ok=True)
        for end, text in self.texts.items():
            (folder / f"{self.name}{end}").write_text(text, encoding="utf-8")
        return [folder / f"{self.name}{end}" for end in self.texts]

    def differences(self, folder: Path) -> list[str]:
        """The lines in which it differs from what lies in a folder, file by file."""
        told: list[str] = []
        for end, text in self.texts.items():
            file = folder / f"{self.name}{end}"
            old = file.read_text(encoding="utf-8") if file.exists() else ""
            if end != SIDE and text != old:
                told += difflib.unified_diff(
                    old.splitlines(), text.splitlines(), str(file), "recorded again", n=1, lineterm=""
                )
            elif not file.exists():
                told.append(f"{file} is not there")
        return told

    def check(self, folder: Path) -> None:
        """VerdictError when a recording that lies in a folder would not come out the same again."""
        if found := self.differences(folder):
            more = [f"... and {len(found) - _SHOWN} lines more"] if len(found) > _SHOWN else []
            raise VerdictError(
                "\n".join([f"{self.name} was recorded otherwise", *found[:_SHOWN], *more]), where=str(folder),
                next_step=f"canarylab record {self.name}, and look at what has changed",
            )  # fmt: skip


def of(name: str, composed: Composed, secrets: Sequence[Mask]) -> Recording:
    """All files of a recording; VerdictError when one of them holds a secret that is known."""
    made = composed.cast
    told = masks.apply(times.write(times.of(composed)), secrets).text
    texts = {".cast": cast.write(made), ".txt": screen.text(made), ".md": chapters.table(made), SIDE: told}
    _search(name, {**texts, " (its output)": "".join(one.data for one in made.of(OUTPUT))}, secrets)
    return Recording(name, texts)


def failed(name: str, composed: Composed, secrets: Sequence[Mask]) -> Recording:
    """The cast of a demo that went wrong, under a name of its own."""
    text = cast.write(composed.cast)
    _search(name, {".cast": text, " (its output)": "".join(one.data for one in composed.cast.of(OUTPUT))}, secrets)
    return Recording(f"{name}.failed", {".cast": text})


def _search(name: str, texts: Mapping[str, str], secrets: Sequence[Mask]) -> None:
    for end, text in texts.items():
        if masks.found(text, secrets):
            raise VerdictError(
                f"a secret is still in {name}{end}; nothing was written", where=name,
                next_step="add a `#$ mask REGEX` for the form in which it is shown",
            )  # fmt: skip


def find(word: str, folder: Path, end: str) -> Path:
    """A file by its path, or by its name in a folder; UsageError for one that is not there."""
    for path in (Path(word), folder / f"{word}{end}"):
        if path.is_file():
            return path
    known = sorted(one.name.removesuffix(end) for one in folder.glob(f"*{end}"))
    near = difflib.get_close_matches(word, known, n=1)
    hint = f"did you mean {near[0]}?" if near else f"{folder} has {', '.join(known) or 'none'}"
    raise UsageError(f"there is no {end.removeprefix('.')} {word!r}", where=str(folder), next_step=hint)
