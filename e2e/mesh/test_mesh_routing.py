"""What a VirtualService says of matches, retries, timeouts, faults and mirrors takes effect."""

from __future__ import annotations

import re
from collections import Counter

from backends import FLAKY
from shop import MARK, Shop, assert_share, istio, pod, revisions, service, to, virtual_service

URL = "http://podinfo:9898/version"
ON = {"status": 200, MARK: "on"}
EARLY = 0.01  # seconds: Envoy's timers count whole milliseconds, from the beginning of its loop's round


def test_a_header_chooses_the_revision(shop: Shop) -> None:
    testers = {"match": [{"headers": {"x-user": {"exact": "tester"}}}], "route": [to("podinfo-b")]}
    shop.add(*revisions("a", "b"), virtual_service(testers, {"route": [to("podinfo-a")]}))
    everybody = shop.ask(URL, until=[ON], count=30)
    chosen = shop.ask(URL, until=[ON], count=30, headers={"x-user": "tester"})
    assert {answer["version"] for answer in everybody} == {"a"}
    assert {answer["version"] for answer in chosen} == {"b"}


def test_a_subset_chooses_the_revision(shop: Shop) -> None:
    subsets = [{"name": "new", "labels": {"version": "b"}}]
    rule = istio("DestinationRule", "podinfo", {"host": "podinfo", "subsets": subsets})
    shop.add(*revisions("a", "b"), rule, virtual_service({"route": [to("podinfo", subset="new")]}))
    assert {answer["version"] for answer in shop.ask(URL, until=[ON], count=30)} == {"b"}


def flaky(shop: Shop, retries: dict[str, object]) -> tuple[Counter[int], int]:
    """Statuses of 30 requests to a backend that fails two of three, and how many requests it saw for them."""
    route = {"route": [to("flaky")], "retries": retries}
    shop.add(
        pod("flaky", "python:3.11", ["python3", "-c", FLAKY], app="flaky"),
        service("flaky", {"app": "flaky"}, port=8080),
        virtual_service(route, host="flaky"),
    )
    url = "http://flaky:8080"
    before = int(shop.ask(f"{url}/count", until=[ON])[0]["body"])
    answers = shop.ask(url, until=[], count=30)
    return Counter(answer["status"] for answer in answers), int(shop.ask(f"{url}/count")[0]["body"]) - before


def test_retries_hide_failures_from_the_client(shop: Shop) -> None:
    assert flaky(shop, {"attempts": 3, "retryOn": "5xx"}) == (Counter({200: 30}), 90)


def test_without_retries_the_client_sees_each_failure(shop: Shop) -> None:
    assert flaky(shop, {"attempts": 0}) == (Counter({200: 10, 500: 20}), 30)


def test_a_timeout_ends_a_slow_answer(shop: Shop) -> None:
    shop.add(*revisions("a"), virtual_service({"route": [to("podinfo")], "timeout": "0.3s"}))
    shop.seen(URL, ON)
    [answer] = shop.ask("http://podinfo:9898/delay/5", until=[])
    assert answer["status"] == 504
    assert 0.3 - EARLY <= answer["seconds"] < 3


def test_an_injected_delay_is_waited_for(shop: Shop) -> None:
    delay = {"fixedDelay": "0.4s", "percentage": {"value": 100}}
    shop.add(*revisions("a"), virtual_service({"route": [to("podinfo")], "fault": {"delay": delay}}))
    answers = shop.ask(URL, until=[ON], count=3)
    assert {answer["status"] for answer in answers} == {200}
    assert min(answer["seconds"] for answer in answers) >= 0.4 - EARLY


def test_an_injected_fault_hits_its_share_of_requests(shop: Shop) -> None:
    abort = {"httpStatus": 418, "percentage": {"value": 30}}
    shop.add(*revisions("a"), virtual_service({"route": [to("podinfo")], "fault": {"abort": abort}}))

    def hits() -> int:
        statuses = Counter(answer["status"] for answer in shop.ask(URL, until=[ON, {"status": 418}], count=300))
        assert set(statuses) == {200, 418}
        return statuses[418]

    assert_share(hits, 300, 0.3)


def test_a_mirror_gets_every_request_and_answers_nobody(shop: Shop) -> None:
    mirror = {"route": [to("podinfo-a")], "mirror": {"host": "podinfo-b"}, "mirrorPercentage": {"value": 100}}
    shop.add(*revisions("a", "b"), virtual_service(mirror))
    shop.seen("http://podinfo-b:9898/version", {"status": 200})
    shop.seen(URL, ON)
    before = served(shop)
    answers = shop.ask(URL, until=[], count=100)
    assert Counter(answer["version"] for answer in answers) == {"a": 100}
    assert before + 100 <= served(shop) <= before + 101  # one uncounted request may have been mirrored late


def served(shop: Shop) -> int:
    """How many requests for /version the revision b has answered; a mirrored one may be still under way."""
    counter = r'http_request_duration_seconds_count\{method="GET",path="version",status="200"\} (\d+)'
    [answer] = shop.ask("http://podinfo-b:9898/metrics")
    found = re.search(counter, answer["body"])
    return int(found[1]) if found else 0
