"""``pytest --shard K/N``: its shares together are the whole run, with and without workers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TESTS = "import pytest\n" + "\n".join(f"def test_{name}(): pass" for name in "abcde")
XML = '<testsuite><testcase classname="test_it" name="test_c" time="99"/></testsuite>'


def ran(pytester: pytest.Pytester, *options: str) -> set[str]:
    """The tests of a run that passes."""
    result = pytester.runpytest("-v", "-p", "no:cacheprovider", *options)
    assert result.ret == 0, result.stdout.str()
    return set(re.findall(r"test_it\.py::(test_\w)", result.stdout.str()))


@pytest.fixture(autouse=True)
def project(pytester: pytest.Pytester) -> Path:
    return pytester.makepyfile(test_it=TESTS)


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "workers"])
def test_the_shares_are_the_whole(pytester: pytest.Pytester, workers: tuple[str, ...]) -> None:
    shares = [ran(pytester, f"--shard={number}/2", *workers) for number in (1, 2)]
    assert shares[0] | shares[1] == {f"test_{name}" for name in "abcde"}
    assert not shares[0] & shares[1]


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "workers"])
def test_a_share_without_a_test_is_no_failure(pytester: pytest.Pytester, workers: tuple[str, ...]) -> None:
    assert ran(pytester, "--shard=7/7", *workers) == set()
    assert pytester.runpytest("--shard=7/7", "-k", "nothing", *workers).ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_a_test_that_takes_as_long_as_all_others_is_alone(pytester: pytest.Pytester) -> None:
    Path("before.xml").write_text(XML.replace("/></", "/>" + _others() + "</"))
    assert ran(pytester, "--shard=1/2", "--shard-times=before.xml") == {"test_c"}


def _others() -> str:
    return "".join(f'<testcase classname="test_it" name="test_{name}" time="9"/>' for name in "abde")


def test_what_shares_a_cluster_stays_together(pytester: pytest.Pytester) -> None:
    marked = (
        "import pytest\n@pytest.mark.xdist_group('one')\n@pytest.mark.parametrize('n', 'abcdef')\ndef test_(n): pass"
    )
    pytester.makepyfile(test_it=f"{marked}\ndef test_x(): pass")
    assert ran(pytester, "--shard=2/2") == {"test_x"}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--shard=3/2"], "write it like --shard 2/5"),
        (["--shard-times=x.xml"], "give both"),
        (["--shard=1/2", "--shard-times=x.xml"], "there is no report"),
    ],
)
def test_wrong_usage_is_told(pytester: pytest.Pytester, options: list[str], words: str) -> None:
    result = pytester.runpytest(*options)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert words in result.stderr.str()
