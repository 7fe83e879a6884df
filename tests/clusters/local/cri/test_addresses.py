"""Addresses of pods: handed out in turn, kept over a restart, freed for their owner only."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canarylab.clusters.local.cri.addresses import Addresses

SMALL = "10.1.0.0/29"  # without network, node and broadcast: five addresses


def test_the_first_address_is_the_nodes(tmp_path: Path) -> None:
    addresses = Addresses(tmp_path, SMALL)
    assert addresses.gateway == "10.1.0.1"
    assert addresses.take("a") == "10.1.0.2"


def test_a_freed_address_is_used_again_last(tmp_path: Path) -> None:
    addresses = Addresses(tmp_path, SMALL)
    addresses.release(addresses.take("a"), "a")
    assert [addresses.take("b") for _ in range(5)] == [f"10.1.0.{n}" for n in (3, 4, 5, 6, 2)]


def test_none_is_left(tmp_path: Path) -> None:
    addresses = Addresses(tmp_path, SMALL)
    for _ in range(5):
        addresses.take("a")
    with pytest.raises(OSError, match="no address is left"):
        addresses.take("a")


def test_a_restart_forgets_nothing(tmp_path: Path) -> None:
    first = Addresses(tmp_path, SMALL).take("a")
    assert Addresses(tmp_path, SMALL).take("b") != first


def test_only_the_owner_frees(tmp_path: Path) -> None:
    addresses = Addresses(tmp_path, SMALL)
    address = addresses.take("a")
    addresses.release(address, "b")
    assert (tmp_path / address).exists()


def test_what_belongs_to_nobody_is_freed(tmp_path: Path) -> None:
    addresses = Addresses(tmp_path, SMALL)
    kept, lost = addresses.take("kept"), addresses.take("lost")
    addresses.keep_only({"kept"})
    assert (tmp_path / kept).exists()
    assert not (tmp_path / lost).exists()


@given(st.lists(st.booleans(), max_size=40))
def test_no_address_is_given_twice(takes: list[bool]) -> None:
    with TemporaryDirectory() as folder:
        addresses, used = Addresses(Path(folder), SMALL), []
        for number, taking in enumerate(takes):
            if taking and len(used) < 5:
                address = addresses.take(str(number))
                assert address not in [other for other, _ in used]
                used.append((address, str(number)))
            elif used:
                addresses.release(*used.pop(0))
