"""Programs of the local rung: which ones, from where, built once into a cache and verified."""

from canarylab.toolchain.provision import installed, provision
from canarylab.toolchain.spec import PODINFO_VERSION
from canarylab.toolchain.toolset import ProgramInfo, Toolset

__all__ = ["PODINFO_VERSION", "ProgramInfo", "Toolset", "installed", "provision"]
