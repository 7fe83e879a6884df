"""Installs charts by the real helm, one step for every kind of cluster: a kubeconfig, a pinned chart, its values."""

from canarylab.helm.release import Installed, Listed, Release, await_ready, install, listed, uninstall

__all__ = ["Installed", "Listed", "Release", "await_ready", "install", "listed", "uninstall"]
