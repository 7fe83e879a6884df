"""What Kubernetes' conformance cases ask of pods and no other file proves: hooks, messages, probes, words, fields."""

from __future__ import annotations

import json
from typing import Any

import pytest

from node.pods import Pods, is_root, manifest, ready, shell, status, terminated, until

FOREVER = "while :; do sleep 0.1; done"
# Tells each path that it is asked for.
LISTENER = """
import http.server
class Told(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        print(self.path, flush=True)
        self.send_response(200)
        self.end_headers()
http.server.ThreadingHTTPServer(("", 8000), Told).serve_forever()
"""


def listener(**container: Any) -> dict[str, Any]:
    probe = {"readinessProbe": {"tcpSocket": {"port": 8000}, "periodSeconds": 1}}
    return {"name": "main", "image": "python:3", "command": ["python3", "-c", LISTENER], **probe, **container}


@pytest.mark.parametrize("hook", ["postStart", "preStop"])
def test_a_hook_may_be_a_request(pods: Pods, hook: str) -> None:
    server = pods.start("server", listener())
    ask = {"httpGet": {"host": server["status"]["podIP"], "port": 8000, "path": f"/{hook}"}}
    pods.start("p", shell(f"trap 'exit 0' TERM; {FOREVER}", lifecycle={hook: ask}), terminationGracePeriodSeconds=20)
    if hook == "preStop":
        pods.kubectl("delete", "pod", "p", "--timeout=30s")
    assert until(lambda: f"/{hook}\n" in pods.logs("server"))


@pytest.mark.parametrize(
    ("script", "message"),
    [("echo of the log", None), ("echo of the log; echo of the file > /dev/termination-log", "of the file\n")],
    ids=["nothing", "the-file"],
)
def test_the_log_is_no_message_of_a_program_that_ends_well(pods: Pods, script: str, message: str | None) -> None:
    ended = terminated(pods.finish("p", shell(script, terminationMessagePolicy="FallbackToLogsOnError")))
    assert ended is not None
    assert (ended["exitCode"], ended.get("message")) == (0, message)


def test_a_message_may_stand_elsewhere_and_be_a_users(pods: Pods) -> None:
    given = {"terminationMessagePath": "/dev/own-log", "securityContext": {"runAsUser": 1000}}
    ended = terminated(pods.finish("p", shell("echo mine > /dev/own-log", **given)))
    assert ended is not None
    assert ended["message"] == "mine\n"


def test_a_failing_init_container_is_tried_again_and_keeps_the_program_from_starting(pods: Pods) -> None:
    init = shell("exit 1") | {"name": "init"}
    pods.apply(manifest("p", shell(FOREVER), initContainers=[init], restartPolicy="Always"))
    pod = pods.pod("p", lambda p: status(p, "init", "initContainerStatuses")["restartCount"] >= 2)
    assert status(pod)["state"]["waiting"]["reason"] == "PodInitializing"


def test_words_of_command_and_args_may_name_variables(pods: Pods) -> None:
    container = {"name": "main", "image": "busybox", "env": [{"name": "WORD", "value": "hello"}]}
    container |= {"command": ["echo", "$(WORD)-command"], "args": ["$(WORD)-args", "$(NONE)", "$$(WORD)"]}
    pods.finish("p", container)
    assert pods.logs("p") == "hello-command hello-args $(NONE) $(WORD)\n"


@pytest.mark.parametrize(
    "probe",
    [{"exec": {"command": ["false"]}}, {"httpGet": {"path": "/status/500", "port": 9898}}, {"grpc": {"port": 9998}}],
    ids=["exec", "http", "grpc"],
)
def test_each_way_to_ask_may_start_a_container_again(pods: Pods, probe: dict[str, Any]) -> None:
    liveness = {"livenessProbe": probe | {"periodSeconds": 1, "failureThreshold": 1}}
    podinfo = {"name": "main", "image": "ghcr.io/stefanprodan/podinfo:6.9.2", **liveness}
    pods.apply(manifest("p", podinfo, restartPolicy="Always"))
    seen: list[int] = []

    def counted(pod: dict[str, Any]) -> bool:
        seen.append(status(pod)["restartCount"])
        return seen[-1] >= 2

    pods.pod("p", counted)
    assert seen == sorted(seen)


def test_a_probe_that_never_succeeds_starts_nothing_again(pods: Pods) -> None:
    probe = {"exec": {"command": ["false"]}, "periodSeconds": 1}
    pods.apply(manifest("p", shell(FOREVER, readinessProbe=probe)))
    assert "Readiness probe failed" in pods.event("p", "Unhealthy")
    pod = pods.pod("p", lambda p: status(p).get("started"))
    assert (ready(pod), status(pod)["restartCount"]) == (False, 0)


def test_no_pod_is_ready_before_its_probe_may_ask(pods: Pods) -> None:
    probe = {"exec": {"command": ["true"]}, "initialDelaySeconds": 4, "periodSeconds": 1}
    container = shell(f"date +%s; {FOREVER}", readinessProbe=probe)
    pods.start("p", container)
    waited = int(pods.exec("p", "date +%s")) - int(pods.logs("p"))
    assert waited >= 3, "the kubelet counts from the second in which the container started"


def test_a_pod_knows_its_uid_and_its_nodes_address(pods: Pods) -> None:
    paths = {"POD": "metadata.uid", "HOST": "status.hostIP", "HOSTS": "status.hostIPs"}
    env = [{"name": name, "valueFrom": {"fieldRef": {"fieldPath": path}}} for name, path in paths.items()]
    pod_uid, host, hosts = pods.output("p", "echo $POD $HOST $HOSTS", env=env).split()
    pod = pods.get("pod", "p")
    assert (pod_uid, host, hosts) == (pod["metadata"]["uid"], pod["status"]["hostIP"], pod["status"]["hostIP"])


def test_a_limit_that_is_not_set_is_what_the_node_has(pods: Pods) -> None:
    wanted = {"CPU": "limits.cpu", "MEMORY": "limits.memory"}
    env = [{"name": name, "valueFrom": {"resourceFieldRef": {"resource": each}}} for name, each in wanted.items()]
    cpu, memory = pods.output("p", "echo $CPU $MEMORY", env=env).split()
    has = pods.get("node", "node-1")["status"]["allocatable"]
    assert (cpu, memory) == (has["cpu"], str(int(has["memory"].removesuffix("Ki")) * 1024))


def test_hosts_is_the_kubelets_but_not_on_the_nodes_network_and_not_over_a_pods_own(pods: Pods) -> None:
    managed = "# Kubernetes-managed hosts file"
    out = pods.output("p", "cat /etc/hosts")
    assert out.startswith(managed)
    assert f"{pods.get('pod', 'p')['status']['podIP']}\tp\n" in out
    assert managed in pods.output("host", "cat /etc/hosts", spec={"hostNetwork": True})
    mount = [{"name": "own", "mountPath": "/etc/hosts", "subPath": "hosts"}]
    volumes = [{"name": "own", "emptyDir": {}}]
    init = shell("echo mine > /own/hosts") | {"name": "init", "volumeMounts": [{"name": "own", "mountPath": "/own"}]}
    spec = {"volumes": volumes, "initContainers": [init]}
    assert pods.output("own", "cat /etc/hosts", volumeMounts=mount, spec=spec) == "mine\n"


def test_a_pods_class_comes_of_its_requests_and_limits(pods: Pods) -> None:
    some, all_ = {"cpu": "1m"}, {"cpu": "1m", "memory": "64Mi"}
    asked: dict[str, dict[str, Any]] = {
        "BestEffort": {},
        "Burstable": {"requests": some},
        "Guaranteed": {"requests": all_, "limits": all_},
    }
    for kind, resources in asked.items():
        pods.apply(manifest(kind.lower(), shell("true", resources=resources)))
        assert pods.look(f"pods/{kind.lower()}")["status"]["qosClass"] == kind


def test_a_change_of_a_pod_is_a_generation_that_the_kubelet_has_seen(pods: Pods) -> None:
    assert pods.start("p", shell(FOREVER))["metadata"]["generation"] == 1
    pods.kubectl("patch", "pod", "p", "-p", json.dumps({"spec": {"activeDeadlineSeconds": 600}}))
    pod = pods.pod("p", lambda p: p["status"].get("observedGeneration") == 2)
    assert pod["metadata"]["generation"] == 2


def test_a_deadline_may_be_set_on_a_running_pod(pods: Pods) -> None:
    pods.start("p", shell(FOREVER))
    pods.kubectl("patch", "pod", "p", "-p", json.dumps({"spec": {"activeDeadlineSeconds": 1}}))
    pod = until(lambda: (found := pods.look("pods/p"))["status"].get("reason") and found)
    assert (pod["status"]["phase"], pod["status"]["reason"]) == ("Failed", "DeadlineExceeded")


def test_an_image_may_be_changed_in_a_running_pod(pods: Pods) -> None:
    pods.start("p", shell(FOREVER), restartPolicy="Always")
    pods.kubectl("set", "image", "pod/p", "main=alpine")
    pod = pods.pod("p", lambda p: status(p)["restartCount"] == 1 and ready(p))
    assert status(pod)["image"] == "alpine"


def test_a_collection_of_pods_is_deleted_whole(pods: Pods) -> None:
    for name in ("one", "two", "three"):
        pods.apply(manifest(name, shell(FOREVER)))
    pods.kubectl("delete", "pods", "--all", "--timeout=60s")
    assert pods.look("pods")["items"] == []


def test_a_container_has_no_rights_over_its_pods_name_unless_it_is_privileged(pods: Pods) -> None:
    script = "hostname other 2>/dev/null; hostname"
    for privileged, name in ((False, "plain"), (True, "privileged")):
        out = pods.output(name, script, securityContext={"privileged": privileged})
        assert out == ("other\n" if privileged else f"{name}\n")


def test_what_the_kernel_tells_of_the_node_is_hidden(pods: Pods) -> None:
    script = "cat /proc/timer_list /proc/keys /proc/interrupts 2>/dev/null | wc -c; ls /sys/firmware | wc -l"
    assert pods.output("p", script).split() == ["0", "0"]


@pytest.mark.skipif(not is_root(), reason="the cluster has a single user id")
def test_a_user_without_a_group_has_the_group_of_root(pods: Pods) -> None:
    container = {"name": "main", "image": "ghcr.io/stefanprodan/podinfo:6.9.2", "command": ["id"]}
    pods.finish("p", container | {"securityContext": {"runAsUser": 1000}})
    assert "uid=1000" in pods.logs("p")
    assert "gid=0(root)" in pods.logs("p")
