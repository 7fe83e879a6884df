"""YAML becomes the data that JSON would have, and every part of it knows where it stands."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canarylab.problem import Problem, Spot, nearest
from canarylab.scenario import source
from canarylab.scenario.source import Path, Source

TEXT, KEY = st.text("abc: #-'\"{}"), st.text("abc", min_size=1)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT
DATA = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEY, inner, max_size=3))


@given(data=DATA)
def test_json_is_read_as_what_it_is(data: Any) -> None:
    made = source.read("f", json.dumps(data, indent=1))
    assert (made.data, made.problems) == (data, [])


@given(data=DATA)
def test_every_part_stands_in_the_text(data: Any) -> None:
    made = source.read("f", json.dumps(data, indent=1))
    lines = made.text.splitlines()
    for spot in (*made.keys.values(), *made.values.values()):
        assert 1 <= spot.line <= len(lines)
        assert 1 <= spot.column <= len(lines[spot.line - 1]) + 1


def spots(text: str, *path: str | int) -> tuple[Spot, Spot]:
    made = source.read("f", text)
    return made.key(path), made.value(path)


def test_keys_and_values_have_places_of_their_own() -> None:
    assert spots("a:\n  - bc: def\n", "a", 0, "bc") == (Spot(2, 5, 2), Spot(2, 9, 3))


def test_a_place_that_is_not_there_is_the_nearest_one_above() -> None:
    assert spots("a:\n  b: 1\n", "a", "c", "d")[0] == Spot(1, 1, 1)
    assert source.read("f", "").key(("a",)) == Spot(1, 1, 1)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: 1\na: 2\n", "`a` stands here twice"),
        ("a: !python/object:os.system x\n", "is not known here"),
        ("<<: {a: 1}\nb: 2\n", "a key has to be a word"),
        ("? [a, b]\n: 1\n", "a key has to be a word"),
        ("a: [1, 2\n", "not YAML"),
        ("a: \x07\n", "not YAML"),
        ("a: *b\n", "not YAML"),
    ],
)
def test_what_json_cannot_say_is_a_problem(text: str, words: str) -> None:
    (found,) = source.read("f", text).problems
    assert words in found.what


def test_dates_and_words_of_old_yaml_are_text() -> None:
    assert source.read("f", "a: 2020-01-01\nb: yes\n").data == {"a": "2020-01-01", "b": "yes"}


def test_carets_stand_under_the_word_also_behind_a_tab() -> None:
    told = str(Problem("f", Spot(1, 4, 2), "what", "hint", "\tab cd"))
    assert told.splitlines()[2] == "   | \t  ^^"
    assert told.endswith("= hint")


def test_the_nearest_word_or_all() -> None:
    assert nearest("set-imge", ["set-image", "wait"]) == "did you mean `set-image`?"
    assert nearest("xyz", ["b", "a"]) == "known: a, b"


def paths(made: Source) -> set[Path]:
    return set(made.values)


def test_an_alias_stands_where_it_was_first_written() -> None:
    made = source.read("f", "a: &x {b: 1}\nc: *x\n")
    assert made.data == {"a": {"b": 1}, "c": {"b": 1}}
    assert ("c", "b") in paths(made)
