"""When the last words of a rollout have been heard, which may come after its last status."""

from __future__ import annotations

from dataclasses import replace

import pytest

from canarylab.journey.journey import closing_words
from canarylab.model.canary import Canary, Webhook
from canarylab.model.timeline import FlaggerSaid, Timeline, Triggered

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
