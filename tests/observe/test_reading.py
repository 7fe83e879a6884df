"""What is read from objects, log lines and answers."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from canarylab.journey import users
from canarylab.meshes.providers import gatewayapi, istio
from canarylab.model.traffic import Answer
from canarylab.observe import client
from canarylab.observe.flaggerlog import parse
from canarylab.observe.observer import canary_seen, workload_seen


def named(spec: dict[str, Any]) -> dict[str, Any]:
    return {"metadata": {"name": "web", "namespace": "shop"}, "spec": spec}


def test_users_who_stay_where_they_are_do_not_hide_the_weights() -> None:
    sticky = {"route": [{"destination": {"host": "web-primary"}, "weight": 0}, destination("web-canary", 100)]}
    weighted = {"route": [destination("web-primary", 75), destination("web-canary", 25)]}
    others = {"route": [destination("web-primary", 100)]}
    assert istio.read(named({"http": [sticky, weighted]})).weights == {"web-primary": 75, "web-canary": 25}
    assert istio.read(named({"http": [sticky, others]})).weights == {"web-primary": 0, "web-canary": 100}


def destination(host: str, weight: int) -> dict[str, Any]:
    return {"destination": {"host": host}, "weight": weight}


def test_a_virtual_services_weights_by_service() -> None:
    hosts = [("web-primary", {"weight": 90}), ("web-canary.shop.svc", {"weight": 10})]
    rule = {"route": [{"destination": {"host": host}, **weight} for host, weight in hosts]}
    assert istio.read(named({"http": [rule]})).weights == {"web-primary": 90, "web-canary": 10}


def test_a_destination_without_a_weight_gets_everything() -> None:
    assert istio.read(named({"tcp": [{"route": [{"destination": {"host": "web"}}]}]})).weights == {"web": 100}


def test_an_http_routes_weights_by_service() -> None:
    backends = [{"name": "web-primary", "weight": 60}, {"name": "web-canary", "weight": 40}]
    assert gatewayapi.read(named({"rules": [{"backendRefs": backends}]})).weights == {
        "web-primary": 60,
        "web-canary": 40,
    }


def test_a_route_without_rules_has_no_weights() -> None:
    assert istio.read(named({})).weights == gatewayapi.read(named({})).weights == {}


def test_a_new_canary_has_no_phase() -> None:
    seen = canary_seen({"metadata": {"resourceVersion": "7"}})
    assert (seen["version"], seen["phase"], seen["weight"], seen["failed"]) == ("7", "", 0, 0)


def test_a_daemonset_wants_what_it_is_told_by_the_nodes() -> None:
    template = {"spec": {"containers": [{"name": "app", "image": "web:1"}]}}
    status = {"desiredNumberScheduled": 3, "numberAvailable": 2}
    item = {"metadata": {"resourceVersion": "7", "name": "web"}, "spec": {"template": template}, "status": status}
    seen = workload_seen(item)
    assert (seen["replicas"], seen["available"], seen["images"]) == (3, 2, {"app": "web:1"})


@pytest.mark.parametrize(
    ("line", "read"),
    [
        (json.dumps({"level": "info", "msg": "Advance\n", "canary": "web.shop"}), ("info", "Advance")),
        (json.dumps({"level": "info", "msg": "Advance", "canary": "other.shop"}), None),
        (json.dumps({"level": "info", "msg": "Connected to metrics server"}), None),
        ("E1124 klog speaks another language", None),
        ("[1, 2]", None),
    ],
)
def test_a_log_line_is_about_one_canary(line: str, read: tuple[str, str] | None) -> None:
    assert parse(line, "web.shop") == read


class Page(BaseHTTPRequestHandler):
    """An application whose every third answer is an error."""

    served = 0

    def do_GET(self) -> None:
        Page.served += 1
        assert self.headers["User-Agent"] == "Mozilla/5.0"
        status = 500 if Page.served % 3 == 0 else 200
        body = b"oh" if status == 500 else b"<title>web-7d9c</title>"
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


@pytest.fixture
def page() -> Iterator[str]:
    listening = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{listening.server_address[1]}/"
    listening.shutdown()
    thread.join()
    listening.server_close()


def ask(url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> list[Answer]:
    arguments = [url, "--per-second=60", "--seconds=0.5", "--header=User-Agent:Mozilla/5.0"]
    monkeypatch.setattr("sys.argv", ["client", *arguments, "--pod=<title>(.*)</title>"])
    client.main()
    return users.read(capsys.readouterr().out.splitlines())


def test_users_tell_when_they_asked_and_who_answered(
    page: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = ask(page, monkeypatch, capsys)
    assert len(answers) in (30, 31)
    assert {(one.status, one.pod) for one in answers} == {(200, "web-7d9c"), (500, "")}
    assert all(one.sent < one.answered for one in answers)


def test_users_who_get_no_answer_go_on(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as closed:
        port = closed.server_address[1]
    answers = ask(f"http://127.0.0.1:{port}/", monkeypatch, capsys)
    assert len(answers) >= 25
    assert {one.status for one in answers} == {0}


def test_a_line_that_was_cut_off_is_left_out() -> None:
    assert users.read(["1.0 1.5 200 web-1", "2.0 2.5 500 -", "3.0 3."]) == [
        Answer(1.0, 1.5, 200, "web-1"),
        Answer(2.0, 2.5, 500, ""),
    ]
