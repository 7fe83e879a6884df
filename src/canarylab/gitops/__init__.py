"""An application that comes by git: its objects are commits in a repository that real Flux follows."""

from canarylab.gitops.delivery import Delivery
from canarylab.gitops.settings import Settings

__all__ = ["Delivery", "Settings"]
