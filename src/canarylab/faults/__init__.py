"""Faults: what goes wrong on purpose, is measured while it lasts and after it, and is always undone."""

from canarylab.faults.applied import Applied, begin, inject
from canarylab.faults.fault import Fault, FaultError
from canarylab.faults.registry import make, registry

__all__ = ["Applied", "Fault", "FaultError", "begin", "inject", "make", "registry"]
