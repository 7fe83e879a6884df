"""What a scenario file that is wrong is refused with."""

from __future__ import annotations

from typing import ClassVar

from canarylab.problem import Wrong


class WrongFile(Wrong):
    """A scenario file that cannot be run, with everything that is wrong with it."""

    one: ClassVar[str] = "a scenario file is wrong"
