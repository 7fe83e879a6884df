"""What requests have in common, and which of two descriptions asks more."""

from __future__ import annotations

import asked
from hypothesis import given

from canarylab.supergloo.matchers import ALL, PATH, Atom, How, Overlap, Text, covers, meet, specificity


@given(asked.any_atoms, asked.any_atoms, asked.requests)
def test_a_request_fits_what_two_have_in_common_if_it_fits_both(one: Atom, other: Atom, request: asked.Request) -> None:
    both, met = asked.fits(one, request) and asked.fits(other, request), meet(one, other)
    if isinstance(met, Atom):
        assert asked.fits(met, request) == both
    elif met is Overlap.NONE:
        assert not both


@given(asked.any_atoms, asked.any_atoms)
def test_it_does_not_matter_which_of_two_is_named_first(one: Atom, other: Atom) -> None:
    assert meet(one, other) == meet(other, one)


@given(asked.any_atoms, asked.any_atoms)
def test_what_is_covered_by_another_asks_more(wide: Atom, narrow: Atom) -> None:
    if covers(wide, narrow):
        assert wide == narrow or specificity(narrow) > specificity(wide)


@given(asked.any_atoms)
def test_all_requests_cover_everything(atom: Atom) -> None:
    assert covers(ALL, atom)
    assert meet(atom, atom) == atom


def test_a_path_that_begins_with_a_slash_is_any_path() -> None:
    assert Atom.of([(PATH, Text(How.PREFIX, "/"))]) == ALL


def test_two_expressions_cannot_be_put_together() -> None:
    one, other = (Atom.of([(PATH, Text(How.REGEX, text))]) for text in ("/a.*", "/.*b"))
    assert meet(one, other) is Overlap.UNTOLD
    assert not covers(one, other)
