"""Starts or stops traffic beside the users'."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field, model_validator

from canarylab.journey import Crowd, acts
from canarylab.scenario.data import Seconds
from canarylab.scenario.stage import Stage
from canarylab.scenario.step import Step


class Traffic(Step):
    """Starts more traffic beside the users', or stops it; nobody judges its answers, but Flagger's metrics see them."""

    python: ClassVar[str] = "acts.traffic(journey, Crowd(...)), acts.stop_traffic(journey, name)"

    start: str = Field("", pattern="^(|[a-z0-9-]{1,40})$")
    """A name for it."""
    stop: str = Field("", pattern="^(|[a-z0-9-]{1,40})$")
    """The name of what is to stop."""
    path: str = "/"
    """The page that is asked for."""
    rate: Seconds = 10.0
    """Requests in a second."""
    headers: dict[str, str] = Field(default_factory=dict)
    """Headers, by name."""
    cookies: dict[str, str] = Field(default_factory=dict)
    """Cookies, by name."""
    to: Literal["apex", "primary", "canary"] = "apex"
    """Whom: the name that users know, or one revision alone."""

    @model_validator(mode="after")
    def _one_thing(self) -> Traffic:
        if bool(self.start) == bool(self.stop):
            raise ValueError("give a name to `start`, or one to `stop`")
        return self

    def do(self, stage: Stage) -> None:
        if self.stop:
            acts.stop_traffic(stage.journey, self.stop)
            return
        crowd = Crowd(self.start, self.path, with_cookies(self.headers, self.cookies), per_second=self.rate)
        stage.afterwards(f"traffic {self.start}", lambda: acts.stop_traffic(stage.journey, self.start))
        acts.traffic(stage.journey, crowd, self.to)


def with_cookies(headers: dict[str, str], cookies: dict[str, str]) -> dict[str, str]:
    """Headers, with the cookies among them."""
    if not cookies:
        return headers
    return {**headers, "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
