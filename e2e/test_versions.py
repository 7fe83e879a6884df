"""Releases of Kubernetes and Flagger: a promotion, a rollback and an A/B test in a cluster of their own for each pair.

pytest -m versions e2e                                every Kubernetes with the newest Flagger, and the other way round
pytest -m versions e2e --kubernetes 1.35,1.36         these with the newest Flagger
pytest -m versions e2e --cross                        each with each
-n 2 --dist loadgroup                                 two clusters at a time
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from stories import AB_TEST, PROMOTED, ROLLED_BACK, Story
from together import Rollout

from canarylab import meshes, pytest_plugin, pytest_versions
from canarylab.errors import CanarylabError
from canarylab.report.versions import Shown
from canarylab.session import Wanted
from canarylab.toolchain.axes import Cell

STORIES = (PROMOTED, ROLLED_BACK, AB_TEST)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    params = [
        pytest.param(cell, story, id=f"kubernetes-{cell.kubernetes}-flagger-{cell.flagger}-{story.name}", marks=group)
        for cell in pytest_versions.chosen(metafunc.config)
        for group in [pytest.mark.xdist_group(f"{cell.kubernetes}-{cell.flagger}")]
        for story in STORIES
    ]
    metafunc.parametrize(("releases", "story"), params, indirect=["releases"], scope="module")


class Releases:
    """A cell's rollouts, all of which begin at once; where its cluster does not come up, that failed each of them."""

    def __init__(self, cell: Cell, rollouts: dict[str, Rollout], futures: dict[str, Future[None]]) -> None:
        self._cell, self._rollouts, self._futures = cell, rollouts, futures

    def shown(self, story: Story) -> Shown:
        """What became of a story, when it has ended."""
        error, rollout = self._futures[story.name].exception(), self._rollouts[story.name]
        return Shown(self._cell.kubernetes, self._cell.flagger, story.name, rollout.took, rollout.free, _reason(error))

    def summaries(self, story: Story) -> list[tuple[str, object]]:
        """What the run's end says of it, for each revision that was shipped."""
        return self._rollouts[story.name].summaries()

    def result(self, story: Story) -> None:
        """Raises what failed it."""
        self._futures[story.name].result()


def _reason(error: BaseException | None) -> str:
    return (getattr(error, "what", "") or str(error) or repr(error)) if error else ""


@pytest.fixture(scope="module")
def releases(request: pytest.FixtureRequest) -> Iterator[Releases]:
    """A cell: its cluster lives as long as its tests."""
    config, cell = request.config, request.param
    rollouts = {one.callspec.params["story"].name: _rollout(config, one) for one in _tests(request.session, cell)}
    wanted = Wanted("istio", cell.flagger, own="versions", kubernetes=cell.kubernetes)
    with ExitStack() as held:
        try:
            stack = held.enter_context(pytest_plugin.alone(config, wanted))
        except CanarylabError as error:
            futures = dict.fromkeys(rollouts, _failed(error))
        else:
            pool = held.enter_context(ThreadPoolExecutor(len(STORIES)))
            again = {name: pytest_plugin.again(config, one.test) for name, one in rollouts.items()}
            futures = {name: pool.submit(one.play, stack, again[name]) for name, one in rollouts.items()}
        yield Releases(cell, rollouts, futures)


def _failed(error: CanarylabError) -> Future[None]:
    """What a rollout has come to whose cluster has not come up."""
    future: Future[None] = Future()
    future.set_exception(error)
    return future


def _tests(session: pytest.Session, cell: Cell) -> list[pytest.Function]:
    """The selected tests of a cell."""
    found = [one for one in session.items if isinstance(one, pytest.Function) and hasattr(one, "callspec")]
    return [one for one in found if one.callspec.params.get("releases") == cell]


def _rollout(config: pytest.Config, test: pytest.Function) -> Rollout:
    story = test.callspec.params["story"]
    return Rollout(meshes.chosen("istio")[0], story, test.nodeid, pytest_plugin.report_root(config))


@pytest.mark.versions
@pytest.mark.cluster("local")
@pytest.mark.nightly
def test_a_release_moves_its_users(request: pytest.FixtureRequest, releases: Releases, story: Story) -> None:
    __tracebackhide__ = True
    request.node.user_properties += [
        *releases.summaries(story),
        (pytest_versions.SHOWN, releases.shown(story).text()),
    ]
    releases.result(story)
