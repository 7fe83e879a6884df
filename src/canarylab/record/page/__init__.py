"""A cast as one page that needs nothing but itself: player, chapters, captions, how the rollout stood, a transcript.

A policy in its head forbids every request. Its script is the player's and a small one of ours, which asks the player
where it is and shows what belongs to that second.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from canarylab.record import cast as casts
from canarylab.record import chapters
from canarylab.record.cast import CAPTION, Cast
from canarylab.record.page import transcript
from canarylab.record.page.player import Player
from canarylab.record.times import Times
from canarylab.report.html.tree import Element, e, write

_HERE = Path(__file__).parent
_LICENCE = "asciinema player, copyright its authors, Apache License 2.0 (https://www.apache.org/licenses/LICENSE-2.0)"


def render(cast: Cast, times: Times | None, player: Player) -> str:
    """The document; without a side file there is no panel, and nobody knows the real time."""
    own = (_HERE / "page.js").read_text(encoding="utf-8")
    style = player.style + (_HERE / "page.css").read_text(encoding="utf-8")
    scripts = [f"{_licensed(player)}\n{player.script}", own]
    data = _raw(e("script", type="application/json", id="data"), _json(_data(cast, times)))
    body = e("body", *_body(cast, times, player), data, *(_raw(e("script"), _closed(one)) for one in scripts))
    return write(e("html", _head(cast, style, scripts), body, lang="en")) + "\n"


def _raw(element: Element, text: str) -> Element:
    """With a text that is no prose: none of its signs may be replaced."""
    element.text = text
    return element


def _licensed(player: Player) -> str:
    return f"/* {_LICENCE}; from {player.origin} */"


def _head(cast: Cast, style: str, scripts: list[str]) -> Element:
    return e(
        "head",
        e("meta", charset="utf-8"),
        e("meta", name="viewport", content="width=device-width, initial-scale=1"),
        e("meta", http_equiv="Content-Security-Policy", content=_policy(scripts)),
        e("meta", name="color-scheme", content="light dark"),
        e("title", f"{cast.title}: a recording"),
        e("link", rel="icon", href="data:,"),
        _raw(e("style"), style),
    )


def _policy(scripts: list[str]) -> str:
    """Nothing may be loaded; only these scripts run, and the player's own program, which it carries as WebAssembly."""
    sums = " ".join(f"'sha256-{_sum(_closed(one))}'" for one in scripts)
    return (
        f"default-src 'none'; script-src {sums} 'wasm-unsafe-eval'; style-src 'unsafe-inline'; img-src data:; "
        "font-src data:; worker-src blob:; base-uri 'none'; form-action 'none'"
    )


def _sum(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _closed(script: str) -> str:
    """A script in which nothing ends it early, with the ends of lines that a browser reads."""
    return script.replace("</script", "<\\/script").replace("\r\n", "\n")


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False).replace("</", "<\\/")


def _data(cast: Cast, times: Times | None) -> dict[str, Any]:
    """What the page's script reads."""
    return {
        "cast": casts.write(cast),
        "idle": casts.IDLE_LIMIT,
        "captions": [[one.at / 1000, one.data] for one in cast.of(CAPTION)],
        "rollout": [asdict(one) for one in times.rollout] if times else [],
        "seconds": cast.milliseconds / 1000,
    }


def _body(cast: Cast, times: Times | None, player: Player) -> Iterator[Element]:
    yield e("a", "Skip to the transcript", class_="skip", href="#transcript")
    yield e("header", e("h1", cast.title), e("p", _lead(cast, times), class_="lead"))
    shown = e("div", e("div", id="player"), e("p", id="caption", aria_live="polite"), class_="shown")
    aside = e("aside", *_panel(times), _chapters(cast), class_="side")
    yield e("main", shown, aside)
    yield _transcript(cast)
    yield e("footer", e("p", f"Made by Canarylab. Plays with the {_LICENCE}, from {player.origin}."))


def _lead(cast: Cast, times: Times | None) -> str:
    if cast.failed:
        return cast.failed
    played = chapters.clock(cast.milliseconds)
    return f"played {played} of {chapters.clock(1000 * times.real)}" if times else f"played {played}"


def _panel(times: Times | None) -> Iterator[Element]:
    """How the rollout stands; the script fills it."""
    if times is None or not times.rollout:
        return
    facts = (("stage", "–"), ("weight", "–"), ("success", "–"))
    names = {"stage": "stage", "weight": "new revision's weight", "success": "users' success rate"}
    told = [each for key, value in facts for each in (e("dt", names[key]), e("dd", value, id=key))]
    chart = e("div", id="chart", role="img", aria_label="Weight of the new revision over the recording")
    yield e("section", e("h2", "Rollout"), e("dl", *told), chart, class_="panel", aria_label="Rollout")


def _chapters(cast: Cast) -> Element:
    buttons = [
        e("li", e("button", e("span", chapters.clock(one.start), class_="at"), e("span", one.title),
                  type="button", data_at=one.start / 1000))
        for one in chapters.of(cast)
    ]  # fmt: skip
    return e("nav", e("h2", "Chapters"), e("ol", *buttons), aria_label="Chapters")


def _transcript(cast: Cast) -> Element:
    parts = [
        e("section", e("h3", f"{chapters.clock(one.part.start)} {one.part.title}"), e("pre", one.text, tabindex="0"))
        for one in transcript.of(cast)
    ]
    return e("section", e("h2", "Transcript"), *parts, id="transcript", aria_label="Transcript")
