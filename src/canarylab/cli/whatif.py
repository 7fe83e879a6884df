"""From the options of ``canarylab plan`` to what its model assumes; each value is checked, and told where wrong."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from canarylab.cli.located import Located
from canarylab.errors import UsageError
from canarylab.model import canary as model
from canarylab.model import plan
from canarylab.model.canary import Canary, Strategy
from canarylab.model.plan import ENDLESS, Assumption, Closed
from canarylab.model.releases import Version
from canarylab.model.rollout import EVENT, ROLLBACK, State

_MOST = 500  # ticks, and refusals of a gate
_ANSWERS = {"open": 0, "closed": ENDLESS}
_MESHES = {"istio": "istio", "none": "kubernetes"}
_NUMBERS = ("iterations", "maxWeight", "stepWeight", "stepWeightPromotion", "threshold")
_INTERVALS = {"metrics": "interval", "webhooks": "timeout"}


@dataclass(frozen=True)
class Asked:
    """The options, as they were given."""

    check_fails: int | None
    fails_once: tuple[int, ...]
    fails_at: int
    gates: tuple[str, ...]
    revisions: tuple[int, ...]
    not_ready: bool
    primary_not_ready: bool
    rollback_at: int
    edits: tuple[int, ...]
    ready: tuple[float, float] | None
    flagger: Version
    provider: str


def near(word: str, known: Collection[str]) -> str:
    """What may have been meant."""
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.4)
    return f"did you mean {close[0]}?" if close else f"there are {', '.join(sorted(known)) or 'none'}"


def ready(text: str | None) -> tuple[float, float] | None:
    """``12`` or ``5..40`` seconds."""
    if text is None:
        return None
    least, _, most = text.partition("..")
    try:
        seconds = float(least), float(most or least)
    except ValueError as error:
        raise UsageError(f"--ready {text} is no time", next_step="write seconds: 12, or 5..40") from error
    if not 0 <= seconds[0] <= seconds[1] < float("inf"):
        raise UsageError(f"--ready {text} does not grow from 0 on", next_step="write the shorter time first: 5..40")
    return seconds


def provider(name: str, mesh: str) -> str:
    """The provider of Canaries that name none."""
    if name and mesh:
        raise UsageError("--provider and --mesh say the same thing", next_step="give one of them")
    if mesh and mesh not in _MESHES:
        raise UsageError(f"no mesh {mesh} is known here", next_step=near(mesh, _MESHES))
    return _MESHES[mesh] if mesh else name or "istio"


def canary(one: Located, asked: Asked) -> Canary:
    """The Canary as it is played; UsageError with the line of a field that cannot be read."""
    _check(one)
    try:
        read = Canary.parse(one.item)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        named = f"it has no {error}" if isinstance(error, KeyError) else str(error)
        raise UsageError(
            f"this Canary cannot be read: {named}", where=one.where("spec"), next_step="compare it with docs/strategies"
        ) from error
    return read.played(asked.provider, asked.flagger)


def _check(one: Located) -> None:
    """The fields that the timeline hangs on."""
    spec = one.item.get("spec")
    if not isinstance(spec, dict):
        raise UsageError("this Canary has no spec", where=one.where())
    _number(one, spec, "progressDeadlineSeconds", "spec")
    analysis = spec.get("analysis") or {}
    if not isinstance(analysis, dict):
        raise UsageError("spec.analysis is no mapping", where=one.where("spec", "analysis"))
    for key in _NUMBERS:
        _number(one, analysis, key, "spec", "analysis")
    for place in range(len(analysis.get("stepWeights") or ())):
        _number(one, analysis["stepWeights"], place, "spec", "analysis", "stepWeights")
    _interval(one, analysis, "interval", "spec", "analysis")
    for key, field in _INTERVALS.items():
        for place, item in enumerate(analysis.get(key) or ()):
            _interval(one, item, field, "spec", "analysis", key, place)


def _number(one: Located, parent: Any, key: Any, *path: str | int) -> None:
    value = parent[key] if isinstance(parent, list) else parent.get(key, 0)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        name = ".".join(map(str, (*path, key)))
        raise UsageError(f"{name} is no whole number: {value!r}", where=one.where(*path, key))


def _interval(one: Located, parent: Any, key: str, *path: str | int) -> None:
    value = parent.get(key) if isinstance(parent, dict) else None
    if value is None:
        return
    try:
        model.seconds(str(value))
    except UsageError as error:
        name = ".".join(map(str, (*path, key)))
        raise UsageError(f"{name}: {error.what}", where=one.where(*path, key), next_step=error.next_step) from error


def assumption(canary: Canary, one: Located, asked: Asked) -> Assumption:
    """What the options ask for."""
    for tick in (*asked.revisions, *asked.edits, *filter(None, (asked.rollback_at, asked.fails_at))):
        _tick(tick)
    if asked.rollback_at:
        _type(canary, ROLLBACK, one)
    return Assumption(
        checks=_checks(canary, asked),
        closed=tuple(_gate(canary, text, one) for text in asked.gates),
        revisions=frozenset(asked.revisions),
        revoked_at=asked.rollback_at,
        failing_at=asked.fails_at,
        startable=lambda _state: not asked.not_ready,
        promotable=lambda _state: not asked.primary_not_ready,
        rerouted=frozenset(asked.edits),
    )


def _tick(number: int) -> None:
    if not 1 <= number <= _MOST:
        raise UsageError(
            f"{number} is no tick", next_step=f"ticks count from 1, the one that finds the revision, to {_MOST}"
        )


def _checks(canary: Canary, asked: Asked) -> Callable[[State], bool]:
    """By the canary's weight, or by its iteration where there are no weights."""
    once = sorted(_reached(canary, one) for one in asked.fails_once)
    always = None if asked.check_fails is None else _reached(canary, asked.check_fails)

    def passes(state: State) -> bool:
        at = plan.place(canary, state)
        if always is not None and at >= always:
            return False
        return not (at in once and state.failed < sum(one <= at for one in once))

    return passes


def _reached(canary: Canary, wanted: int) -> int:
    """The first weight or iteration that is ``wanted`` or more."""
    weights = canary.strategy is Strategy.CANARY
    places = (
        sorted({*canary.steps, *([0] if canary.mirrors else [])}) if weights else list(range(1, canary.iterations + 2))
    )
    found = next((one for one in places if one >= wanted), None)
    if found is None:
        what = f"weight {wanted}" if weights else f"iteration {wanted}"
        raise UsageError(
            f"the canary never gets to {what}", next_step=f"choose one of {', '.join(map(str, places)) or 'none'}"
        )
    return found


def _gate(canary: Canary, text: str, one: Located) -> Closed:
    """``NAME=open|closed|N``, perhaps with ``@WEIGHT``, as the refusals of a type."""
    name, _, said = text.partition("=")
    answer, at, since = said.partition("@")
    if (answer not in _ANSWERS and not answer.isdecimal()) or bool(at) != since.isdecimal():
        forms = "NAME=open, NAME=closed or NAME=3, and NAME=3@25 for as often from weight 25 on"
        raise UsageError(f"--gate {text} is no answer of a gate", next_step=f"write {forms}")
    times = _ANSWERS[answer] if answer in _ANSWERS else int(answer)
    if times > _MOST:
        raise UsageError(f"--gate {text}: {_MOST} refusals are the most", next_step=f"write {name}=closed")
    type_ = _type(canary, name, one)
    if at and not times and type_ != ROLLBACK:
        raise UsageError(
            f"--gate {text}: this gate is open until then as well", next_step=f"write {name}=closed{at}{since}"
        )
    return Closed(type_, times, _reached(canary, int(since)) if at else 0)


def _type(canary: Canary, name: str, one: Located) -> str:
    """The type of a webhook that is named, or of which the type is."""
    types = {hook.name: hook.type for hook in canary.webhooks if hook.type != EVENT}
    types |= {type_: type_ for type_ in types.values()}
    if name not in types:
        where = one.where("spec", "analysis", "webhooks")
        raise UsageError(f"the Canary has no gate {name}", where=where, next_step=near(name, types))
    return types[name]
