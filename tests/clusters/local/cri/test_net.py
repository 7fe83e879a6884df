"""Names of interfaces."""

from __future__ import annotations

from canarylab.clusters.local.cri import net
from canarylab.clusters.local.cri.sandboxes import new_id


def test_a_name_is_short_enough_for_linux_and_each_pods_own() -> None:
    names = {net.outside(new_id()) for _ in range(100)}
    assert len(names) == 100
    assert max(map(len, names)) <= 15
