"""When a rollout is over: the last words may come after its last status, and what never comes is not waited for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from canarylab.journey.journey import closing_words, over
from canarylab.model.canary import Canary, Webhook
from canarylab.model.timeline import CanarySeen, Event, FlaggerSaid, Timeline, Triggered

CANARY = Canary.parse(
    {"metadata": {"name": "web"}, "spec": {"targetRef": {"kind": "Deployment", "name": "web"}, "service": {"port": 80}}}
)
HOOKED = replace(CANARY, webhooks=(Webhook("a", "post-rollout"), Webhook("b", "post-rollout")))
PROMOTED, FAILED = "Promotion completed! Scaling down web.default", "Canary failed! Scaling down web.default"
BOTH = ("Post-rollout check a passed", "Post-rollout hook b failed 403")


@pytest.mark.parametrize(
    ("canary", "said", "heard"),
    [
        (CANARY, (), False), (CANARY, (PROMOTED,), True), (CANARY, (FAILED,), True), (HOOKED, (PROMOTED,), True),
        (CANARY, ("Promotion of web.default failed, primary not ready: ...",), True),
        (HOOKED, (FAILED,), False), (HOOKED, (FAILED, BOTH[0]), False), (HOOKED, (FAILED, *BOTH), True),
    ],
)  # fmt: skip
def test_a_rollback_is_followed_by_what_its_webhooks_answer(canary: Canary, said: tuple[str, ...], heard: bool) -> None:
    words = [FlaggerSaid(2, 2, "log", "info", text) for text in said]
    assert closing_words(Timeline([Triggered(1, 1, "trigger", "x"), *words]), canary) is heard


def _phases(*phases: str) -> list[Event]:
    """Shipped at second 0, then a phase each second."""
    seen = [CanarySeen(at, at, "canary", "1", phase, 0, 0, 0) for at, phase in enumerate(phases)]
    return [Triggered(0, 0, "trigger", "x"), *seen]


@pytest.mark.parametrize(
    ("phases", "words"),
    [
        (("Initialized", "Progressing", "Failed"), "the rollout has ended: Failed 0%"),
        (("Initialized", "Progressing"), ""),
        (("Failed",), ""),  # the one before
    ],
)
def test_nothing_is_waited_for_when_nothing_happened_since_the_end(phases: tuple[str, ...], words: str) -> None:
    assert over(Timeline(_phases(*phases)), since=10) == words


def test_what_happens_after_the_end_may_bring_what_is_waited_for() -> None:
    later = FlaggerSaid(11, 11, "log", "info", "New revision detected!")
    assert over(Timeline([*_phases("Initialized", "Progressing", "Failed"), later]), since=10) == ""
