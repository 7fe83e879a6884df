"""Where things are: the package's data, the cache (what can be made again) and the state (what runs now)."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parent.parent


def _data(name: str) -> Path:
    """A data folder: in ``CANARYLAB_DATA``, inside an installed wheel, else at the root of the checkout."""
    if "CANARYLAB_DATA" in os.environ:
        return Path(os.environ["CANARYLAB_DATA"]) / name
    packaged = _PACKAGE / "_data" / name
    return packaged if packaged.is_dir() else _CHECKOUT / name


def package() -> Path:
    """The files of this package."""
    return _PACKAGE


def fixtures() -> Path:
    """What gets installed: manifests, values, ``images.yaml``, ``versions.yaml``."""
    return _data("fixtures")


def toolchain_source() -> Path:
    """The Go module that pins and builds the programs."""
    return _data("toolchain")


def every_image() -> Path:
    """The images file that has whatever no other pattern stands for pulled of its registry."""
    return fixtures() / "pull.yaml"


def cache_dir() -> Path:
    """What can be made again: ``CANARYLAB_CACHE``, else the XDG cache."""
    return Path(os.environ.get("CANARYLAB_CACHE") or platformdirs.user_cache_dir("canarylab")).absolute()


def state_dir() -> Path:
    """Clusters and the artifacts of failed runs: ``CANARYLAB_STATE``, else the XDG state folder."""
    return Path(os.environ.get("CANARYLAB_STATE") or platformdirs.user_state_dir("canarylab")).absolute()


def faults_dir() -> Path:
    """The journal of the faults in force."""
    return state_dir() / "faults"


def existing_dir() -> Path:
    """A folder for each run on a cluster that is not ours, with the run's kubeconfig."""
    return state_dir() / "existing"


def reports_dir() -> Path:
    """The reports of runs that nobody asked to report elsewhere, each in a folder named for when it began."""
    return state_dir() / "reports"
