"""``--installer helm``: where it is known, what it is refused for, and what the local rung hands on of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from canarylab import helm, meshes, pytest_rungs, stack
from canarylab.errors import EnvironmentFault, UsageError
from canarylab.flagger import charted
from canarylab.kube import parts
from canarylab.meshes import istiocharts
from canarylab.rung import Local, Wanted
from canarylab.toolchain import Toolset


def test_the_plugin_knows_the_installers_that_there_are() -> None:
    assert pytest_rungs.INSTALLERS == stack.INSTALLERS


@pytest.mark.parametrize("mesh", ["none", "contour", "supergloo"])
def test_a_mesh_without_charts_is_refused(mesh: str) -> None:
    with pytest.raises(UsageError, match=f"no charts for the mesh {mesh}"):
        charted.require(meshes.get(mesh))


def test_a_host_without_the_program_of_the_charts_probes_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_words, **_wishes: None)
    with pytest.raises(EnvironmentFault, match="no wget in /usr/bin"):
        charted.require(meshes.get("istio"))


def test_the_local_rung_hands_the_installer_on(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[object] = []
    for name in ("start", "attach"):
        monkeypatch.setattr(stack, name, lambda *_words, **wishes: told.append(wishes["installer"]))
    Local(stack.HELM).start("x", Wanted("istio"), None)
    Local(stack.HELM).attach("x", Wanted("istio"))
    Local().attach("x", Wanted("istio"))
    assert told == ["helm", "helm", "manifests"]


def test_an_existing_cluster_has_its_mesh_already(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANARYLAB_STATE", str(pytester.path / "state"))
    pytester.makepyfile("def test_nothing(): pass")
    ran = pytester.runpytest_subprocess("--cluster=existing", "--context=nowhere", "--installer=helm")
    assert ran.ret == 2
    assert "--installer is of the local rung" in ran.stdout.str()


def test_a_test_for_a_mesh_without_charts_is_skipped_with_the_reason(pytester: pytest.Pytester) -> None:
    text = """
        import pytest
        @pytest.mark.mesh("none")
        def test_none(): pass
        @pytest.mark.mesh("istio")
        def test_istio(): pass
        def test_any(): pass
    """
    items = pytester.getitems(text)
    told = [pytest_rungs.uncharted(item, stack.HELM) for item in items]
    assert told == ["it needs the mesh none, for which there are no charts", "", ""]
    assert [pytest_rungs.uncharted(item, stack.MANIFESTS) for item in items] == ["", "", ""]


def test_a_run_by_helm_is_repeated_by_helm(pytester: pytest.Pytester) -> None:
    config = pytester.parseconfigure("--installer=helm")
    assert pytest_rungs.given(config) == [("--installer", "helm")]
    assert pytest_rungs.given(pytester.parseconfigure()) == []


class Remote:
    """A cluster that is only handed on."""

    kubeconfig = Path("kubeconfig")

    def api_client(self) -> None: ...
    def failure(self) -> None: ...


def test_istios_kinds_come_first_and_flagger_after_its_metrics(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(istiocharts, "parts", lambda _toolset: [])
    monkeypatch.setattr(parts, "install", lambda *_words, **_wishes: told.append("what has no chart"))
    monkeypatch.setattr(helm, "install", lambda _where, _chart, release, *_words, **_wishes: told.append(release))
    charted.install(Remote(), Toolset("k", {}, ()), meshes.get("istio"))  # type: ignore[arg-type]
    assert told[:3] == ["istio-base", "istiod", "what has no chart"]
    assert sorted(told[3:]) == ["flagger", "flagger-loadtester", "istio-ingressgateway"]


def test_the_validating_webhooks_let_the_mesh_controller_through() -> None:
    made = istiocharts.exemption().objects
    assert [item["metadata"]["name"] for item in made] == ["istiod-default-validator", "istio-validator-istio-system"]
    conditions = [hook["matchConditions"] for item in made for hook in item["webhooks"]]
    assert all("mesh-controller" in one[0]["expression"] for one in conditions)


def test_every_release_is_told() -> None:
    [line] = charted.describe(meshes.get("istio"))
    assert line.endswith("istio-base, istiod, istio-ingressgateway, flagger, flagger-loadtester")
