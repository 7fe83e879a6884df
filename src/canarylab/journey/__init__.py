"""One rollout from end to end: an application with users, a canary, a revision that is shipped, and its verdict."""

from canarylab.journey.application import Application, Change, Crowd
from canarylab.journey.journey import Journey
from canarylab.journey.outcome import Outcome

__all__ = ["Application", "Change", "Crowd", "Journey", "Outcome"]
