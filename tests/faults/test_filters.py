"""EnvoyFilters name the hosts and clusters of one canary, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from canarylab.faults.mesh import filters
from canarylab.faults.mesh.abort import Abort
from canarylab.faults.mesh.delay import Delay
from canarylab.faults.mesh.filters import Spot
from canarylab.faults.site import Site

CANARY, PRIMARY, APEX = (f"{name}.shop.svc.cluster.local" for name in ("podinfo-canary", "podinfo-primary", "podinfo"))


def patches(fault: Abort | Delay, site: Site) -> list[dict[str, Any]]:
    """The patches of the EnvoyFilter that a fault makes."""
    (action,) = fault.plan(site).actions
    item: dict[str, Any] = action.do.item  # type: ignore[union-attr]
    assert (item["kind"], item["metadata"]["namespace"], item["metadata"]["name"]) == (
        "EnvoyFilter", "istio-system", "fault-0a0b0c0d",
    )  # fmt: skip
    found: list[dict[str, Any]] = item["spec"]["configPatches"]
    return found


def struck(patch: dict[str, Any]) -> tuple[str, str]:
    """The virtual host of a patch, and the cluster that its fault is about."""
    fault = patch["patch"]["value"]["typed_per_filter_config"]["envoy.filters.http.fault"]
    return patch["match"]["routeConfiguration"]["vhost"]["name"], fault.get("upstream_cluster", "")


def test_a_delay_strikes_a_revision_wherever_requests_to_it_pass(site: Site) -> None:
    found = patches(Delay(seconds=0.5, percent=12.5), site)
    cluster = f"outbound|9898||{CANARY}"
    assert [struck(one) for one in found] == [(f"{CANARY}:9898", ""), (f"{APEX}:9898", cluster)]
    fault = found[0]["patch"]["value"]["typed_per_filter_config"]["envoy.filters.http.fault"]
    assert fault["delay"] == {
        "fixed_delay": "0.5s", "percentage": {"numerator": 125_000, "denominator": "MILLION"},
    }  # fmt: skip


def test_all_is_everything_that_leads_to_the_application(site: Site) -> None:
    assert filters.spots(site, "all") == [Spot(f"{host}:9898") for host in (APEX, CANARY, PRIMARY)]


def test_an_abort_at_the_caller_is_istios_own(site: Site) -> None:
    found = patches(Abort(percent=50, at="caller", status=503, to="primary"), site)
    fault = found[0]["patch"]["value"]["typed_per_filter_config"]["envoy.filters.http.fault"]
    assert fault["abort"] == {
        "http_status": 503, "percentage": {"numerator": 500_000, "denominator": "MILLION"},
    }  # fmt: skip


@pytest.mark.parametrize(("to", "hosts"), [("canary", [CANARY]), ("primary", [PRIMARY]), ("all", [CANARY, PRIMARY])])
def test_an_abort_at_the_pods_stands_before_their_connections(to: str, hosts: list[str], site: Site) -> None:
    found = patches(Abort(percent=50, to=to), site)
    assert [one["match"]["cluster"]["name"] for one in found] == [f"outbound|9898||{host}" for host in hosts]
    (options,) = found[0]["patch"]["value"]["typed_extension_protocol_options"].values()
    lua, codec = options["http_filters"]
    assert (
        '* 100 < 50 then\n    handle:respond({[":status"] = "500"}'
        in lua["typed_config"]["default_source_code"]["inline_string"]
    )
    assert codec["name"] == "envoy.filters.http.upstream_codec"


def test_the_probe_asks_as_users_do_and_goes_last(site: Site) -> None:
    plan = Abort(percent=50).plan(site)
    (tool,) = plan.tools
    arguments = tool.do.item["spec"]["containers"][0]["args"]  # type: ignore[union-attr]
    assert arguments[0] == "http://podinfo-canary.shop:9898/api/info"
    assert tool.undo is not None
