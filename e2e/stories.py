"""What each provider has to show: podinfo with a short analysis, shipped a good or a bad revision."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from canarylab.journey import Application, Change, Journey, Outcome, played
from canarylab.journey.application import BROWSERS, CALLERS, Crowd, podinfo
from canarylab.meshes.provider import AB, BLUE_GREEN, CANARY, Provider
from canarylab.model import expectation, verdict

Json = dict[str, Any]

# Dozens of rollouts share two cores: ticks of 20 s, in which fewer users ask as often as the verdict wants.
PER_SECOND = 24.0
SLOW: Json = {"interval": "20s", "threshold": 2}
WEIGHTS: Json = {**SLOW, "stepWeight": 25, "maxWeight": 50}
ROUNDS: Json = {**SLOW, "stepWeight": None, "maxWeight": None, "iterations": 2}
GOOD = Change(tag="6.9.1")
BAD = Change(tag="6.9.1", arguments=("--ui-path=/nowhere",))  # its page answers 500, its API and probes are content
TARDY = Change(
    tag="6.9.1",
    arguments=("--random-delay=true", "--random-delay-unit=ms", "--random-delay-min=700", "--random-delay-max=750"),
)
# Half a second is too much, and nothing else is checked: hey, which asks the new revision, sends no header that it is
# given, so that it cannot ask for the page that answers 500.
STRICT: Json = {"metrics": [{"name": "request-duration", "thresholdRange": {"max": 500}, "interval": "1m"}]}
INSIDER = {"headers": {"x-canary": {"exact": "insider"}}}


@dataclass(frozen=True)
class Story:
    """One rollout: its name, how the analysis goes, what is shipped, and what has to come of it."""

    name: str
    analysis: Json
    crowds: tuple[Crowd, ...]
    change: Change
    holds: Callable[[Outcome], object]
    unseen: bool = False
    """Whether users do not reach the new revision before it takes them all, so that a hook has to ask it."""

    def application(self, provider: Provider, namespace: str) -> Application:
        """podinfo as this provider plays it."""
        crowds = tuple(replace(one, per_second=PER_SECOND) for one in self.crowds)
        made = replace(podinfo(namespace), crowds=crowds).but(progressDeadlineSeconds=60, analysis=self.analysis)
        asked = self._asked(made) if self.unseen else made
        apart = provider.route is None or provider.route.kind.namespaced
        return played.by(provider, asked if apart else renamed(asked, f"podinfo-{self.name}"))

    def _asked(self, app: Application) -> Application:
        hook = app.canary["spec"]["analysis"]["webhooks"][0]
        command = f"hey -z 2m -q 5 -c 1 http://podinfo-canary.{app.namespace}:9898/"
        load = {**hook, "type": "pre-rollout", "metadata": {"type": "cmd", "cmd": command}}
        return app.but(analysis={"webhooks": [load]})

    def play(self, journey: Journey) -> None:
        """Ships, waits for the end, and holds it against what was expected."""
        __tracebackhide__ = True
        self.holds(journey.ship(self.change))


def renamed(app: Application, name: str) -> Application:
    """The same under another name: route objects that stand in no namespace are told apart by it alone."""

    def other(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: other(one) for key, one in value.items()}
        if isinstance(value, list):
            return list(map(other, value))
        return name if value == "podinfo" else _elsewhere(value, name)

    return replace(app, objects=tuple(map(other, app.objects)), canary=other(app.canary))


def _elsewhere(value: Any, name: str) -> Any:
    return value.replace("podinfo-canary.", f"{name}-canary.") if isinstance(value, str) else value


def _crowd(name: str, *, matching: bool, **headers: str) -> Crowd:
    return replace(CALLERS, name=name, matching=matching, headers=headers)


_PAIR = (_crowd("insiders", matching=True, **{"x-canary": "insider"}), _crowd("others", matching=False))


def _rolled_back(outcome: Outcome) -> object:
    return outcome.assert_rolled_back("Canary failed!")


def _promoted_but_for_a_leak(outcome: Outcome) -> None:
    """Promoted as expected, but that the primary keeps a few of the users when none shall be left to it."""
    expected = expectation.promotion(outcome.evidence.canary)
    found = verdict.judge(outcome.evidence, expected)
    outcome.verdicts.append((expected, found))
    assert [one.claim for one in found.findings if not one.holds] == ["users: answers at weight 100"], str(found)


PROMOTED = Story("promoted", WEIGHTS, (CALLERS,), GOOD, Outcome.assert_promoted)
ROLLED_BACK = Story("rolled-back", WEIGHTS, (BROWSERS,), BAD, _rolled_back)
AB_TEST = Story("ab", {**ROUNDS, "match": [INSIDER]}, _PAIR, GOOD, Outcome.assert_promoted)
GREEN = Story("blue-green", ROUNDS, (CALLERS,), GOOD, Outcome.assert_promoted, unseen=True)
# Flagger leaves the primary's weight out where it is 0, which Traefik takes for 1 of 101 (docs/meshes/traefik.md).
LEAKING = {"traefik": replace(GREEN, holds=_promoted_but_for_a_leak)}
GREEN_BACK = Story("rolled-back", {**ROUNDS, **STRICT}, (CALLERS,), TARDY, _rolled_back, unseen=True)


def told(provider: Provider) -> list[Story]:
    """A promotion, a rollback, and an A/B test or else blue/green: what of it the provider's router can play."""
    if CANARY not in provider.strategies:
        return [GREEN, GREEN_BACK]
    green = [LEAKING.get(provider.name, GREEN)] if BLUE_GREEN in provider.strategies else []
    third = [AB_TEST] if AB in provider.strategies else green
    return [PROMOTED, ROLLED_BACK, *third]
