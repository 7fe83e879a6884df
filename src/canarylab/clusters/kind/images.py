"""Images on the nodes before their pods ask for them: pulled side by side, kept in the cache, loaded by kind.

A tar in the cache stands for its tag: tags that are preloaded are releases, which do not change.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from canarylab import paths
from canarylab.clusters.kind.engine import Engine
from canarylab.errors import EnvironmentFault

_AT_ONCE = 4
_PULL = 600.0  # seconds for one image


def folder() -> Path:
    """Where images are kept between runs."""
    return paths.cache_dir() / "kind" / "images"


def cached(image: str) -> Path:
    """The file that an image is kept in."""
    return folder() / (re.sub(r"[^A-Za-z0-9.]+", "-", image) + ".tar")


def fetch(engine: Engine, images: Iterable[str]) -> dict[str, Path | str]:
    """Gets all images side by side: of each the file that has it, or why there is none."""
    each = tuple(dict.fromkeys(images))
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return dict(zip(each, pool.map(lambda one: _got(engine, one), each), strict=True))


def _got(engine: Engine, image: str) -> Path | str:
    try:
        return get(engine, image)
    except EnvironmentFault as error:
        return error.what


def get(engine: Engine, image: str) -> Path:
    """The file of an image, from the cache, the engine's store or its registry; EnvironmentFault where none has it."""
    file = cached(image)
    if file.is_file():
        return file
    if not engine.has(image):
        engine.run("pull", "--quiet", image, timeout=_PULL)
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(f".{os.getpid()}")
    try:
        engine.run("save", "--output", str(draft), image, timeout=_PULL)
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
    return file


def load(files: Iterable[Path], load_one: Callable[[Path], None]) -> None:
    """Loads files onto the nodes side by side; the first error is raised when all have ended."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for done in [pool.submit(load_one, file) for file in files]:
            done.result()
