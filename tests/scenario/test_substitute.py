"""``${name}`` takes a value, its type too where it stands alone; what nobody gave is a problem."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canarylab.scenario import source
from canarylab.scenario.substitute import filled, names, put

VALUES = {"tag": "6.9.1", "step": 25, "on": True}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("${step}", 25), ("${on}", True), ("a ${step}%", "a 25%"), ("${tag}-${step}", "6.9.1-25"),
        ("$${step}", "${step}"), ("${step}$${step}", "25${step}"), ("$5", "$5"), ("${}", "${}"),
    ],
)  # fmt: skip
def test_values_are_put_in(text: str, wanted: object) -> None:
    assert filled(text, VALUES) == wanted


@given(text=st.text("ab ${}", max_size=12))
def test_text_without_names_stays_but_for_what_is_escaped(text: str) -> None:
    if not names(text) and "$${" not in text:
        assert filled(text, VALUES) == text


def test_values_stand_for_nothing_within_values_and_keys() -> None:
    data, problems = put(source.read("f", "values: {a: '${b}'}\n'${c}': 1\n"), {})
    assert (data, problems) == ({"values": {"a": "${b}"}, "${c}": 1}, [])


def test_an_unknown_name_is_told_where_it_stands() -> None:
    _, (problem,) = put(source.read("f", "a:\n  - 'x ${tga} y'\n"), VALUES)
    assert (problem.spot.line, problem.spot.column, problem.spot.width) == (2, 8, 6)
    assert problem.hint == "did you mean `tag`?"
