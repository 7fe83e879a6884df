"""What a project is about: read from the user's manifests, else from the answers."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from shop import CANARY, DEPLOYMENT

from canarylab.errors import UsageError
from canarylab.starter import subject
from canarylab.starter.wish import Wish

FILE = Path("deploy/all.yaml")


def other(name: str) -> dict[str, Any]:
    made = copy.deepcopy(DEPLOYMENT)
    made["metadata"]["name"] = name
    return made


def test_manifests_decide_what_they_can() -> None:
    found = subject.of([DEPLOYMENT, CANARY], Wish(manifests=(FILE,), container="web"), "folder")
    assert (found.name, found.container, found.port) == ("web", "web", 9000)
    assert (found.image, found.next_tag) == ("registry.example.com:5000/shop/web:1.9", "1.10")


def test_without_manifests_the_answers_and_the_folder_decide() -> None:
    found = subject.of([], Wish(port=81), "My Shop_2")
    assert (found.name, found.container, found.port) == ("my-shop-2", "my-shop-2", 81)
    assert (found.image, found.canary, found.target) == ("example.org/my-shop-2:1", None, None)


def test_a_canary_alone_gets_a_target_of_its_name() -> None:
    found = subject.of([CANARY], Wish(canary=FILE), "folder")
    assert (found.name, found.port, found.target) == ("web", 9000, None)


def test_of_several_workloads_the_named_one_is_taken() -> None:
    found = subject.of([DEPLOYMENT, other("jobs")], Wish(name="jobs", manifests=(FILE,)), "folder")
    assert (found.name, found.container) == ("jobs", "proxy")


@pytest.mark.parametrize(
    ("image", "tag"), [("web:1", "2"), ("web:v1.9", "v1.10"), ("web:main", "main-next"), ("web", "2"), ("web:0", "1")]
)
def test_the_next_tag(image: str, tag: str) -> None:
    assert subject.of([], Wish(image=image), "web").next_tag == tag


@pytest.mark.parametrize(
    ("objects", "wish", "said"),
    [
        ([DEPLOYMENT], {"canary": FILE}, "no Canary stands there"),
        ([DEPLOYMENT, CANARY], {"container": "wbe"}, "Deployment web has no container wbe"),
        ([other("jobs"), CANARY], {}, "no Deployment web stands there"),
        ([DEPLOYMENT, other("jobs")], {}, "more than one workload stands there: web, jobs"),
        ([], {}, "no Deployment stands there"),
        ([DEPLOYMENT, CANARY], {"name": "shop"}, "--name shop is not what the files say"),
        ([DEPLOYMENT], {"image": "x:1"}, "--image x:1 is not what the files say"),
    ],
)
def test_what_is_missing_or_not_clear_is_told(objects: list[Any], wish: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError) as told:
        subject.of(objects, Wish(manifests=(FILE,), **wish), "folder")
    assert said in told.value.what
    assert (str(FILE) in told.value.where, bool(told.value.next_step)) == (True, True)


def test_a_folder_whose_name_is_no_name_is_told() -> None:
    with pytest.raises(UsageError, match="the application needs a name"):
        subject.of([], Wish(), "2024")


def test_an_object_that_the_canary_needs_has_to_be_in_the_files() -> None:
    found = subject.of([DEPLOYMENT, CANARY], Wish(manifests=(FILE,)), "folder")
    with pytest.raises(UsageError, match="the Canary needs the MetricTemplate orders"):
        subject.missing(found, [DEPLOYMENT, CANARY], str(FILE))


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"command": "a", "binary": FILE}, "--command and --binary exclude each other"),
        ({"name": "My_Shop"}, "cannot be a name in Kubernetes"),
        ({"name": "3d"}, "cannot be a name in Kubernetes"),
        ({"path": "index"}, "'index' is no page"),
        ({"pod": "from .*"}, "no regular expression with one group"),
        ({"pod": "from ("}, "no regular expression with one group"),
    ],
)
def test_answers_that_mean_nothing_are_told(wish: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError) as told:
        Wish(**wish)
    assert said in told.value.what
    assert told.value.next_step
