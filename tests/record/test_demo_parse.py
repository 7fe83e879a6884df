"""A demo's text becomes instructions; whatever is wrong with it is shown with carets before anything starts."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canarylab.errors import UsageError
from canarylab.record import parse
from canarylab.record.problem import WrongDemo
from canarylab.record.script import (
    AfterCheck,
    Assert,
    CanaryName,
    Caption,
    Chapter,
    Delay,
    End,
    Expect,
    Hide,
    Line,
    Mask,
    Press,
    Script,
    Send,
    Show,
    Step,
    Wait,
)

PODINFO = CanaryName("test", "podinfo")


def script(*lines: str) -> Script:
    return parse.parse("\n".join(lines), "a.demo")


def wrong(text: str) -> str:
    with pytest.raises(WrongDemo) as raised:
        parse.parse(text, "a.demo")
    assert raised.value.exit_code == 2
    return str(raised.value)


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("#$ wait 50", Wait("a.demo:1", "#$ wait 50", 50)),
        ("#$ delay 5", Delay("a.demo:1", "#$ delay 5", 5)),
        (r"#$ expect \$ ", Expect("a.demo:1", r"#$ expect \$", r"\$")),
        (r"#$ send a\n\x41", Send("a.demo:1", r"#$ send a\n\x41", "a\nA")),
        ("#$ sendcharacter yes", Press("a.demo:1", "#$ sendcharacter yes", "yes")),
        ("#$ sendcontrol c", Press("a.demo:1", "#$ sendcontrol c", "\x03", ends=True)),
        ("#$ sendcontrol l", Press("a.demo:1", "#$ sendcontrol l", "\x0c")),
        ("#$ sendarrow up 2", Press("a.demo:1", "#$ sendarrow up 2", "\x1b[A\x1b[A")),
        ("#$ sendlinearrow down", Press("a.demo:1", "#$ sendlinearrow down", "\x1b[B\r")),
        ("echo hi", Line("a.demo:1", "echo hi")),
    ],
)
def test_the_grammar_of_asciinema_automation_is_read(text: str, made: object) -> None:
    assert script(text).instructions == (made,)


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("#$ expect-within 5m ok", Expect("a.demo:1", "#$ expect-within 5m ok", "ok", 300.0)),
        ("#$ caption Now", Caption("a.demo:1", "#$ caption Now", "Now")),
        ("#$ caption", Caption("a.demo:1", "#$ caption", "")),
        ("#$ chapter Ship it", Chapter("a.demo:1", "#$ chapter Ship it", "Ship it")),
    ],
)
def test_directives_of_ours_are_read(text: str, made: object) -> None:
    assert script(text).instructions == (made,)


def test_what_needs_a_cluster_is_read_behind_one() -> None:
    made = script(
        "#$ cluster local none",
        "#$ assert canary/test/podinfo phase=Succeeded weight=0 within 90s",
        "#$ after-check canary/test/podinfo",
        "#$ step {gate: open}",
    )
    asserted, after, step = made.instructions
    assert (made.rung, made.mesh, made.canaries) == ("local", "none", (PODINFO,))
    assert isinstance(asserted, Assert)
    assert (asserted.wanted, asserted.within) == ({"phase": "Succeeded", "weight": "0"}, 90.0)
    assert isinstance(after, AfterCheck)
    assert step == Step("a.demo:4", "#$ step {gate: open}", "{gate: open}")


def test_comments_and_empty_lines_are_nothing() -> None:
    assert script("#!/bin/bash", "", "# expect this", "  ").instructions == ()


def test_a_backslash_joins_lines() -> None:
    assert script("echo \\", "  a").instructions == (Line("a.demo:1", "echo \\\n  a"),)


def test_an_exit_code_belongs_to_the_line_before() -> None:
    line, end = script("sleep 100", "#$ expect-exit 130 within 60s").instructions
    assert line == Line("a.demo:1", "sleep 100", 130, 60.0, told=True)
    assert isinstance(end, End)


def test_masks_and_variables_are_of_the_whole_demo() -> None:
    made = script("#$ mask key-\\w+", "#$ mask took \\d+ -> took 1", "#$ env A=b c", "#$ env TOKEN")
    assert made.masks == (Mask("key-\\w+", "***", secret=True), Mask("took \\d+", "took 1"))
    assert made.env == {"A": "b c", "TOKEN": None}


def test_hidden_parts_are_marked() -> None:
    assert [type(one) for one in script("#$ hide", "cd /", "#$ show").instructions] == [Hide, Line, Show]


def test_an_unknown_directive_is_shown_with_the_nearest_right_one() -> None:
    assert wrong("echo\n#$ expct foo").splitlines() == [
        "a demo is wrong",
        "",
        "a.demo:2:4: there is no directive `expct`",
        " 2 | #$ expct foo",
        "   |    ^^^^^",
        "   = did you mean `expect`?",
    ]


@pytest.mark.parametrize(
    ("text", "words", "column"),
    [
        ("#$ expect (a", "not a regular expression: missing ), unterminated subpattern", 11),
        ("#$ expect-within 9s a**", "not a regular expression: multiple repeat", 23),
        ("#$ mask [", "not a regular expression", 9),
        ("#$ wait soon", "`wait` is not written so", 4),
        ("#$ hide me", "`hide` is not written so", 4),
        ("#$expect a", "a directive begins with `#$` and a space", 1),
        ("echo a \\", "this backslash joins the line to nothing", 8),
        ("echo a \\\n#$ wait 1", "this backslash joins the line to nothing", 8),
        ("#$ show", "nothing is hidden here", 4),
        ("#$ hide", "this is never shown again", 4),
        ("#$ expect-exit 1", "no line stands before it", 4),
        ("#$ include no.demo", "there is no such file", 12),
        ("#$ after-check canary/a/b", "`after-check` needs a cluster", 4),
        ("#$ cluster local\n#$ assert canary/a/b wieght=1", "no field `wieght`", 22),
    ],
)
def test_what_is_wrong_has_a_caret_below_it(text: str, words: str, column: int) -> None:
    told = wrong(text).splitlines()
    assert words in told[2]
    assert told[4].index("^") - told[4].index("|") - 1 == column


def test_all_that_is_wrong_is_told_at_once() -> None:
    assert wrong("#$ a\n#$ b").startswith("2 things are wrong")


def test_other_demos_are_included_from_their_folder(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "b.demo").write_text("echo b\n#$ include c.demo\n")
    (tmp_path / "parts" / "c.demo").write_text("echo c\n")
    (tmp_path / "a.demo").write_text("#$ include parts/b.demo\necho a\n")
    lines = parse.read(tmp_path / "a.demo").instructions
    assert [one.text for one in lines] == ["echo b", "echo c", "echo a"]
    assert lines[1].where.endswith("c.demo:1")


def test_a_demo_that_includes_itself_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "a.demo").write_text("#$ include a.demo\n")
    with pytest.raises(WrongDemo, match="it includes itself"):
        parse.read(tmp_path / "a.demo")


def test_a_demo_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        parse.read(tmp_path / "none.demo")


def test_a_wrong_step_of_a_scenario_is_told_below_it() -> None:
    with pytest.raises(WrongDemo, match="not so"):
        parse.parse("#$ cluster local\n#$ step gat: open", "a.demo", check_step=lambda _step: "not so")


@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30), max_size=8))
def test_any_text_is_a_script_or_wrong(lines: list[str]) -> None:
    with contextlib.suppress(WrongDemo):
        assert script(*lines).name == "a"
