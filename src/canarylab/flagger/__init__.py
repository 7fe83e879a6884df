"""Flagger on a cluster: Flagger itself, its load tester and its example application, as parts to install."""

from canarylab.flagger.install import LOADTESTER, TESTER, Flagger, parts, tester

__all__ = ["LOADTESTER", "TESTER", "Flagger", "parts", "tester"]
