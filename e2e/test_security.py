"""What a running cluster shows to others: sockets on loopback only, private credentials, no secret in sight."""

from __future__ import annotations

import csv
import os
import stat
from contextlib import suppress
from pathlib import Path

import pytest
import requests

from canarylab.clusters.local import registry
from canarylab.clusters.local.processes import tree
from canarylab.stack import Stack

LISTENING = "0A"
LOOPBACK = ("0100007F", "00000000000000000000000001000000")


def sockets_of(pids: set[int]) -> set[str]:
    """The inodes of the sockets that processes hold."""
    found = set()
    for pid in pids:
        try:
            links = [os.readlink(entry) for entry in Path(f"/proc/{pid}/fd").iterdir()]
        except OSError:
            continue
        found |= {link[8:-1] for link in links if link.startswith("socket:[")}
    return found


def listeners(pids: set[int]) -> list[str]:
    """Addresses in the host's own network namespace on which these processes listen, as the kernel writes them."""
    held, found = sockets_of(pids), []
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/self/net/{table}").read_text().splitlines()[1:]:
            words = line.split()
            if words[3] == LISTENING and words[9] in held:
                found.append(words[1].partition(":")[0])
    return found


@pytest.fixture
def record(stack: Stack) -> registry.Record:
    return registry.find(stack.cluster.name)


@pytest.fixture
def pids(record: registry.Record) -> set[int]:
    outer = record.process()
    assert outer is not None
    return tree(outer)


def secrets(record: registry.Record) -> list[str]:
    """Every token and private key of the cluster."""
    pki = record.files.pki
    tokens = [row[0] for row in csv.reader((pki / "tokens.csv").read_text().splitlines())]
    return tokens + [line for key in pki.glob("*.key") for line in key.read_text().splitlines()[1:-1]]


def test_a_cluster_listens_on_the_hosts_loopback_only(record: registry.Record, pids: set[int]) -> None:
    found = listeners(pids)
    assert len(found) == len(record.ports())
    assert set(found) <= set(LOOPBACK)


def test_credentials_are_their_owners_only(record: registry.Record) -> None:
    files = [record.files.kubeconfig, *record.files.pki.iterdir(), *record.files.config.iterdir()]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    folders = (record.files.root, record.files.pki, record.files.config, registry.clusters_dir())
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in folders} == {0o700}


def test_no_secret_stands_on_a_command_line(record: registry.Record, pids: set[int]) -> None:
    told = "\n".join(
        Path(f"/proc/{pid}/cmdline").read_bytes().decode() for pid in pids if os.path.exists(f"/proc/{pid}")
    )
    assert "kube-apiserver" in told
    assert [secret for secret in secrets(record) if secret in told] == []


def test_no_secret_stands_in_a_log(record: registry.Record) -> None:
    kept = secrets(record)
    logs = [file for file in record.files.logs.rglob("*") if file.is_file()]
    assert any(file.name == "kube-apiserver.log" for file in logs)
    assert [str(file) for file in logs if any(secret in said(file) for secret in kept)] == []


def said(file: Path) -> str:
    """A log's text; nothing of a pod that another test has ended meanwhile."""
    with suppress(FileNotFoundError):
        return file.read_text(errors="replace")
    return ""


def test_nobody_without_credentials_is_let_in(record: registry.Record) -> None:
    address = f"https://127.0.0.1:{record.ports()['api']}/api/v1/secrets"
    for headers in ({}, {"Authorization": "Bearer guessed"}):
        assert (
            requests.get(address, headers=headers, verify=str(record.files.pki / "ca.crt"), timeout=10).status_code
            == 401
        )
