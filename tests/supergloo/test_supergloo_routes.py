"""The routes of a Service give every request what its rules say, whatever the rules have in common."""

from __future__ import annotations

import itertools

import asked
import worlds
from hypothesis import assume, given
from hypothesis import strategies as st

from canarylab.supergloo import routes
from canarylab.supergloo.matchers import Atom, specificity
from canarylab.supergloo.policies import Delay, Effects, Headers, Policy, Timeout
from canarylab.supergloo.routes import Claim
from canarylab.supergloo.rules import Rule
from canarylab.supergloo.upstreams import Service

SERVICE = Service("shop", "a", (80,), ((80, "http"),))
MOST = 300

_policies = st.one_of(
    st.builds(Timeout, st.integers(1, 3)),
    st.builds(Delay, st.just(100.0), st.integers(1, 3)),
    st.builds(Headers, request_remove=st.sampled_from([("x",), ("y",)])),
)
_rules = st.lists(st.tuples(st.lists(asked.any_atoms, min_size=1, max_size=2, unique=True), _policies), max_size=4)


def claims(rules: list[tuple[list[Atom], Policy]]) -> list[Claim]:
    """Rules for one Service, the older first."""
    return [claim(str(number), tuple(atoms), policy) for number, (atoms, policy) in enumerate(rules)]


def claim(name: str, atoms: tuple[Atom, ...], policy: Policy) -> Claim:
    rule = Rule({}, ("", "RoutingRule", "shop", name), (), {SERVICE: (80,)}, atoms, policy)
    return Claim(rule, SERVICE, atoms)


def followed(held: list[Claim], request: asked.Request) -> Effects:
    """What the first route that fits does."""
    table = routes.table(SERVICE, held)
    return next(
        route.effects
        for route in table.routes
        if not route.matches or any(asked.fits(atom, request) for atom in route.matches)
    )


def said(held: list[Claim], request: asked.Request) -> Effects:
    """What the rules that fit say, the one that asks most last."""
    fitting = [(atom, one.policy) for one in held for atom in one.atoms if asked.fits(atom, request)]
    effects = Effects()
    for _, policy in sorted(fitting, key=lambda pair: specificity(pair[0])):
        effects = effects.with_policy(policy)
    return effects


@given(_rules, asked.requests)
def test_every_request_gets_what_the_rules_that_it_fits_say(
    rules: list[tuple[list[Atom], Policy]], request: asked.Request
) -> None:
    settled = routes.settle(claims(rules), MOST)
    assume(not settled.doubts)
    assert followed(settled.held, request) == said(settled.held, request)


@given(_rules)
def test_neighbouring_routes_differ_and_the_last_one_is_for_everybody(rules: list[tuple[list[Atom], Policy]]) -> None:
    table = routes.table(SERVICE, routes.settle(claims(rules), MOST).held)
    effects = [route.effects for route in table.routes]
    assert all(one != other for one, other in itertools.pairwise(effects))
    assert [not route.matches for route in table.routes] == [False] * (len(effects) - 1) + [True]


@given(_rules)
def test_rules_that_hold_contradict_each_other_nowhere(rules: list[tuple[list[Atom], Policy]]) -> None:
    held = routes.settle(claims(rules), MOST).held
    pairs = [(atom, one.policy.field, one.policy) for one in held for atom in one.atoms]
    assert len({(atom, field) for atom, field, _ in pairs}) == len(set(pairs))


@given(_rules)
def test_a_younger_rule_takes_nothing_from_an_older_one(rules: list[tuple[list[Atom], Policy]]) -> None:
    assume(rules)
    before, after = (routes.settle(claims(some), MOST) for some in (rules[:-1], rules))
    assert after.held[: len(before.held)] == before.held
    assert after.refused[: len(before.refused)] == before.refused


def test_a_rule_that_makes_too_many_routes_is_refused() -> None:
    policies = [Timeout(number) for number in range(1, 5)]
    atoms = [worlds.atom("x-" + letter) for letter in "abcd"]
    settled = routes.settle([claim(str(n), (a,), p) for n, (a, p) in enumerate(zip(atoms, policies, strict=True))], 4)
    why = "with the other rules of a.shop it makes more than 4 routes"
    assert [(one.rule.age[-1], said) for one, said in settled.refused] == [("3", why)]


def test_conditions_that_change_nothing_make_no_routes() -> None:
    both = [claim("0", (worlds.atom("x-a"),), Timeout(1)), claim("1", (worlds.atom("x-b"),), Timeout(1))]
    table = routes.table(SERVICE, both)
    assert [len(route.matches) for route in table.routes] == [2, 0]
