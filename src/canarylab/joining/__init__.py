"""Joins a cluster that is there: looks what it has, checks rights, tells a plan, and installs no more than that."""

from canarylab.joining.join import Joined, Wish, join
from canarylab.joining.leave import leave

__all__ = ["Joined", "Wish", "join", "leave"]
