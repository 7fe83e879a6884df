"""The page of a cast in a browser: it plays, seeks, its panel follows, it asks for nothing, and can be read too."""

from __future__ import annotations

from typing import Any

import pytest
import rollouts

from canarylab.record import of_case
from canarylab.record.cast import MARKER

expect = pytest.importorskip("playwright.sync_api", reason="pip install playwright").expect
MADE = of_case.compose(rollouts.ROLLED_BACK)


def texts(page: Any) -> list[str]:
    return [page.locator(f"#{name}").text_content() for name in ("stage", "weight", "success")]


def test_it_plays_without_a_word_and_asks_for_nothing(shown: Any, address: str) -> None:
    shown.evaluate("player.seek(0).then(() => player.play())")
    expect(shown.locator(".ap-timer .ap-time-elapsed, .ap-time-elapsed").first).to_have_text("00:01")
    assert (shown.watched.said, shown.watched.requests) == ([], [address])


def test_a_chapter_is_sought_and_the_panel_follows(shown: Any) -> None:
    for point in MADE.points[1:4]:
        shown.get_by_role("button", name=point.turn.title, exact=False).first.click()
        expect(shown.locator("#stage")).to_have_text(point.turn.title)
        assert texts(shown)[1] == f"{point.turn.weight}%"
        at = shown.evaluate("player.getCurrentTime()")
        assert point.at / 1000 <= at < point.at / 1000 + 2


def test_the_panel_follows_while_it_plays(shown: Any) -> None:
    first = MADE.points[0].at / 1000
    shown.evaluate(f"player.seek({first - 0.4}).then(() => player.play())")
    expect(shown.locator("#stage")).to_have_text("new revision")
    expect(shown.locator("#stage")).to_have_text("weight 20%")
    expect(shown.locator("nav [aria-current]")).to_contain_text("weight 20%")


def test_the_success_rate_is_that_of_the_users(shown: Any) -> None:
    shown.get_by_role("button", name="rolled back").click()
    expect(shown.locator("#stage")).to_have_text("rolled back")
    assert texts(shown)[2] == f"{round(MADE.points[-1].turn.success or 0, 1):g}%"


def test_real_and_played_time_are_told(shown: Any) -> None:
    assert shown.locator(".lead").text_content().startswith("played 0:")
    assert f"of 0:{rollouts.ROLLED_BACK.seconds:02.0f}" in shown.locator(".lead").text_content()


def test_a_transcript_tells_it_to_who_cannot_see_it(shown: Any) -> None:
    headings = shown.locator("#transcript h3").all_text_contents()
    assert [one.partition(" ")[2] for one in headings] == ["Beginning", *(one.data for one in MADE.cast.of(MARKER))]
    text = shown.locator("#transcript").text_content()
    assert "◆ shipped: tag 2" in text
    assert "[1 check later, 10 s]" in text


def test_the_players_licence_goes_with_it(shown: Any) -> None:
    assert "Apache License 2.0" in shown.locator("footer").text_content()
    assert "Apache License 2.0" in shown.locator("script").nth(1).text_content()[:200]


def test_nothing_makes_it_scroll_sideways(shown: Any) -> None:
    for width in (375, 768):
        shown.set_viewport_size({"width": width, "height": 800})
        assert shown.evaluate("document.documentElement.scrollWidth") == width
