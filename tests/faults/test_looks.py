"""How looks read a client's lines, Prometheus' counters, a kubelet's figures and a server that stands still."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from faulty import FaultyServer
from kubernetes import client

from canarylab import faults
from canarylab.faults import asker, prometheus
from canarylab.faults.application import memory_growth
from canarylab.faults.platform import endpoint_flapping, pausing
from canarylab.faults.prometheus import Prometheus
from canarylab.faults.site import Site

SHOP = "/api/v1/namespaces/shop"
LOG = f"{SHOP}/pods/fault-0a0b0c0d-probe/log"
QUERY = "/api/v1/namespaces/istio-system/services/prometheus%3A9090/proxy/api/v1/query"


def lines(*answers: tuple[float, int]) -> tuple[int, bytes]:
    return 200, "".join(f"{sent} {sent + 0.1} {status} -\n" for sent, status in answers).encode()


def value(number: float) -> tuple[int, dict[str, Any]]:
    return 200, {"data": {"result": [{"metric": {}, "value": [0, str(number)]}]}}


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asker, "_PAUSE", 0)
    monkeypatch.setattr(prometheus, "WINDOW", 0)


def test_only_answers_to_later_questions_count(site: Site, server: FaultyServer) -> None:
    server.on("GET", LOG, lines((1, 500)), lines((1, 500), (2, 500)), lines((1, 500), (2, 500), (3, 200), (4, 500)))
    found = asker.asking(site, "canary").look(lambda one: one.status == 500, 2, "answers were 500")
    assert str(found) == "1 of 2 answers were 500"


def test_a_client_that_does_not_answer_yet_is_waited_for(
    site: Site, server: FaultyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asker, "_LOOK_BOUND", 0)
    assert asker.asking(site, "canary").look(lambda _: True, 2, "answers").of == 0


def test_counters_are_read_twice(site: Site, server: FaultyServer) -> None:
    server.on("GET", QUERY, value(3), value(10), value(7), value(20))
    assert str(Prometheus(site).grown("bad", "all", "answers were bad")) == "4 of 10 answers were bad"


def test_a_counter_that_is_not_there_yet_is_none(site: Site, server: FaultyServer) -> None:
    server.on("GET", QUERY, (200, {"data": {"result": []}}))
    assert Prometheus(site).count("bad") == 0


def pods() -> list[dict[str, Any]]:
    status = {"podIP": "10.244.0.9"}
    return [{"metadata": {"name": "a", "uid": "one"}, "spec": {"nodeName": "node-1"}, "status": status}]


def summary(mebibytes: int) -> tuple[int, dict[str, Any]]:
    memory = {"workingSetBytes": mebibytes << 20}
    others = {"podRef": {"uid": "other"}, "containers": [{"memory": memory}]}
    return 200, {"pods": [{"podRef": {"uid": "one"}, "containers": [{"memory": memory}]}, others]}


def test_memory_is_what_the_kubelet_says(site: Site, server: FaultyServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory_growth, "_PAUSE", 0)
    deployment = {"spec": {"selector": {"matchLabels": {"app": "podinfo"}}}}
    server.on("GET", "/apis/apps/v1/namespaces/shop/deployments/podinfo", (200, deployment))
    server.on("GET", f"{SHOP}/pods", (200, {"items": pods()}))
    server.on("GET", "/api/v1/nodes/node-1/proxy/stats/summary", *map(summary, (20, 30, 70, 75)))
    plan = faults.make("memory-growth").plan(site)
    assert plan.actions[0].do.item["spec"]["containers"][0]["args"][-1] == "http://10.244.0.9:9898/echo"  # type: ignore[union-attr]
    assert [plan.look().hits, plan.look().hits] == [0, 1]
    assert plan.end()[0]().hits == 0


def test_a_server_that_stands_still_answers_nothing() -> None:
    def late() -> requests.Response:
        raise requests.Timeout

    assert str(pausing._unanswered(late, "it")) == "3 of 3 questions to it got no answer within 1 s"


def test_a_question_goes_over_a_connection_of_its_own(api: client.ApiClient, server: FaultyServer) -> None:
    server.on("GET", "/livez", (200, b"ok"))
    assert pausing._unanswered(lambda: pausing.ask(api.configuration, "/livez"), "it").hits == 0
    server.on("GET", "/livez", (503, b"no"))
    assert pausing._unanswered(lambda: pausing.ask(api.configuration, "/livez"), "it").hits == 3


def test_readiness_is_overwritten_to_and_fro(site: Site, server: FaultyServer) -> None:
    where = f"{SHOP}/pods/a/status"
    server.on("PATCH", where, (200, {}))
    with endpoint_flapping._flapping(site, [where], 0.001):
        while len(server.paths("PATCH")) < 4:
            pass
    said = [body["status"]["conditions"][0]["status"] for _, _, _, body in server.asked]
    assert said[:4] == ["False", "True", "False", "True"]
