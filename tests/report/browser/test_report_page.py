"""The page in a browser: it renders, asks for nothing, fits a phone, can be read in light and dark and by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import rollouts

Open = Callable[..., Any]
_UNFOLD = "document.querySelectorAll('details').forEach(one => one.open = true)"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_renders_without_a_word_and_asks_for_nothing(open_page: Open, written: str, scheme: str) -> None:
    page = open_page(scheme=scheme)
    assert page.locator("section.case").count() == len(rollouts.ALL)
    assert page.locator("svg.plot").first.bounding_box()["width"] > 800
    assert (page.watched.said, page.watched.requests) == ([], [written])


def test_its_policy_forbids_requests_and_scripts(open_page: Open) -> None:
    page = open_page()
    failed: list[str] = []
    page.on("requestfailed", lambda request: failed.append(request.failure))
    page.evaluate("""() => {
        const image = document.createElement('img'), script = document.createElement('script');
        image.src = 'http://127.0.0.1:9/x.png';
        script.textContent = 'document.title = "ran"';
        document.body.append(image, script);
    }""")
    page.wait_for_function("document.images.length === 1 && document.images[0].complete")
    assert failed == ["csp"]  # it never left the browser
    assert page.title() != "ran"
    assert len([one for one in page.watched.said if "Content Security Policy" in one]) == 2


@pytest.mark.parametrize("width", [320, 375, 768])
def test_nothing_makes_it_scroll_sideways(open_page: Open, width: int) -> None:
    page = open_page(width=width)
    page.evaluate(_UNFOLD)
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_the_keyboard_reaches_everything(open_page: Open) -> None:
    page = open_page()
    reached = set()
    for _ in range(page.evaluate("document.querySelectorAll('*').length")):
        page.keyboard.press("Tab")
        place = page.evaluate("[...document.querySelectorAll('*')].indexOf(document.activeElement)")
        if place in reached or place < 0:
            break
        reached.add(place)
    wanted = page.evaluate("""[...document.querySelectorAll('*')].flatMap((one, place) =>
        one.matches('a, summary, input, .scroll, pre') && one.checkVisibility() ? [place] : [])""")
    assert set(wanted) <= reached


def test_the_first_stop_leads_past_the_summary(open_page: Open) -> None:
    page = open_page()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "rollouts"


def test_a_fold_opens_by_keyboard(open_page: Open) -> None:
    page = open_page()
    fold = page.locator("details:not([open])").first.element_handle()
    fold.query_selector("summary").focus()
    page.keyboard.press("Enter")
    assert fold.query_selector("table").is_visible()


def test_what_went_right_can_be_hidden(open_page: Open) -> None:
    page = open_page()
    page.get_by_label("Show only what went wrong").check()
    shown = page.locator("section.case:visible").evaluate_all("all => all.map(one => one.classList.contains('bad'))")
    assert shown == [True, True]
    assert page.locator("nav tbody tr:visible").count() == 2


def test_a_screen_reader_finds_tables_charts_and_headings(open_page: Open) -> None:
    page = open_page()
    page.evaluate(_UNFOLD)
    assert page.get_by_role("heading", level=2).count() == len(rollouts.ALL) + 2
    assert page.get_by_role("img", name="Weight of the new revision over time, seen and predicted").count() == 5
    assert page.get_by_role("table", name="Stages, predicted and seen").count() == 4
    assert page.get_by_role("img", name="not as expected").count() == 4  # in the summary, and over the rollout
    assert page.get_by_role("navigation", name="Summary").count() == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out_from_what_is_behind_it(open_page: Open, scheme: str) -> None:
    page = open_page(scheme=scheme)
    page.evaluate(_UNFOLD)
    worst = page.evaluate("""() => {
        const numbers = colour => colour.match(/[\\d.]+/g).map(Number);
        const light = colour => {
            const linear = c => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4;
            const [r, g, b] = numbers(colour).map(c => linear(c / 255));
            return .2126 * r + .7152 * g + .0722 * b;
        };
        const behind = one => {
            for (; one; one = one.parentElement) {
                const colour = getComputedStyle(one).backgroundColor;
                if (numbers(colour)[3] !== 0) return colour;
            }
            return 'rgb(255, 255, 255)';
        };
        const told = [...document.querySelectorAll('body *:not(svg):not(svg *)')]
            .filter(one => [...one.childNodes].some(node => node.nodeType === 3 && node.textContent.trim()))
            .map(one => {
                const [a, b] = [light(getComputedStyle(one).color), light(behind(one))];
                return [(Math.max(a, b) + .05) / (Math.min(a, b) + .05), one.outerHTML.slice(0, 80)];
            });
        return told.sort((a, b) => a[0] - b[0])[0];
    }""")
    assert worst[0] >= 4.5, worst
