"""The directives of a demo: one table, from which the parser, its hints and the docs come.

The first eight are those of asciinema-automation 0.2.2, with its meaning; the others are ours, which that program takes
for comments.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from canarylab.record.script import (
    AfterCheck,
    Assert,
    CanaryName,
    Caption,
    Chapter,
    Delay,
    Expect,
    Hide,
    Instruction,
    Press,
    Send,
    Show,
    Step,
    Wait,
)

Match = re.Match[str]
Make = Callable[[str, str, Match], Instruction]

FIELDS = ("phase", "weight", "failed", "iteration", "primary", "target")
_SECONDS = {"s": 1.0, "m": 60.0}
_BOUND = r"(\d+[sm])"
_CANARY = r"canary/([a-z0-9-]+)/([a-z0-9.-]+)"
_ARROWS = {"up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D"}
_ENDING = "cdz\\"  # control and these: the end of what runs
_ESCAPES = re.compile(r"\\(U.{8}|u.{4}|x..|[0-7]{1,3}|N\{[^}]+\}|[\\'\"abfnrtv])")


@dataclass(frozen=True)
class Directive:
    """``usage`` shows its arguments; ``make`` gets the place, the line and the arguments' match.

    A directive without ``make`` is the parser's own: it says something of the whole demo, or of the line before it.
    """

    usage: str
    about: str
    arguments: re.Pattern[str]
    make: Make | None = None
    ours: bool = True


def _theirs(usage: str, about: str, arguments: str, make: Make) -> Directive:
    return Directive(usage, about, re.compile(arguments), make, ours=False)


def _ours(usage: str, about: str, arguments: str, make: Make | None = None) -> Directive:
    return Directive(usage, about, re.compile(arguments), make)


def escaped(text: str) -> str:
    r"""With ``\n``, ``\x1b`` and the like as the signs that they mean; other backslashes stay, as of an expression."""
    return _ESCAPES.sub(lambda found: codecs.decode(found[0], "unicode-escape"), text)


def seconds(bound: str | None) -> float | None:
    """``90s`` or ``5m``; None for nothing."""
    return int(bound[:-1]) * _SECONDS[bound[-1]] if bound else None


def _control(where: str, text: str, found: Match) -> Instruction:
    letter = found[1].lower()
    return Press(where, text, "\x7f" if letter == "?" else chr(ord(letter) & 0x1F), ends=letter in _ENDING)


def _arrow(where: str, text: str, found: Match, enter: str = "") -> Instruction:
    return Press(where, text, (_ARROWS[found[1]] + enter) * int(found[2] or 1))


def _assert(where: str, text: str, found: Match) -> Instruction:
    wanted = dict(pair.split("=", 1) for pair in found[3].split())
    return Assert(where, text, CanaryName(found[1], found[2]), wanted, seconds(found[4]))


DIRECTIVES: Mapping[str, Directive] = {
    "wait": _theirs("wait MS", "waits so long before each instruction from here on", r"(\d+)",
                    lambda w, t, f: Wait(w, t, int(f[1]))),
    "delay": _theirs("delay MS", "types at that pace from here on, on the average", r"(\d+)",
                     lambda w, t, f: Delay(w, t, int(f[1]))),
    "expect": _theirs("expect REGEX", "waits for output, 30 s at most", r"(.+)",
                      lambda w, t, f: Expect(w, t, escaped(f[1]))),
    "send": _theirs("send TEXT", "types without Enter; \\n, \\x1b and the like are escapes", r"(.+)",
                    lambda w, t, f: Send(w, t, escaped(f[1]))),
    "sendcharacter": _theirs("sendcharacter TEXT", "sends as it stands, at once", r"(.+)",
                             lambda w, t, f: Press(w, t, f[1])),
    "sendcontrol": _theirs("sendcontrol LETTER", "presses control and a letter", r"([A-Za-z\[\]\\^_@?])", _control),
    "sendarrow": _theirs("sendarrow up|down|left|right [TIMES]", "presses an arrow key",
                         r"(up|down|left|right)(?:\s(\d+))?", _arrow),
    "sendlinearrow": _theirs("sendlinearrow up|down|left|right [TIMES]", "the same, each time with Enter",
                             r"(up|down|left|right)(?:\s(\d+))?", lambda w, t, f: _arrow(w, t, f, "\r")),
    "expect-within": _ours("expect-within SECONDS REGEX", "the same with a bound of its own, as in `90s`, `5m`",
                           rf"{_BOUND} (.+)", lambda w, t, f: Expect(w, t, escaped(f[2]), seconds(f[1]))),
    "expect-exit": _ours("expect-exit CODE [within SECONDS]", "the line before ends with that code, and by then",
                         rf"(\d+)(?: within {_BOUND})?"),
    "assert": _ours("assert canary/NAMESPACE/NAME FIELD=VALUE... [within SECONDS]",
                    "a Canary comes to that, by the API",
                    rf"{_CANARY}((?: [a-z]+=\S+)+)(?: within {_BOUND})?", _assert),
    "after-check": _ours("after-check canary/NAMESPACE/NAME", "waits until Flagger has just looked at it",
                         _CANARY, lambda w, t, f: AfterCheck(w, t, CanaryName(f[1], f[2]))),
    "caption": _ours("caption [WORDS]", "shows words below the terminal, until the next ones", r"(.*)",
                     lambda w, t, f: Caption(w, t, f[1])),
    "chapter": _ours("chapter TITLE", "begins a chapter", r"(.+)", lambda w, t, f: Chapter(w, t, f[1])),
    "hide": _ours("hide", "does what follows without showing it", "", lambda w, t, _f: Hide(w, t)),
    "show": _ours("show", "shows what follows again", "", lambda w, t, _f: Show(w, t)),
    "mask": _ours("mask REGEX [-> TEXT]", "writes `***` for a secret, or TEXT for what differs from run to run",
                  r"(.+?)(?: -> (.*))?"),
    "env": _ours("env NAME[=VALUE]", "a variable of the shell; without a value it is the caller's, and secret",
                 r"([A-Za-z_]\w*)(?:=(.*))?"),
    "include": _ours("include FILE", "the lines of another file, found from this one's folder", r"(\S.*)"),
    "step": _ours("step YAML", "a step of a scenario, as in `step {fault: {abort: {percent: 50}}}`", r"(.+)",
                  lambda w, t, f: Step(w, t, f[1])),
    "cluster": _ours("cluster local [MESH]", "the rung that it runs on, and the mesh, if not istio",
                     r"(local)(?: ([a-z-]+))?"),
}  # fmt: skip
