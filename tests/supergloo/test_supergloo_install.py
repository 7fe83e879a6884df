"""Installs bring meshes in the versions that there are, say how far they have come, and take away what they brought."""

from __future__ import annotations

from typing import Any

import pytest

from canarylab import toolchain
from canarylab.errors import CanarylabError
from canarylab.kube.parts import Part
from canarylab.kube.reconcile import KEPT, MADE_BY, Wanted
from canarylab.supergloo import install, kinds, offers
from canarylab.supergloo.api.data import API_VERSION
from canarylab.supergloo.offers import Offer, Offers

Json = dict[str, Any]


def named(kind: str, name: str, api_version: str = "v1") -> Json:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name}}


PARTS = (
    Part("istiod", (named("Namespace", "istio-system"), named("Deployment", "istiod", "apps/v1")), "istio-system"),
    Part("mesh", (named("DaemonSet", "mesh", "apps/v1"),), "istio-system"),
    Part("prometheus", (named("Deployment", "prometheus", "apps/v1"),), "istio-system"),
)
KNOWN = {
    offers.ISTIO: Offer("Istio", "istio", "1.31", "istio"),
    offers.LINKERD: Offer("Linkerd", "linkerd", "translated", "linkerd"),
}


def parts(names: tuple[str, ...]) -> list[Part]:
    """Those of Istio, and one that tells which meshes it is for."""
    others = [name for name in names if name != "istio"]
    beside = Part("beside", (named("ConfigMap", "-".join(others)),), "istio-system")
    return [*PARTS, *([beside] if others else [])]


OFFERED = Offers(KNOWN, parts)


def asked(name: str = "istio", *, created: str = "2026-01-01T00:00:00Z", disabled: bool = False, **spec: Any) -> Json:
    meta = {"name": name, "namespace": "supergloo-system", "creationTimestamp": created, "generation": 3}
    whole = {"disabled": disabled, "mesh": {"istioMesh": {"installPrometheus": True}}, **spec}
    return {"apiVersion": API_VERSION, "kind": "Install", "metadata": meta, "spec": whole}


def istio(**settings: Any) -> Json:
    return {"istioMesh": settings}


def world(*installs: Json, workloads: tuple[Json, ...] = (), meshes: tuple[Json, ...] = ()) -> dict[str, list[Json]]:
    found: dict[str, list[Json]] = {kinds.INSTALL.name: list(installs), kinds.MESH.name: list(meshes)}
    for kind in kinds.WORKLOADS:
        found[kind.name] = [one for one in workloads if one["kind"] == kind.kind]
    return found


def running(kind: str, name: str, *, ready: int = 1) -> Json:
    """A workload of SuperGloo's."""
    meta = {"name": name, "namespace": "istio-system", "labels": {MADE_BY: kinds.OWNER}}
    counts = {
        "Deployment": {"replicas": 1, "updatedReplicas": 1, "availableReplicas": ready},
        "DaemonSet": {"desiredNumberScheduled": 1, "numberAvailable": ready, "updatedNumberScheduled": 1},
    }
    return {**named(kind, name, "apps/v1"), "metadata": meta, "spec": {}, "status": counts[kind]}


ALL = (running("Deployment", "istiod"), running("DaemonSet", "mesh"), running("Deployment", "prometheus"))


def labels(wanted: Wanted) -> list[str]:
    return [f"{item['kind']}/{item['metadata']['name']}" for item in wanted.objects]


def status(wanted: Wanted, name: str = "istio") -> Json:
    [found] = [said for item, said in wanted.statuses if item["metadata"]["name"] == name]
    return found


def conditions(said: Json) -> dict[str, tuple[str, str]]:
    return {one["type"]: (one["status"], one["message"]) for one in said["conditions"]}


def test_an_install_brings_the_objects_of_its_mesh_and_a_mesh_that_tells_of_it() -> None:
    wanted = install.decide(world(asked()), OFFERED)
    assert labels(wanted) == [
        "Namespace/istio-system", "Deployment/istiod", "DaemonSet/mesh", "Deployment/prometheus", "Mesh/istio",
    ]  # fmt: skip
    mesh = wanted.objects[-1]
    assert mesh["metadata"] == {"name": "istio", "namespace": "supergloo-system"}
    assert mesh["spec"]["istio"] == {"installationNamespace": "istio-system", "version": "1.31"}


def test_objects_go_to_their_part_s_namespace_and_a_namespace_stays_when_the_mesh_goes() -> None:
    space, istiod, *_ = install.decide(world(asked()), OFFERED).objects
    assert (space["metadata"].get("namespace"), space["metadata"]["annotations"]) == (None, KEPT)
    assert istiod["metadata"] == {"name": "istiod", "namespace": "istio-system"}


def test_the_mesh_may_have_a_name_of_its_own() -> None:
    mesh = {**istio(), "installedMesh": {"name": "mine", "namespace": "elsewhere"}}
    made = install.decide(world(asked(mesh=mesh)), OFFERED).objects[-1]
    assert made["metadata"] == {"name": "mine", "namespace": "elsewhere"}


def test_prometheus_comes_only_if_it_is_asked_for() -> None:
    assert "Deployment/prometheus" not in labels(install.decide(world(asked(mesh=istio())), OFFERED))


def test_an_install_waits_for_its_programs() -> None:
    late = (running("Deployment", "istiod", ready=0), running("DaemonSet", "mesh"))
    said = status(install.decide(world(asked(), workloads=late), OFFERED))
    reason = "waiting for deployment/istio-system/istiod, deployment/istio-system/prometheus"
    assert (said["state"], said["reason"], said["observedGeneration"]) == ("Pending", reason, 3)
    assert conditions(said)["Ready"] == ("False", reason)


def test_an_install_is_ready_when_each_program_is_available() -> None:
    said = status(install.decide(world(asked(), workloads=ALL), OFFERED))
    assert (said["state"], said["reason"]) == ("Accepted", "Istio 1.31 is installed in istio-system")
    assert conditions(said) == dict.fromkeys(("Accepted", "Ready"), ("True", said["reason"]))


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        ({"mesh": istio(istioVersion="1.0.6")}, "there is no Istio 1.0.6 here; there is 1.31"),
        ({"mesh": {}}, "spec: it is empty; say one of mesh.istioMesh, mesh.linkerdMesh, ingress.gloo"),
        (
            {"mesh": {"istioMesh": {}, "linkerdMesh": {}}},
            "spec: mesh.istioMesh and mesh.linkerdMesh exclude each other; "
            "say one of mesh.istioMesh, mesh.linkerdMesh, ingress.gloo",
        ),
        ({"mesh": None, "ingress": {"gloo": {}}}, "gloo cannot be installed here; Istio, Linkerd can"),
        ({"installationNamespace": "mine"}, "Istio lives in the namespace istio-system here, not in mine"),
        ({"mesh": istio(istioVersion=1)}, "spec.mesh.istioMesh.istioVersion: Input should be a valid string"),
    ],
)
def test_an_impossible_install_is_refused_with_a_reason_and_makes_nothing(spec: Json, reason: str) -> None:
    wanted = install.decide(world(asked(**spec)), OFFERED)
    assert wanted.objects == ()
    said = status(wanted)
    assert (said["state"], said["reason"]) == ("Rejected", reason)
    assert conditions(said) == {"Accepted": ("False", reason)}


def test_a_mesh_that_is_there_outlives_an_edit_that_is_impossible() -> None:
    mesh = {**install.decide(world(asked()), OFFERED).objects[-1]}
    mesh["metadata"] = {**mesh["metadata"], "labels": {MADE_BY: kinds.OWNER}}
    edited = asked(mesh=istio(istioVersion="1.0.6"))
    wanted = install.decide(world(edited, meshes=(mesh,)), OFFERED)
    assert "Deployment/istiod" in labels(wanted)
    assert status(wanted)["reason"] == "there is no Istio 1.0.6 here; there is 1.31; what is installed stays"


def test_of_two_installs_of_one_mesh_the_older_holds() -> None:
    younger = asked("again", created="2026-01-02T00:00:00Z", mesh=istio())
    wanted = install.decide(world(younger, asked()), OFFERED)
    assert "Mesh/istio" in labels(wanted)
    assert "Mesh/again" not in labels(wanted)
    assert status(wanted, "again")["reason"] == "Istio is installed by install/supergloo-system/istio already"


def test_meshes_are_made_together_so_that_what_serves_several_serves_all() -> None:
    linkerd, istio_alone = asked("linkerd", mesh={"linkerdMesh": {}}), asked(mesh=istio())
    found = labels(install.decide(world(istio_alone, linkerd), OFFERED))
    assert len(found) == len(set(found))
    assert {"Mesh/istio", "Mesh/linkerd", "ConfigMap/linkerd", "Deployment/prometheus"} <= set(found)


def test_a_disabled_install_makes_nothing_and_waits_until_its_programs_are_gone() -> None:
    wanted = install.decide(world(asked(disabled=True), workloads=ALL[:1]), OFFERED)
    assert wanted.objects == ()
    assert (status(wanted)["state"], status(wanted)["reason"]) == (
        "Pending", "still there: deployment/istio-system/istiod",
    )  # fmt: skip
    said = status(install.decide(world(asked(disabled=True)), OFFERED))
    assert (said["state"], said["reason"]) == ("Accepted", "not installed")


def test_a_program_that_another_mesh_needs_is_not_waited_for() -> None:
    linkerd = asked("linkerd", mesh={"linkerdMesh": {}})
    said = status(install.decide(world(asked(disabled=True), linkerd, workloads=ALL[:1]), OFFERED))
    assert said["reason"] == "not installed"


def test_what_the_node_cannot_enforce_is_told_and_what_is_not_there_is_a_warning() -> None:
    wishes = istio(enableAutoInject=True, enableMtls=True, installGrafana=True, installJaeger=True)
    said = status(install.decide(world(asked(mesh=wishes), workloads=ALL), OFFERED))
    grafana, jaeger = (f"{name} is not installed: the toolchain has none" for name in ("Grafana", "Jaeger"))
    assert (said["state"], said["reason"]) == ("Warning", f"{grafana}; {jaeger}")
    assert conditions(said)["Enforced"] == (
        "False",
        "auto-inject: no pod gets a proxy of its own, the node's Envoy answers for all; "
        "mTLS: pods speak plain text, the node's Envoy has no certificates of theirs",
    )


def test_parts_are_not_made_until_a_mesh_is_wanted() -> None:
    def costly(_names: tuple[str, ...]) -> list[Part]:
        raise AssertionError

    impossible = asked("x", mesh=istio(istioVersion="9"))
    assert install.decide(world(asked(disabled=True), impossible), Offers(KNOWN, costly)).objects == ()


@pytest.fixture(scope="module")
def real() -> Offers:
    """What there is to install, rendered of the real charts."""
    try:
        return offers.every(toolchain.installed())
    except CanarylabError:
        pytest.skip("there is no toolchain to render charts with")


def test_everything_that_is_offered_here_is_made_of_kinds_that_the_controller_knows(real: Offers) -> None:
    names = [one.mesh for one in real.known.values()]
    found = list(real.objects(names, prometheus=True))
    assert {"Deployment", "DaemonSet", "CustomResourceDefinition"} <= {item["kind"] for item in found}


def test_traffic_splits_are_not_translated_beside_the_rules_that_they_are(real: Offers) -> None:
    def translated(*names: str) -> list[list[str]]:
        found = [item for item in real.objects(names, prometheus=False) if item["kind"] == "Deployment"]
        pods = [item["spec"]["template"]["spec"] for item in found if item["metadata"]["name"] == "mesh-translator"]
        return [container["args"] for pod in pods for container in pod["containers"]]

    assert translated("istio", "linkerd") == []
    assert translated("linkerd", "gloo") == [["gloo"]]
