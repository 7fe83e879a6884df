"""Images of registries without a container engine: pulled by digest, kept by content, unpacked as root file systems.

The client of registries is our own, on ``requests``: of the libraries and programs that were looked at, none both is
bounded by progress and goes on where a connection was cut (docs/images.md).
"""
