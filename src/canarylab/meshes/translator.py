"""The program of the mesh-translator Deployment, which writes what ``translation`` decides."""

from __future__ import annotations

import sys

from canarylab.kube import reconcile
from canarylab.meshes import providers, translation
from canarylab.meshes.provider import translated


def main() -> None:
    """Translates for the providers that are named on the command line, until it is killed."""
    chosen = translated(map(providers.get, sys.argv[1:]))
    api = reconcile.Api(translation.OWNER)
    reconcile.run(api, translation.watched(chosen), translation.MAKES, lambda world: translation.decide(chosen, world))


if __name__ == "__main__":
    main()
