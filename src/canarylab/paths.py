"""Where things are: the package's data, the cache (what can be made again) and the state (what runs now)."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parent.parent


def _data(name: str) -> Path:
    """A data folder: inside an installed wheel, else at the root of the checkout."""
    packaged = _PACKAGE / "_data" / name
    return packaged if packaged.is_dir() else _CHECKOUT / name


def fixtures() -> Path:
    """What gets installed: manifests, values, ``images.yaml``, ``versions.yaml``."""
    return _data("fixtures")


def toolchain_source() -> Path:
    """The Go module that pins and builds the programs."""
    return _data("toolchain")


def cache_dir() -> Path:
    """What can be made again: ``CANARYLAB_CACHE``, else the XDG cache."""
    return Path(os.environ.get("CANARYLAB_CACHE") or platformdirs.user_cache_dir("canarylab")).absolute()


def state_dir() -> Path:
    """Clusters and the artifacts of failed runs: ``CANARYLAB_STATE``, else the XDG state folder."""
    return Path(os.environ.get("CANARYLAB_STATE") or platformdirs.user_state_dir("canarylab")).absolute()


def faults_dir() -> Path:
    """The journal of the faults in force."""
    return state_dir() / "faults"
