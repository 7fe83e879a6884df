"""What a local cluster has whatever its mesh: DNS."""

from __future__ import annotations

from canarylab import paths
from canarylab.kube import manifests
from canarylab.kube.parts import Part


def parts() -> list[Part]:
    """CoreDNS as the real service kube-dns."""
    return [Part("coredns", tuple(manifests.read(paths.fixtures() / "base")), "kube-system")]
