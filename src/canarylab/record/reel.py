"""A cast as it grows, on a clock of its own: time passes only where the reel is told so, always alike.

The lowest line of the screen is a bar that belongs to no program: captions stand in it on the left, and on the right
what was cut. The region above it scrolls by itself.
"""

from __future__ import annotations

import re

from canarylab.record.cast import CAPTION, CUT, MARKER, OUTPUT, Cast, Event
from canarylab.record.terminal import COLUMNS, ROWS

HOLD = 1200  # milliseconds in which viewers read what the bar says
LAST = 1500  # and in which the last screen stays
BAR = f"\x1b7\x1b[1;{ROWS}r"  # what begins each of its drawings: the region above it
# What clears the bar or lets the screen scroll as a whole: erasing, resetting, another screen, another region.
_LOSES_BAR = re.compile(r"\x1b\[[0-3]?J|\x1bc|\x1b\[\?(?:47|1047|1049)[hl]|\x1b\[[\d;]*r|\x1b\[!p")


class Reel:
    """Events, each at the time that it is now."""

    def __init__(self) -> None:
        self.now = 0
        self.events: list[Event] = []
        self._caption = self._note = ""
        self._alarm = False
        self.put(f"{BAR}\x1b8\x1b[H")

    def wait(self, milliseconds: int) -> None:
        """Lets time pass."""
        self.now += milliseconds

    def put(self, text: str) -> None:
        """Output."""
        if text:
            self.events.append(Event(self.now, OUTPUT, text))
        if _LOSES_BAR.search(text):
            self._draw()

    def marker(self, title: str) -> None:
        """A chapter."""
        self.events.append(Event(self.now, MARKER, title))

    def caption(self, words: str) -> None:
        """Words in the bar until the next ones, and time to read them."""
        self._caption = words
        self.events.append(Event(self.now, CAPTION, words))
        self._draw()
        self.wait(HOLD if words else 0)

    def cut(self, words: str, note: str = "") -> None:
        """Says what time was cut, and lets viewers read it; ``note`` stands before it."""
        self._note = " · ".join(filter(None, (note, f"▶▶ {words}")))
        self.events.append(Event(self.now, CUT, words))
        self._draw()
        self.wait(HOLD)

    def alarm(self, words: str) -> None:
        """The end of a demo that went wrong."""
        self.marker(words)
        self._caption, self._note, self._alarm = words, "", True
        self._draw()

    def quiet(self) -> None:
        """Nothing was cut any more."""
        if self._note:
            self._note = ""
            self._draw()

    def cast(self, title: str) -> Cast:
        """All of it, with its last screen held."""
        self.wait(LAST)
        events = (*self.events, Event(self.now, OUTPUT, ""))
        return Cast(title, COLUMNS, ROWS + 1, events, {"SHELL": "/bin/bash", "TERM": "xterm-256color"})

    def _draw(self) -> None:
        room = COLUMNS - len(self._note) - 1
        words = self._caption if len(self._caption) < room - 1 else f"{self._caption[: room - 3]}…"
        colour = "\x1b[1;37;41m" if self._alarm else "\x1b[7m"
        bar = f" {words.ljust(room - 1)}{self._note} "[:COLUMNS].ljust(COLUMNS)
        shown = bool(self._caption or self._note)
        drawn = f"{colour}{bar}\x1b[0m" if shown else "\x1b[2K"
        self.events.append(Event(self.now, OUTPUT, f"{BAR}\x1b[{ROWS + 1};1H{drawn}\x1b8"))
