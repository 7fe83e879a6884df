"""What makes no sense although it has the right form: files that are not there, weights that never come, faults that
break what others share. Pure but for looking whether files are there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path as FilePath
from typing import TYPE_CHECKING

from canarylab import faults
from canarylab.errors import CanarylabError
from canarylab.model.canary import Canary, Strategy
from canarylab.problem import Problem
from canarylab.scenario import applications
from canarylab.scenario.document import Entry, Scenario
from canarylab.scenario.expect.alerts import Alerts
from canarylab.scenario.expect.follows_git import FollowsGit
from canarylab.scenario.expect.hooks import Hooks
from canarylab.scenario.expect.plan import Plan
from canarylab.scenario.expect.reaches import Reaches
from canarylab.scenario.expect.split import Split
from canarylab.scenario.source import Path
from canarylab.scenario.steps.apply import Apply
from canarylab.scenario.steps.fault import OneFault
from canarylab.scenario.steps.gate import Gate
from canarylab.scenario.steps.git_commit import GitCommit
from canarylab.scenario.steps.git_revert import GitRevert
from canarylab.scenario.steps.patch import Patch
from canarylab.scenario.steps.wait import Wait
from canarylab.scenario.steps.wait_for_sync import WaitForSync

if TYPE_CHECKING:
    from canarylab.scenario.load import File

Said = Iterator[tuple[Path, str, str]]  # where, what, hint
_OF_GIT = (GitCommit, GitRevert, WaitForSync, FollowsGit)
_STEPS = ("prepare", "steps", "catch", "finally")


def problems(file: File) -> list[Problem]:
    """All that makes no sense."""
    scenario, folder = file.scenario, file.path.parent
    missing = [*_missing_files(scenario, folder)]
    said = [*missing, *_shared(scenario), *_unheard(scenario)]
    if not missing:
        said += _application(scenario, folder)
    return sorted((file.source.wrong(file.source.value(path), what, hint) for path, what, hint in said), key=_spot)


def _spot(one: Problem) -> tuple[int, int]:
    return one.spot.line, one.spot.column


def entries(scenario: Scenario) -> Iterator[tuple[Path, Entry]]:
    """Every step and claim with its place."""
    lists = {name: getattr(scenario, "finally_" if name == "finally" else name) for name in (*_STEPS, "expect")}
    for name, found in lists.items():
        for number, entry in enumerate(found):
            yield (name, number, entry.name), entry
    if scenario.upstream:
        for number, entry in enumerate(scenario.upstream.observed):
            yield ("upstream", "observed", number, entry.name), entry


def _missing_files(scenario: Scenario, folder: FilePath) -> Said:
    listed: list[tuple[Path, object]] = []
    for name in ("manifests", "objects"):
        listed += [(("given", name, number), one) for number, one in enumerate(getattr(scenario.given, name))]
    for path, entry in entries(scenario):
        if isinstance(entry.verb, Apply):
            listed += [((*path, number), one) for number, one in enumerate(entry.verb.objects)]
        if isinstance(entry.verb, GitCommit):
            listed += [((*path, "objects", number), one) for number, one in enumerate(entry.verb.objects)]
    for path, one in listed:
        if isinstance(one, str) and not (folder / one).exists():
            yield path, f"there is no file `{one}` beside this one", ""


def _shared(scenario: Scenario) -> Said:
    """Faults that need a cluster of their own, or another mesh."""
    for path, entry in entries(scenario):
        if isinstance(entry.verb, OneFault):
            kind = faults.registry()[entry.verb.name]
            if kind.exclusive and not scenario.exclusive:
                yield path, f"`{entry.verb.name}` breaks what others share", "add `exclusive: true`"
            if kind.meshes and not (scenario.meshes and set(scenario.meshes) <= set(kind.meshes)):
                yield path, f"`{entry.verb.name}` needs a mesh", f"add `meshes: [{', '.join(kind.meshes)}]`"


def _unheard(scenario: Scenario) -> Said:
    """Claims about what nobody listens to."""
    for path, entry in entries(scenario):
        if isinstance(entry.verb, Alerts) and not scenario.given.alerts:
            yield path, "no alert is kept", "add `alerts: true` to `given`"
        if isinstance(entry.verb, Hooks) and not scenario.given.listens:
            yield path, "no call of a webhook is kept", "add `listens: [...]` to `given`"
        if isinstance(entry.verb, _OF_GIT) and scenario.given.git is None:
            yield path, "the application does not come by git", "add `git: {}` to `given`"


def _application(scenario: Scenario, folder: FilePath) -> Said:
    try:
        item = applications.build(scenario.given, "namespace", folder).canary
        canary = Canary.parse(item)
    except CanarylabError as error:
        yield ("given",), error.what, error.next_step
        return
    except (KeyError, TypeError, AttributeError) as error:
        yield ("given", "canary"), f"this makes no Canary of it: {error}", ""
        return
    hooks = item["spec"].get("analysis", {}).get("webhooks", ())
    yield from _gates(scenario, canary, [hook["url"] for hook in hooks])
    if canary.strategy is Strategy.CANARY and not _edited(scenario):
        yield from _weights(scenario, canary)


def _gates(scenario: Scenario, canary: Canary, urls: Sequence[str]) -> Said:
    """Gates that no webhook asks, and webhooks that are planned to refuse and are not there."""
    for path, entry in entries(scenario):
        verb = entry.verb
        if isinstance(verb, Gate) and not any(f"/{verb.of}/" in url for url in urls):
            yield path, "no webhook of the Canary asks this gate", "add `gates: [...]` to `given`"
        if isinstance(verb, Plan):
            for name in verb.gates:
                if name not in canary.hooks:
                    yield path, f"the Canary has no webhook of type {name}", f"add `gates: [{name}]` to `given`"


def _edited(scenario: Scenario) -> bool:
    """Whether a step changes the Canary on its way, so that its weights are not known beforehand."""
    verbs = [entry.verb for _, entry in entries(scenario)]
    patched = any(isinstance(verb, Patch) and verb.object.startswith("canar") for verb in verbs)
    return patched or any(isinstance(verb, OneFault) and verb.name == "canary-edited" for verb in verbs)


def _weights(scenario: Scenario, canary: Canary) -> Said:
    """Weights that this Canary never has."""
    possible = {0, *canary.steps}
    if canary.step_promotion:
        possible |= {*range(max(canary.steps, default=0), 0, -canary.step_promotion)}
    for path, entry in entries(scenario):
        for weight in _asked(entry):
            if weight not in possible:
                known = ", ".join(map(str, sorted(possible)))
                yield path, f"the canary's weight is never {weight}", f"its weights: {known}"


def _asked(entry: Entry) -> list[int]:
    verb = entry.verb
    if isinstance(verb, Wait):
        named = int(verb.until.split()[1].rstrip("%")) if " " in verb.until else None
        return [weight for weight in (verb.weight, named) if weight is not None]
    if isinstance(verb, Split):
        return [verb.at]
    if isinstance(verb, Plan):
        return [one.from_ for one in verb.gates.values()]
    return [verb.weight] if isinstance(verb, Reaches) and verb.weight is not None else []
