"""An A/B test: those with the header or the cookie meet the new revision, all others stay where they are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from canarylab.journey import Application, Change, Crowd, Journey
from canarylab.journey.application import CALLERS

HEADER = {"headers": {"x-canary": {"exact": "insider"}}}
COOKIE = {"headers": {"cookie": {"regex": "^(.*?; ?)?(canary=always)(;.*)?$"}}}


def crowd(name: str, *, matching: bool, **headers: str) -> Crowd:
    return replace(CALLERS, name=name, matching=matching, headers={**CALLERS.headers, **headers})


@pytest.fixture
def app(short: Application) -> Application:
    tested = short.but(
        analysis={"stepWeight": None, "maxWeight": None, "iterations": 3, "match": [HEADER, COOKIE]},
    )
    crowds = (
        crowd("with-header", matching=True, **{"x-canary": "insider"}),
        crowd("with-cookie", matching=True, Cookie="theme=dark; canary=always"),
        crowd("others", matching=False, Cookie="theme=dark; nocanary=always"),
    )
    return replace(tested, crowds=crowds)


@pytest.mark.canary
def test_an_ab_test_sends_only_those_who_match(canary: Journey) -> None:
    canary.ship(Change(tag="6.9.1")).assert_promoted()
