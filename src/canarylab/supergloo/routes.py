"""Puts the rules of one Service together: which of them hold, and the routes that give every request its due.

The older of two rules that contradict each other holds. A request that fits several rules gets what all of them say;
where two say the same thing differently, the one that asks more of the request is followed.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from canarylab.supergloo.matchers import ALL, Atom, Overlap, covers, meet, specificity
from canarylab.supergloo.policies import Effects, Policy
from canarylab.supergloo.rules import Rule
from canarylab.supergloo.upstreams import Service

_MOST_ATOMS = 200  # so many ways to have something in common are looked at for one Service


@dataclass(frozen=True)
class Claim:
    """What one rule wants of one Service."""

    rule: Rule
    service: Service
    atoms: tuple[Atom, ...]

    @property
    def policy(self) -> Policy:
        return self.rule.policy


@dataclass(frozen=True)
class Route:
    """What is done with the requests that fit one of the atoms; with all that are left, if there is none."""

    matches: tuple[Atom, ...]
    effects: Effects


@dataclass(frozen=True)
class Table:
    """The routes of a Service; the first that fits a request counts, and the last one fits all."""

    service: Service
    routes: tuple[Route, ...]

    def at(self, port: int) -> Iterator[Route]:
        """The routes for the requests to one port, for meshes that have routes for each."""
        for route in self.routes:
            atoms = tuple(atom for one in route.matches if (atom := one.on_port(port)) is not None)
            if ALL in atoms or not route.matches:
                yield Route((), route.effects)
                return
            if atoms:
                yield Route(atoms, route.effects)


@dataclass
class Settled:
    """The claims that hold, and what is to be told of rules: why one is refused, and where one has to stand back."""

    held: list[Claim] = field(default_factory=list)
    refused: list[tuple[Claim, str]] = field(default_factory=list)
    doubts: list[tuple[Claim, str]] = field(default_factory=list)


def settle(claims: Iterable[Claim], most: int) -> Settled:
    """Decides between the claims on one Service, of which ``most`` routes can come."""
    settled = Settled()
    for claim in sorted(claims, key=lambda one: one.rule.age):
        why = _contradicted(claim, settled.held) or _too_many(claim, settled.held, most)
        if why:
            settled.refused.append((claim, why))
        else:
            settled.held.append(claim)
    settled.doubts = [(claim, why) for claim in settled.held if (why := _untold(claim, settled.held))]
    return settled


def _contradicted(claim: Claim, held: Sequence[Claim]) -> str:
    for other in held:
        same = set(claim.atoms) & set(other.atoms)
        if same and other.policy.field == claim.policy.field and other.policy != claim.policy:
            requests = " or ".join(sorted(map(str, same)))
            title = claim.policy.title
            return f"{other.rule} is older and has another {title} for {claim.service} ({requests})"
    return ""


def _too_many(claim: Claim, held: Sequence[Claim], most: int) -> str:
    claims = [*held, claim]
    atoms = _closed(claims, _MOST_ATOMS)
    if len(atoms) > _MOST_ATOMS:
        return f"its requests have too much in common with those of the other rules of {claim.service}"
    if len(atoms) > most and len(_needed(atoms, claims)) > most:
        return f"with the other rules of {claim.service} it makes more than {most} routes"
    return ""


def _untold(claim: Claim, held: Sequence[Claim]) -> str:
    """Requests that fit this rule and another, but not by anything that a mesh can be told."""
    for other in (one for one in held if one is not claim):
        for mine, theirs in itertools.product(claim.atoms, other.atoms):
            if meet(mine, theirs) is Overlap.UNTOLD and specificity(theirs) > specificity(mine):
                return f"requests to {claim.service} with {mine} that fit {theirs} too follow {other.rule} alone"
    return ""


def table(service: Service, held: Sequence[Claim]) -> Table:
    """The routes for the claims that hold."""
    routes: list[Route] = []
    for atom, effects in _needed(_closed(held, _MOST_ATOMS), held):
        if routes and routes[-1].effects == effects:
            routes[-1] = Route((*routes[-1].matches, atom), effects)
        else:
            routes.append(Route((atom,), effects))
    return Table(service, (*routes[:-1], Route((), routes[-1].effects)))


def _needed(atoms: Iterable[Atom], held: Sequence[Claim]) -> list[tuple[Atom, Effects]]:
    """The atoms that a table needs, the one that asks most first, with what is done with their requests.

    A request that an atom describes fits those that cover this one, too. An atom is left out if the next of these
    treats each request alike that it would be the first for. Those that ask least are tried first: so a condition that
    changes nothing goes from all of them.
    """
    wanted = sorted(((atom, _effects(atom, held)) for atom in atoms), key=lambda one: specificity(one[0]), reverse=True)
    fitting = [[place for place, (wide, _) in enumerate(wanted) if covers(wide, atom)] for atom, _ in wanted]
    kept = [True] * len(wanted)
    for place in reversed(range(len(wanted))):
        kept[place] = False
        kept[place] = not _alike(wanted, fitting, kept) or _blurred(wanted[place], wanted)
    return [one for one, stays in zip(wanted, kept, strict=True) if stays]


def _alike(wanted: Sequence[tuple[Atom, Effects]], fitting: Sequence[Sequence[int]], kept: Sequence[bool]) -> bool:
    """Whether the first of those that are kept treats every atom's requests as that one does."""
    firsts = (next((place for place in places if kept[place]), None) for places in fitting)
    return all(
        first is not None and wanted[first][1] == effects for first, (_, effects) in zip(firsts, wanted, strict=True)
    )


def _blurred(one: tuple[Atom, Effects], wanted: Sequence[tuple[Atom, Effects]]) -> bool:
    """Whether requests of it can fit others that treat them differently, by conditions that cannot be put together."""
    atom, effects = one
    return any(meet(atom, other) is Overlap.UNTOLD and treated != effects for other, treated in wanted)


def _closed(claims: Sequence[Claim], most: int) -> set[Atom]:
    """All atoms, and what they have in common; not all of it where that is more than ``most``."""
    found = {ALL}
    for atom in (atom for claim in claims for atom in claim.atoms):
        found |= {met for one in found if isinstance(met := meet(one, atom), Atom)}
        if len(found) > most:
            break
    return found


def _effects(atom: Atom, held: Sequence[Claim]) -> Effects:
    """What the claims say of the requests of an atom; the one that asks most is the last word on each matter."""
    saying = [(specificity(wide), claim.policy) for claim in held for wide in claim.atoms if covers(wide, atom)]
    effects = Effects()
    for _, policy in sorted(saying, key=lambda one: one[0]):
        effects = effects.with_policy(policy)
    return effects
