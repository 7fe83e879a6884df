"""What a demo that is wrong is refused with."""

from __future__ import annotations

from typing import ClassVar

from canarylab.problem import Wrong


class WrongDemo(Wrong):
    """A demo that cannot be played, with everything that is wrong with it."""

    one: ClassVar[str] = "a demo is wrong"
