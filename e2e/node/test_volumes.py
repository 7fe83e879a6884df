"""Volumes at their real paths: each kind that a process can have, with its modes and its updates."""

from __future__ import annotations

from typing import Any

from node.pods import Pods, manifest, phase, shell, until

FOREVER = "while :; do sleep 0.1; done"


def config_map(**data: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "config"}, "data": data}


def secret(**data: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "secret"}, "stringData": data}


def mounted(volume: dict[str, Any], **mount: Any) -> dict[str, Any]:
    """The two halves of a volume at ``/v``: the container's, and the pod's under ``spec``."""
    return {
        "volumeMounts": [{"name": "v", "mountPath": "/v", **mount}],
        "spec": {"volumes": [{"name": "v", **volume}]},
    }


def test_an_empty_dir_is_shared_and_outlives_a_container(pods: Pods) -> None:
    mount = {"volumeMounts": [{"name": "v", "mountPath": "/v"}]}
    writer = shell("test -e /v/one && touch /v/two; touch /v/one; test -e /v/two", **mount) | {"name": "writer"}
    reader = shell("until test -e /v/two; do sleep 0.1; done; ls /v", **mount)
    pod = pods.finish("p", writer, reader, restartPolicy="OnFailure", volumes=[{"name": "v", "emptyDir": {}}])
    assert phase(pod) == "Succeeded"
    assert pods.logs("p", "-c", "main") == "one\ntwo\n"


def test_a_memory_backed_empty_dir_is_a_tmpfs_of_its_size(pods: Pods) -> None:
    volume = mounted({"emptyDir": {"medium": "Memory", "sizeLimit": "8Mi"}})
    out = pods.output("p", "stat -f -c %T /v; df -k --output=size /v | tail -1", **volume)
    assert out.split() == ["tmpfs", "8192"]


def test_a_config_map_is_files_and_follows_its_object(pods: Pods) -> None:
    pods.apply(config_map(key="old"))
    given = mounted({"configMap": {"name": "config"}})
    pods.start("p", shell(FOREVER, volumeMounts=given["volumeMounts"]), **given["spec"])
    assert pods.exec("p", "cat /v/key") == "old"
    pods.apply(config_map(key="new"))
    assert until(lambda: pods.exec("p", "cat /v/key") == "new")


def test_a_secret_has_the_mode_that_it_asks_for(pods: Pods) -> None:
    pods.apply(secret(key="hunter2"))
    volume = mounted({"secret": {"secretName": "secret", "defaultMode": 0o400}})
    assert pods.output("p", "stat -Lc %a /v/key; cat /v/key", **volume) == "400\nhunter2"


def test_items_choose_keys_and_paths(pods: Pods) -> None:
    pods.apply(config_map(a="1", b="2"))
    volume = mounted({"configMap": {"name": "config", "items": [{"key": "b", "path": "deep/name"}]}})
    assert pods.output("p", "cd /v; ls; cat deep/name", **volume) == "deep\n2"


def test_a_projected_volume_joins_its_sources(pods: Pods) -> None:
    pods.apply(config_map(a="1"), secret(b="2"))
    sources = [
        {"configMap": {"name": "config"}},
        {"secret": {"name": "secret"}},
        {"downwardAPI": {"items": [{"path": "labels", "fieldRef": {"fieldPath": "metadata.labels"}}]}},
    ]
    volume = mounted({"projected": {"sources": sources}})
    assert pods.output("p", "cat /v/a /v/b /v/labels", **volume) == '12app="p"'


def test_a_sub_path_is_one_file_among_others(pods: Pods) -> None:
    pods.apply(config_map(key="value"))
    volume = mounted({"configMap": {"name": "config"}}, mountPath="/etc/own.conf", subPath="key")
    assert pods.output("p", "cat /etc/own.conf; test -e /etc/passwd", **volume) == "value"


def test_a_sub_path_may_name_the_pod(pods: Pods) -> None:
    env = [{"name": "NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}]
    mount = {"volumeMounts": [
        {"name": "v", "mountPath": "/v", "subPathExpr": "$(NAME)"},
        {"name": "v", "mountPath": "/all"},
    ]}  # fmt: skip
    out = pods.output("p", "touch /v/x; ls /all", env=env, **mount, spec={"volumes": [{"name": "v", "emptyDir": {}}]})
    assert out == "p\n"


def test_a_host_path_shows_the_hosts_files(pods: Pods) -> None:
    volume = mounted({"hostPath": {"path": "/usr/share", "type": "Directory"}}, readOnly=True)
    assert pods.output("p", "ls -d /v/zoneinfo || ls -d /v/doc", **volume).startswith("/v/")


def test_a_host_path_that_is_not_there_is_told(pods: Pods) -> None:
    volume = mounted({"hostPath": {"path": "/no/such/folder", "type": "Directory"}})
    pods.apply(manifest("p", shell("true", volumeMounts=volume["volumeMounts"]), **volume["spec"]))
    assert "/no/such/folder is not a directory" in pods.event("p", "FailedMount")


def test_an_image_as_a_volume_is_refused_with_its_reason(pods: Pods) -> None:
    volume = mounted({"image": {"reference": "busybox"}})
    pods.apply(manifest("p", shell("true", volumeMounts=volume["volumeMounts"]), **volume["spec"]))
    assert "an image cannot be a volume here" in pods.event("p", "Failed")


def test_a_read_only_mount_refuses_writes(pods: Pods) -> None:
    volume = mounted({"emptyDir": {}}, readOnly=True)
    assert "Read-only file system" in pods.output("p", "touch /v/x 2>&1 || true", **volume)
