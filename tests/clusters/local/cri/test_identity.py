"""Which capabilities a container keeps."""

from __future__ import annotations

import pytest

from canarylab.clusters.local.cri.identity import CAPABILITIES, DEFAULT, capabilities


@pytest.mark.parametrize(
    ("add", "drop", "kept"),
    [
        ([], [], set(DEFAULT)),
        ([], ["ALL"], set()),
        (["NET_BIND_SERVICE"], ["ALL"], {"NET_BIND_SERVICE"}),
        (["CAP_SYS_PTRACE"], [], {*DEFAULT, "SYS_PTRACE"}),
        (["ALL"], ["sys_admin"], set(CAPABILITIES) - {"SYS_ADMIN"}),
        ([], ["CHOWN", "KILL"], set(DEFAULT) - {"CHOWN", "KILL"}),
    ],
)
def test_what_is_added_and_dropped(add: list[str], drop: list[str], kept: set[str]) -> None:
    assert set(capabilities(add, drop, privileged=False)) == kept


def test_a_privileged_container_keeps_all() -> None:
    assert capabilities([], ["ALL"], privileged=True) == list(CAPABILITIES)


def test_numbers_are_the_kernels() -> None:
    assert CAPABILITIES.index("NET_BIND_SERVICE") == 10
    assert CAPABILITIES.index("CHECKPOINT_RESTORE") == 40
