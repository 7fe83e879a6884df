"""What was forbidden becomes the rights that would tell more; what does not exist is no right."""

from __future__ import annotations

from situations import SUBJECT

from canarylab.kube.rest import Refused
from canarylab.meshes import providers
from canarylab.verify import rights


def refused(status: int) -> Refused:
    return Refused("no", status, "GET /x")


def test_each_source_names_its_right() -> None:
    forbidden = dict.fromkeys(("route", "target", "primary", "log", "events"), refused(403))
    found = rights.of_sources(SUBJECT.canary, providers.route("istio"), "mesh", forbidden)
    assert [str(one).partition(": ")[0] for one in rights.merged(found)] == [
        "list, watch virtualservices.networking.istio.io in namespace shop",
        "list, watch deployments.apps in namespace shop",
        "list pods and get pods/log in namespace mesh",
        "list, watch events in namespace shop",
    ]


def test_what_does_not_exist_is_no_right() -> None:
    assert rights.of_sources(SUBJECT.canary, providers.route("istio"), "mesh", {"route": refused(404)}) == []


def test_what_to_grant_for_canaries() -> None:
    assert "in namespace shop" in rights.canaries("shop")
    assert "-n" in rights.canaries(None)
