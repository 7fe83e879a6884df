"""A run that must not leave a journey out fails when one is skipped, and when none is there."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT_CONFTEST = Path(__file__).parent.parent / "conftest.py"


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    pytester.makeconftest(ROOT_CONFTEST.read_text())
    return pytester


def test_a_journey_that_ran_is_enough(project: pytest.Pytester) -> None:
    project.makepyfile("import pytest\n@pytest.mark.canary\ndef test_it(): assert True")
    ran = project.runpytest_subprocess("--require-journeys")
    assert ran.ret == 0
    ran.stdout.fnmatch_lines("journeys: 1 ran, 0 skipped")


def test_a_skipped_journey_fails_the_run(project: pytest.Pytester) -> None:
    project.makepyfile(
        "import pytest\n@pytest.mark.canary\ndef test_it(): pass\n"
        "@pytest.mark.canary\n@pytest.mark.skip\ndef test_left_out(): pass"
    )
    ran = project.runpytest_subprocess("--require-journeys")
    assert ran.ret == 1
    ran.stdout.fnmatch_lines("*skipped: *test_left_out")


def test_no_journey_at_all_fails_the_run(project: pytest.Pytester) -> None:
    project.makepyfile("def test_it(): pass")
    assert project.runpytest_subprocess("--require-journeys").ret == 1
    assert project.runpytest_subprocess().ret == 0
