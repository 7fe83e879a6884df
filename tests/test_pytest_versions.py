"""A run whose tests have releases as a parameter: which cells it is about, its table, and what it keeps."""

from __future__ import annotations

import json

import pytest

from canarylab.report import versions
from canarylab.report.versions import Shown
from canarylab.rung import Wanted

TEST = """
    import pytest
    from canarylab import pytest_versions
    from canarylab.report.versions import Shown

    def pytest_generate_tests(metafunc):
        metafunc.parametrize("cell", pytest_versions.chosen(metafunc.config), ids=str)

    @pytest.mark.versions
    def test_it(request, cell):
        reason = "it was not promoted" if cell.kubernetes.startswith("1.36") else ""
        shown = Shown(cell.kubernetes, cell.flagger, "promoted", 80, True, reason)
        request.node.user_properties.append((pytest_versions.SHOWN, shown.text()))
        assert not reason
"""


@pytest.fixture(autouse=True)
def project(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_it=TEST)


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "workers"])
def test_a_partial_run_tells_its_cells_and_those_that_it_left_out(
    pytester: pytest.Pytester, workers: tuple[str, ...]
) -> None:
    options = ("--kubernetes", "1.36,1.35", "--flagger", "1.43.0", "--canary-report", "made")
    result = pytester.runpytest("-p", "no:cacheprovider", *options, *workers)
    result.assert_outcomes(passed=2, failed=1)
    text = result.stdout.str()
    assert "not run: Kubernetes 1.37.2 with Flagger 1.44.0" in text
    assert "not run: Kubernetes 1.36.3 with Flagger 1.44.0" not in text
    result.stdout.fnmatch_lines(["1.36.3 * fails: it was not promoted", "1.35.4 * works", "1.37.2 * 1.43.0 * works"])
    assert [one.kubernetes for one in versions.read(pytester.path / "made")].count("1.36.3") == 1
    assert "it was not promoted" in (pytester.path / "made" / "versions.md").read_text()
    assert len(json.loads((pytester.path / "made" / "report.json").read_text())["versions"]) == 3


def test_a_run_about_nothing_of_the_kind_leaves_no_table(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_it="def test_it(): pass")
    result = pytester.runpytest("--canary-report", "made")
    assert "not run:" not in result.stdout.str()
    assert not (pytester.path / "made").exists()


def test_a_release_that_is_not_pinned_is_wrong_usage(pytester: pytest.Pytester) -> None:
    result = pytester.runpytest("--kubernetes", "1.36,1.3")
    assert "Kubernetes 1.3 is not pinned here" in result.stdout.str()
    assert result.ret != 0


def test_another_kubernetes_is_another_cluster() -> None:
    assert Wanted("istio", kubernetes="1.36.3").key == "istio-kubernetes-1-36-3"


def test_what_failed_a_rollout_survives_the_way_through_a_property() -> None:
    shown = Shown("1.36.3", "1.44.0", "ab", reason='a "b"\nc')
    assert Shown.read(shown.text()) == shown
