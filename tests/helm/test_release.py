"""Installing, listing and removing a release: the command line, what is waited for, what comes back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from conftest import Workshop
from kubernetes import config

from canarylab import helm
from canarylab.errors import EnvironmentFault, UsageError
from canarylab.kube import rollout
from canarylab.kube.rollout import Workload

DEPLOYMENT: dict[str, Any] = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web"},
    "spec": {"template": {"spec": {"containers": [{"name": "web", "image": "shop:1"}]}}},
}
ACCOUNT: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "ServiceAccount",
    "metadata": {"name": "web", "namespace": "there"},
}


def install(workshop: Workshop, **wishes: Any) -> helm.Installed:
    return helm.install(workshop.kubeconfig, workshop.chart, "shop", "here", toolset=workshop.toolset, **wishes)


def test_a_chart_is_installed_by_helm_install(workshop: Workshop) -> None:
    made = install(workshop, values=[Path("a.yaml"), Path("b.yaml")], settings=["x=1"])
    assert (made.name, made.namespace, made.chart) == ("shop", "here", "shop-1.2.3")
    assert " ".join(workshop.said()) == (
        f"install shop {workshop.chart} --namespace here --create-namespace --output json "
        "--values a.yaml --values b.yaml --set x=1"
    )


def test_what_helm_installed_is_waited_for(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    awaited: list[Workload] = []
    monkeypatch.setattr(rollout, "wait", lambda _api, workloads, **_wishes: awaited.extend(workloads))
    monkeypatch.setattr(config, "new_client_from_config", lambda file: file)
    workshop.made(DEPLOYMENT, ACCOUNT, {**DEPLOYMENT, "metadata": {"name": "other", "namespace": "there"}})
    install(workshop)
    assert awaited == [Workload("Deployment", "here", "web"), Workload("Deployment", "there", "other")]


def test_a_release_that_does_not_become_ready_is_named_with_its_end(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(*_words: object, **_wishes: object) -> None:
        raise EnvironmentFault("not available in time", where="deployment/here/web", next_step="kubectl describe it")

    monkeypatch.setattr(rollout, "wait", late)
    monkeypatch.setattr(config, "new_client_from_config", lambda file: file)
    workshop.made(DEPLOYMENT)
    with pytest.raises(EnvironmentFault) as told:
        install(workshop)
    assert told.value.what == "the release shop (shop-1.2.3) does not become ready: not available in time"
    assert told.value.next_step == "kubectl describe it; helm uninstall shop -n here removes it"


def test_one_that_is_not_to_be_waited_for_asks_no_cluster(workshop: Workshop) -> None:
    workshop.made(DEPLOYMENT)
    assert [item["kind"] for item in install(workshop, wait=False).objects] == ["Deployment"]


def test_releases_are_listed_over_all_namespaces(workshop: Workshop) -> None:
    workshop.answers(
        '[{"name": "shop", "namespace": "here", "status": "deployed", "chart": "shop-1.2.3", "revision": 1}]'
    )
    [found] = helm.listed(workshop.kubeconfig, toolset=workshop.toolset)
    assert found == helm.Listed("shop", "here", "deployed", "shop-1.2.3")
    assert "--all-namespaces" in workshop.said()


def test_a_removed_release_tells_what_its_chart_keeps(workshop: Workshop) -> None:
    kept = "These resources were kept due to the resource policy:\n[CustomResourceDefinition] a.b.c\n\n"
    workshop.answers(f'{kept}release "shop" uninstalled\n')
    assert helm.uninstall(workshop.kubeconfig, "shop", "here", toolset=workshop.toolset) == ("a.b.c",)
    assert workshop.said()[:4] == ["uninstall", "shop", "--namespace", "here"]


def test_a_machines_own_settings_for_helm_have_no_say(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HELM_DRIVER", "HELM_NAMESPACE", "HELM_KUBECONTEXT", "HELM_PLUGINS", "KUBECONFIG"):
        monkeypatch.setenv(name, "theirs")
    install(workshop)
    environ = workshop.environ()
    assert environ["KUBECONFIG"] == str(workshop.kubeconfig)
    assert {name for name in environ if name.startswith("HELM_")} == {
        "HELM_CACHE_HOME", "HELM_CONFIG_HOME", "HELM_DATA_HOME",
    }  # fmt: skip


def test_a_helm_that_is_missing_is_told_with_what_brings_it(workshop: Workshop) -> None:
    (workshop.folder / "helm").unlink()
    with pytest.raises(EnvironmentFault, match="helm cannot be run: No such file") as told:
        install(workshop)
    assert "canarylab provision" in told.value.next_step


def test_what_helm_says_is_told_as_an_error(workshop: Workshop) -> None:
    workshop.answers(error="Error: INSTALLATION FAILED: cannot reuse a name that is still in use", code=1)
    with pytest.raises(UsageError, match=r"^helm: cannot reuse a name that is still in use") as told:
        install(workshop)
    assert told.value.where == "helm install shop"
