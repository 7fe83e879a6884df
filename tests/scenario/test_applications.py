"""What ``given`` makes of an application."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from canarylab.errors import UsageError
from canarylab.journey import Application
from canarylab.scenario import applications
from canarylab.scenario.document import Given

WEB = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web"},
    "spec": {"template": {"spec": {"containers": [{"name": "main", "image": "web:1"}, {"name": "side"}]}}},
}
CANARY = {
    "apiVersion": "flagger.app/v1beta1",
    "kind": "Canary",
    "metadata": {"name": "web", "namespace": "elsewhere"},
    "spec": {"targetRef": {"kind": "Deployment", "name": "web"}, "service": {"port": 80}, "analysis": {}},
}


def built(folder: Path = Path(), **given: Any) -> Application:
    made = Given.model_validate(given, by_alias=True, by_name=False)
    return applications.build(made, "shop", folder)


def analysis(app: Application) -> dict[str, Any]:
    found: dict[str, Any] = app.canary["spec"]["analysis"]
    return found


def test_values_are_laid_over_the_canary_and_the_target() -> None:
    app = built(application="podinfo-short", canary={"analysis": {"stepWeight": 5}}, target={"minReadySeconds": 3})
    assert (analysis(app)["stepWeight"], analysis(app)["maxWeight"]) == (5, 50)
    assert app.target["spec"]["minReadySeconds"] == 3


def test_gates_are_further_webhooks_that_ask_the_load_testers_gate() -> None:
    hooks = analysis(built(gates=["confirm-rollout", "rollback"]))["webhooks"]
    assert [one["name"] for one in hooks] == ["load", "confirm-rollout", "rollback"]
    assert [one["url"].rsplit("/", 2)[1] for one in hooks[1:]] == ["gate", "rollback"]


def test_what_listens_comes_with_a_server_and_alerts_with_a_provider() -> None:
    app = built(listens=["event"], alerts=True)
    assert analysis(app)["webhooks"][-1]["url"] == "http://capture.shop:8080/hooks/event"
    assert analysis(app)["alerts"][0]["providerRef"] == {"name": "capture"}
    assert [one["kind"] for one in app.objects[-3:]] == ["Deployment", "Service", "AlertProvider"]


def test_users_take_what_they_do_not_say_from_the_applications_own() -> None:
    (one,) = built(users=[{"name": "insiders", "cookies": {"a": "b", "c": "d"}, "per-second": 100.0}]).crowds
    assert (one.path, one.headers, one.per_second) == ("/api/info", {"Cookie": "a=b; c=d"}, 100.0)
    assert one.pod == '"hostname": "([^"]*)"'
    assert built(users=[]).crowds == ()
    assert len(built().crowds) == 1


def test_an_application_of_ones_own_comes_from_files_beside_the_scenario(tmp_path: Path) -> None:
    (tmp_path / "web.yaml").write_text(yaml.safe_dump_all([WEB, CANARY]))
    app = built(tmp_path, manifests=["web.yaml"], users=[{}], objects=[{**WEB, "metadata": {"name": "more"}}])
    assert (app.container, app.crowds[0].path, app.canary["metadata"]["namespace"]) == ("main", "/", "shop")
    assert [one["metadata"]["name"] for one in app.objects] == ["web", "more"]
    assert built(tmp_path, manifests=["web.yaml"], container="side").container == "side"


def test_manifests_without_the_target_are_told(tmp_path: Path) -> None:
    (tmp_path / "web.yaml").write_text(yaml.safe_dump(CANARY))
    with pytest.raises(UsageError, match="no Deployment web stands in the manifests"):
        built(tmp_path, manifests=["web.yaml"])


def test_users_from_the_installation_on_are_early() -> None:
    assert built(**{"users-from": "installation"}).early
    assert not built().early
