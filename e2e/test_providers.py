"""Every provider of Flagger: a promotion, a rollback, and an A/B test or blue/green, side by side in one cluster.

pytest -m canary --mesh all            every provider
pytest -m canary --mesh linkerd,gloo   these
--real-only                            none whose API is served by translation
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from stories import Story, told
from together import Together

from canarylab import pytest_providers
from canarylab.meshes import Provider
from canarylab.stack import Stack


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    chosen, marks = pytest_providers.chosen(metafunc.config)
    pairs = [(provider, story) for provider in chosen for story in told(provider)]
    params = [pytest.param(*pair, id=f"{pair[0].name}-{pair[1].name}", marks=marks) for pair in pairs]
    metafunc.parametrize(("provider", "story"), params)


@pytest.fixture(scope="module")
def together() -> Iterator[Together]:
    """The rollouts of this process, all of which begin with the first test that waits for one."""
    rollouts = Together()
    yield rollouts
    rollouts.stop()


def test_a_provider_moves_its_users(
    request: pytest.FixtureRequest, stack: Stack, provider: Provider, story: Story, together: Together
) -> None:
    __tracebackhide__ = True
    ended = together.of(request, stack)
    assert (ended.provider, ended.story) == (provider, story)
    request.node.user_properties += ended.properties()
    together.result(request.node.nodeid)
