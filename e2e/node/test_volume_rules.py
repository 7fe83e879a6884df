"""What Kubernetes' conformance cases ask of volumes and no other file proves: modes, updates, paths, refusals."""

from __future__ import annotations

import json
from typing import Any

import pytest

from node.pods import Pods, is_root, manifest, shell, until
from node.test_volumes import config_map, mounted, secret

FOREVER = "while :; do sleep 0.1; done"


@pytest.mark.parametrize("medium", ["", "Memory"], ids=["default", "memory"])
def test_an_empty_dir_is_everybodys_and_keeps_the_modes_of_files(pods: Pods, medium: str) -> None:
    script = "stat -c %a /v; for mode in 644 666 777; do touch /v/$mode; chmod $mode /v/$mode; done; stat -c %a /v/*"
    user = {"securityContext": {"runAsUser": 1000}}
    volume = mounted({"emptyDir": {"medium": medium}})
    own, *files = pods.output("p", script, **user, **volume).split()
    assert own in ("777", "1777"), "a tmpfs has a sticky bit as well"
    assert files == ["644", "666", "777"]


def test_a_config_map_may_hold_bytes(pods: Pods) -> None:
    pods.apply(config_map(text="word") | {"binaryData": {"bytes": "3q2+7w=="}})
    script = "od -An -tx1 /v/bytes; cat /v/text"
    assert pods.output("p", script, **mounted({"configMap": {"name": "config"}})).split() == [
        "de",
        "ad",
        "be",
        "ef",
        "word",
    ]


@pytest.mark.parametrize("kind", ["configMap", "secret"])
def test_an_optional_object_may_come_and_go_later(pods: Pods, kind: str) -> None:
    object_ = config_map(key="late") if kind == "configMap" else secret(key="late")
    name = {"name": "config"} if kind == "configMap" else {"secretName": "secret"}
    volume = mounted({kind: {**name, "optional": True}})
    pods.start("p", shell(FOREVER, volumeMounts=volume["volumeMounts"]), **volume["spec"])
    assert pods.exec("p", "ls /v") == ""
    pods.apply(object_)
    assert until(lambda: pods.exec("p", "cat /v/* 2>/dev/null || true") == "late")
    pods.kubectl("delete", kind, object_["metadata"]["name"])
    assert until(lambda: pods.exec("p", "ls /v") == "" or None, bound=120) is True


def test_one_object_may_be_in_several_volumes(pods: Pods) -> None:
    pods.apply(config_map(key="value"), secret(key="other"))
    kinds = {"a": {"configMap": {"name": "config"}}, "b": {"configMap": {"name": "config"}}}
    kinds |= {"c": {"secret": {"secretName": "secret"}}, "d": {"secret": {"secretName": "secret"}}}
    mounts = [{"name": name, "mountPath": f"/{name}"} for name in kinds]
    volumes = [{"name": name, **kind} for name, kind in kinds.items()]
    out = pods.output("p", "cat /a/key /b/key /c/key /d/key", volumeMounts=mounts, spec={"volumes": volumes})
    assert out == "valuevalueotherother"


def test_each_item_may_have_a_mode(pods: Pods) -> None:
    pods.apply(config_map(a="1", b="2"), secret(c="3"))
    label = {"fieldRef": {"fieldPath": "metadata.name"}}
    sources = [
        {"configMap": {"name": "config", "items": [{"key": "a", "path": "a", "mode": 0o400}]}},
        {"configMap": {"name": "config", "items": [{"key": "b", "path": "b"}]}},
        {"secret": {"name": "secret", "items": [{"key": "c", "path": "c", "mode": 0o440}]}},
        {"downwardAPI": {"items": [{"path": "d", "mode": 0o444, **label}]}},
    ]  # fmt: skip
    volume = mounted({"projected": {"defaultMode": 0o600, "sources": sources}})
    assert pods.output("p", "cd /v; stat -Lc %a a b c d", **volume).split() == ["400", "600", "440", "444"]


@pytest.mark.skipif(not is_root(), reason="the cluster has a single user id")
def test_files_of_a_secret_are_read_by_the_group_of_the_pod(pods: Pods) -> None:
    pods.apply(secret(key="hunter2"))
    volume = mounted({"secret": {"secretName": "secret", "defaultMode": 0o440}})
    volume["spec"]["securityContext"] = {"runAsUser": 1000, "fsGroup": 2000}
    assert pods.output("p", "stat -Lc '%a %g' /v/key; cat /v/key", **volume) == "440 2000\nhunter2"


def test_any_user_reads_what_is_mounted(pods: Pods) -> None:
    pods.apply(config_map(a="1"), secret(b="2"))
    sources = [
        {"configMap": {"name": "config", "items": [{"key": "a", "path": "deep/a"}]}},
        {"secret": {"name": "secret"}},
    ]
    volume = mounted({"projected": {"sources": sources}})
    assert pods.output("p", "cat /v/deep/a /v/b", securityContext={"runAsUser": 1000}, **volume) == "12"


def test_labels_and_annotations_follow_the_pod(pods: Pods) -> None:
    items = [{"path": name, "fieldRef": {"fieldPath": f"metadata.{name}"}} for name in ("labels", "annotations")]
    volume = mounted({"downwardAPI": {"items": items}})
    pods.start("p", shell(FOREVER, volumeMounts=volume["volumeMounts"]), **volume["spec"])
    pods.kubectl("label", "pod", "p", "colour=red")
    pods.kubectl("annotate", "pod", "p", "taste=sweet")
    seen = 'colour="red"', 'taste="sweet"'
    assert until(lambda: all(each in pods.exec("p", "cat /v/labels /v/annotations") for each in seen), bound=120)


def test_a_file_tells_a_containers_requests_and_limits(pods: Pods) -> None:
    resources = {"requests": {"cpu": "5m", "memory": "32Mi"}, "limits": {"cpu": "250m", "memory": "64Mi"}}
    units = {"cpu": "1m", "ory": "1Mi"}  # by a name's last letters
    items = [
        {"path": name, "resourceFieldRef": {"containerName": "main", "resource": name, "divisor": units[name[-3:]]}}
        for name in ("requests.cpu", "requests.memory", "limits.cpu", "limits.memory")
    ]
    volume = mounted({"downwardAPI": {"items": items}})
    script = "for each in requests.cpu requests.memory limits.cpu limits.memory; do cat /v/$each; echo; done"
    assert pods.output("p", script, resources=resources, **volume).split() == ["5", "32", "250", "64"]


def test_a_sub_path_may_stand_over_a_file_of_the_image(pods: Pods) -> None:
    pods.apply(config_map(key="value"))
    volume = mounted({"configMap": {"name": "config"}}, mountPath="/etc/passwd", subPath="key")
    assert pods.output("p", "cat /etc/passwd", **volume) == "value"


NAME = {"path": "key", "fieldRef": {"fieldPath": "metadata.name"}}


@pytest.mark.parametrize(
    "source", [{"secret": {"name": "secret"}}, {"downwardAPI": {"items": [NAME]}}], ids=["secret", "downward"]
)
def test_a_sub_path_of_each_kind(pods: Pods, source: dict[str, Any]) -> None:
    pods.apply(secret(key="p"))
    volume = mounted({"projected": {"sources": [source]}}, mountPath="/only", subPath="key")
    assert pods.output("p", "cat /only", **volume) == "p"


@pytest.mark.parametrize("name", ["/absolute", "../above"])
def test_a_sub_path_that_leads_out_of_its_volume_is_refused(pods: Pods, name: str) -> None:
    mount = {"volumeMounts": [{"name": "v", "mountPath": "/v", "subPathExpr": "$(NAME)"}]}
    container = shell("true", env=[{"name": "NAME", "value": name}], **mount)
    pods.apply(manifest("p", container, volumes=[{"name": "v", "emptyDir": {}}]))
    assert f"SubPath `{name}`" in pods.event("p", "Failed")


def test_what_is_immutable_cannot_be_changed(pods: Pods) -> None:
    for object_ in (config_map(key="old"), secret(key="old")):
        pods.apply(object_ | {"immutable": True})
        change = json.dumps({"data": {"key": "bmV3"}})
        done = pods.run("patch", object_["kind"], object_["metadata"]["name"], "-p", change)
        assert "field is immutable" in done.stderr
