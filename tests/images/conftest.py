"""A store in a folder of the test's own, and the real registry program, where it is built."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pushed
import pytest

from canarylab import paths
from canarylab.images.store import Store
from canarylab.toolchain import kit, spec
from canarylab.toolchain.found import Finder
from canarylab.toolchain.recipe import for_extra


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store", owners=False)


@pytest.fixture(scope="session")
def programs() -> dict[str, Path]:
    """crane and the registry; `canarylab provision --with crane` builds them."""
    recipe, cache = for_extra(paths.toolchain_source(), spec.extra_named("crane")), paths.cache_dir()
    found = kit.look(cache, recipe, Finder(cache / "found.json", {})).programs
    if len(found) < len(recipe.programs):
        pytest.skip("crane is not built: canarylab provision --with crane")
    return {name: info.path for name, info in found.items()}


@pytest.fixture(scope="session")
def registry(programs: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real registry on loopback, to be asked without a password; HOST:PORT."""
    with pushed.registry(programs["registry"], tmp_path_factory.mktemp("registry")) as host:
        yield host
