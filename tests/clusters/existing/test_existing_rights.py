"""Every right that a run needs is asked for; what is missing is named at once; the ClusterRole of the docs has all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from faulty import FaultyServer
from kubernetes import client

from canarylab.clusters.existing import rights
from canarylab.clusters.existing.rights import Need
from canarylab.errors import EnvironmentFault
from canarylab.flagger.running import Running
from canarylab.joining import plan
from canarylab.joining.found import Found

REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
ROLE = Path(__file__).parents[3] / "docs" / "examples" / "existing-rights.yaml"
NEEDS = [
    Need(("get", "list"), "apps", "deployments", "revisions"),
    Need(("create",), "", "services/proxy", "gates", "test"),
]


def answers(*allowed: bool) -> list[tuple[int, Any]]:
    return [(201, {"status": {"allowed": one}}) for one in allowed]


def test_each_verb_is_asked_for(server: FaultyServer, api: client.ApiClient) -> None:
    server.on("POST", REVIEWS, *answers(True))
    assert rights.lacking(api, NEEDS) == []
    asked = [body["spec"]["resourceAttributes"] for *_, body in server.asked]
    assert {"verb": "list", "group": "apps", "resource": "deployments"} in asked
    assert {"verb": "create", "resource": "services", "subresource": "proxy", "namespace": "test"} in asked


def test_all_that_is_missing_is_named_at_once(server: FaultyServer, api: client.ApiClient) -> None:
    server.on("POST", REVIEWS, *answers(False))
    with pytest.raises(EnvironmentFault) as caught:
        rights.require(api, NEEDS, "cluster x")
    assert "get, list deployments.apps in the whole cluster: revisions" in caught.value.what
    assert "create services/proxy in namespace test: gates" in caught.value.what


def test_the_role_of_the_docs_is_what_a_run_with_istio_needs_and_no_more() -> None:
    wanted = {
        (need.group, need.resource, verb)
        for need in plan.needs(Found(flagger=Running("istio-system", provider="istio")))
        for verb in need.verbs
    }
    rules = yaml.safe_load(ROLE.read_text())["rules"]
    given = {(g, r, v) for rule in rules for g in rule["apiGroups"] for r in rule["resources"] for v in rule["verbs"]}
    assert given == wanted
