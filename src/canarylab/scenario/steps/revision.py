"""What a step says of a revision of the target; :class:`SetImage` ships it at once, :class:`GitCommit` as a commit."""

from __future__ import annotations

from pydantic import Field

from canarylab.journey import Change
from canarylab.scenario.data import Many
from canarylab.scenario.step import Step


class Revision(Step):
    """A revision of the target."""

    tag: str = ""
    """The image's new tag."""
    image: str = ""
    """The whole image, instead of a tag."""
    arguments: Many[str] = ()
    """Appended to the container's command."""
    env: dict[str, str] = Field(default_factory=dict)
    """Environment variables, by name."""

    def change(self) -> Change:
        """The revision; an empty one changes nothing."""
        return Change(self.tag, self.image, self.arguments, self.env)
