"""The observer's proof: 1,000 changes, each version written down, while the API server is killed 20 times.

etcd is compacted after each kill, so that a watch that lost its place cannot resume. What was observed is what was
written, or a gap stands exactly where versions are missing.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from itertools import pairwise

import pytest
from kubernetes import client
from processes import PARTS

from canarylab.clusters.local import registry
from canarylab.errors import CanarylabError
from canarylab.kube import apply, rest
from canarylab.observe.follow import Follower, Place
from canarylab.stack import Stack

CHANGES, KILLS = 1000, 20
# The supervisor ends a cluster whose component dies for the fourth time within 30 seconds.
BETWEEN_KILLS = 11.0
BOUND = 600.0
CONFIGMAPS = apply.path("v1", "configmaps", "default")
MERGE = "application/merge-patch+json"
API_SERVER = next(part for part in PARTS if part.name == "kube-apiserver")
ETCD = next(part for part in PARTS if part.name == "etcd")
COMPACT = """
import json, urllib.request
def ask(path, body):
    request = urllib.request.Request("http://127.0.0.1:2379/v3/kv/" + path, json.dumps(body).encode())
    return json.load(urllib.request.urlopen(request, timeout=5))
ask("compaction", {"revision": ask("range", {"key": "AA=="})["header"]["revision"]})
"""


class Writer(threading.Thread):
    """Changes one object again and again, and writes down the version of each change."""

    def __init__(self, api: client.ApiClient) -> None:
        super().__init__(daemon=True)
        self._api, self.versions = api, list[int]()

    def run(self) -> None:
        for count in range(CHANGES):
            self.versions.append(int(self._change(str(count))))
            time.sleep(BETWEEN_KILLS * KILLS / CHANGES / 2)  # the other half is spent waiting for the server

    def _change(self, count: str) -> str:
        """The version of a change; one whose answer was lost is looked up before it is tried again."""
        while True:
            try:
                found = rest.send(self._api, "GET", f"{CONFIGMAPS}/counter")
                if found.get("data", {}).get("count") != count:
                    body = {"data": {"count": count}}
                    found = rest.send(self._api, "PATCH", f"{CONFIGMAPS}/counter", body=body, content_type=MERGE)
                return str(found["metadata"]["resourceVersion"])
            except CanarylabError:
                time.sleep(0.1)


def compact(cluster: str) -> None:
    """Lets etcd forget every version but the last, from inside the cluster's network."""
    target = str(next(iter(ETCD.pids(cluster))))
    user = [] if os.geteuid() == 0 else ["--user", "--preserve-credentials"]
    subprocess.run(
        ["nsenter", "--target", target, *user, "--net", sys.executable, "-c", COMPACT], check=True, timeout=30
    )


def kill_again_and_again(cluster: str) -> None:
    for _ in range(KILLS):
        started = time.monotonic()
        API_SERVER.wait_for_another(cluster, API_SERVER.signal(cluster, signal.SIGKILL))
        compact(cluster)
        time.sleep(max(0.0, BETWEEN_KILLS - (time.monotonic() - started)))


def unexplained(written: list[int], observed: list[int | None]) -> list[int]:
    """Versions that were not observed although no gap (None) stands where they belong."""
    missing, seen = set(written) - set(observed), [one for one in observed if one is not None]
    assert seen == sorted(seen), "versions were observed out of order"
    gaps = []
    for before, after in pairwise(number for number, one in enumerate(observed) if one is not None):
        if after - before > 1:
            gaps.append((observed[before], observed[after]))
    return sorted(one for one in missing if not any(low < one < high for low, high in gaps if low and high))


@pytest.mark.exclusive
@pytest.mark.mesh("none")
def test_what_is_observed_is_what_was_written_or_a_gap_says_so(own: Stack) -> None:
    name, api, record = own.cluster.name, own.cluster.api_client(), registry.find(own.cluster.name)
    own.cluster.kubectl("create", "configmap", "counter")
    observed: list[int | None] = []
    follower = Follower(
        own.cluster.api_client(), Place(CONFIGMAPS, "counter"),
        lambda item: observed.append(int(item["metadata"]["resourceVersion"])), lambda _why: observed.append(None),
    )  # fmt: skip
    follower.start()
    assert follower.listed(30)
    writer = Writer(api)
    writer.start()
    kill_again_and_again(name)
    writer.join(BOUND)
    assert not writer.is_alive(), f"the writer is at {len(writer.versions)} of {CHANGES}"
    deadline = time.monotonic() + 30
    while observed[-1] != writer.versions[-1]:
        assert time.monotonic() < deadline, "the last change was not observed within 30 s"
        time.sleep(0.05)
    follower.stop()
    assert record.status()["components"]["kube-apiserver"]["deaths"] == KILLS
    assert len(set(writer.versions)) == CHANGES
    assert unexplained(writer.versions, observed) == []
    print(
        json.dumps(
            {"written": CHANGES, "observed": len(set(writer.versions) & set(observed)), "gaps": observed.count(None)}
        )
    )
