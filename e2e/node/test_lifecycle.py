"""The life of a pod: init containers, hooks, restarts, deadlines, its end, and what its containers share."""

from __future__ import annotations

import time

from node.pods import Pods, manifest, phase, shell, status, terminated, until

EMPTY = [{"name": "shared", "emptyDir": {}}]
SHARED = {"volumeMounts": [{"name": "shared", "mountPath": "/shared"}]}
FOREVER = "while :; do sleep 0.1; done"


def test_init_containers_run_one_after_the_other_before_the_program(pods: Pods) -> None:
    inits = [shell(f"echo {name} >> /shared/order", **SHARED) | {"name": name} for name in ("first", "second")]
    pod = pods.finish("p", shell("cat /shared/order", **SHARED), initContainers=inits, volumes=EMPTY)
    assert phase(pod) == "Succeeded"
    assert pods.logs("p") == "first\nsecond\n"


def test_a_failed_init_container_keeps_the_program_from_starting(pods: Pods) -> None:
    pod = pods.finish("p", shell("echo never"), initContainers=[shell("exit 5") | {"name": "init"}])
    assert phase(pod) == "Failed"
    assert status(pod, "init", "initContainerStatuses")["state"]["terminated"]["exitCode"] == 5
    assert "terminated" not in status(pod)["state"]


def test_a_sidecar_starts_before_the_program_and_ends_with_it(pods: Pods) -> None:
    sidecar = shell(f"touch /shared/up; {FOREVER}", **SHARED)
    sidecar |= {"name": "sidecar", "restartPolicy": "Always"}
    sidecar["startupProbe"] = {"exec": {"command": ["test", "-e", "/shared/up"]}, "periodSeconds": 1}
    pod = pods.finish("p", shell("ls /shared", **SHARED), initContainers=[sidecar], volumes=EMPTY)
    assert phase(pod) == "Succeeded"
    assert pods.logs("p", "-c", "main") == "up\n"


def test_command_args_and_working_directory(pods: Pods) -> None:
    told = pods.finish("p", {"name": "main", "image": "busybox", "args": ["-c", "pwd"], "workingDir": "/var/log"})
    assert phase(told) == "Succeeded"
    assert pods.logs("p") == "/var/log\n"


def test_exit_code_and_termination_message_are_told(pods: Pods) -> None:
    pod = pods.finish("p", shell("echo because > /dev/termination-log; exit 42"))
    ended = terminated(pod)
    assert ended is not None
    assert (ended["exitCode"], ended["message"], ended["reason"]) == (42, "because\n", "Error")


def test_the_log_stands_in_for_a_termination_message(pods: Pods) -> None:
    policy = {"terminationMessagePolicy": "FallbackToLogsOnError"}
    ended = terminated(pods.finish("p", shell("echo last words; exit 1", **policy)))
    assert ended is not None
    assert ended["message"] == "last words\n"


def test_a_program_killed_by_a_signal_exits_with_128_and_the_signal(pods: Pods) -> None:
    ended = terminated(pods.finish("p", shell("sh -c 'kill -9 $PPID'; sleep 10"), shareProcessNamespace=True))
    assert ended is not None
    assert ended["exitCode"] == 137


def test_a_program_that_does_not_exist_is_a_start_error(pods: Pods) -> None:
    pod = pods.finish("p", {"name": "main", "image": "busybox", "command": ["/no/such/program"]})
    ended = terminated(pod)
    assert ended is not None
    assert (ended["reason"], ended["exitCode"]) == ("StartError", 128)
    assert "no such file or directory" in ended["message"]


def test_on_failure_starts_again_until_it_succeeds(pods: Pods) -> None:
    script = "test -e /shared/tried && exit 0; touch /shared/tried; exit 1"
    pod = pods.finish("p", shell(script, **SHARED), restartPolicy="OnFailure", volumes=EMPTY)
    assert phase(pod) == "Succeeded"
    assert status(pod)["restartCount"] == 1


def test_a_program_that_keeps_failing_is_held_back(pods: Pods) -> None:
    pods.apply(manifest("p", shell("exit 3"), restartPolicy="Always"))
    pod = pods.pod("p", lambda p: status(p)["state"].get("waiting", {}).get("reason") == "CrashLoopBackOff")
    assert status(pod)["lastState"]["terminated"]["exitCode"] == 3


def test_post_start_is_over_before_the_container_runs(pods: Pods) -> None:
    hook = {"postStart": {"exec": {"command": ["sh", "-c", "echo started > /shared/hook"]}}}
    pods.start("p", shell(FOREVER, lifecycle=hook, **SHARED), volumes=EMPTY)
    assert pods.exec("p", "cat /shared/hook") == "started\n"


def test_pre_stop_comes_before_the_signal_and_the_signal_before_the_kill(pods: Pods) -> None:
    hook = {"preStop": {"exec": {"command": ["sh", "-c", "echo hook > /proc/1/fd/1"]}}}
    script = f"trap 'echo signal; exit 0' TERM; {FOREVER}"
    spec = {"activeDeadlineSeconds": 1, "terminationGracePeriodSeconds": 20}
    pod = pods.finish("p", shell(script, lifecycle=hook), **spec)
    assert pod["status"]["reason"] == "DeadlineExceeded"
    assert pods.logs("p") == "hook\nsignal\n"


def test_a_program_that_ignores_the_signal_is_killed_after_the_grace(pods: Pods) -> None:
    pods.start("p", shell(f"trap '' TERM; {FOREVER}"), terminationGracePeriodSeconds=2)
    began = time.monotonic()
    pods.kubectl("delete", "pod", "p", "--timeout=30s")
    assert 2 <= time.monotonic() - began < 20


def test_a_deleted_pod_ends_at_once_when_its_program_does(pods: Pods) -> None:
    pods.start("p", shell(f"trap 'exit 0' TERM; {FOREVER}"), terminationGracePeriodSeconds=600)
    pods.kubectl("delete", "pod", "p", "--timeout=30s")
    assert pods.run("get", "pod", "p").returncode == 1


def test_containers_of_a_pod_share_its_network_and_host_name(pods: Pods) -> None:
    server = shell("python3 -m http.server 8000 -d /etc", image="python:3") | {"name": "server"}
    script = "until curl -sf localhost:8000/hostname; do sleep 0.1; done; hostname"
    pods.apply(manifest("p", server, shell(script, image="curlimages/curl")))
    pods.pod("p", terminated)
    assert pods.logs("p", "-c", "main") == "p\np\n"


def test_a_pod_may_share_process_ids(pods: Pods) -> None:
    other = shell("exec -a findme sleep 1000") | {"name": "other", "image": "bash", "command": ["bash", "-c"]}
    other["args"] = ["exec -a findme sleep 1000"]
    pods.start("p", shell(FOREVER), other, shareProcessNamespace=True)
    assert until(lambda: "findme" in pods.exec("p", "ps -ef"))


def test_host_name_subdomain_and_host_aliases(pods: Pods) -> None:
    spec = {"hostname": "here", "subdomain": "sub", "hostAliases": [{"ip": "10.1.2.3", "hostnames": ["far.away"]}]}
    out = pods.output("p", "hostname; cat /etc/hosts", spec=spec)
    assert out.startswith("here\n")
    assert f"here.sub.{pods.namespace}.svc.cluster.local" in out
    assert "10.1.2.3\tfar.away" in out


def test_a_pod_on_the_hosts_network_has_the_nodes_address(pods: Pods) -> None:
    pod = pods.finish("p", shell("true"), hostNetwork=True)
    assert pod["status"]["podIP"] == pod["status"]["hostIP"]


def test_a_pod_may_see_the_nodes_processes(pods: Pods) -> None:
    assert "kubelet" in pods.output("p", "ps -eo args", spec={"hostPID": True})


def test_an_ephemeral_container_sees_its_targets_processes(pods: Pods) -> None:
    pods.start("p", shell(f"VISIBLE=1; {FOREVER}"))
    debug = ["debug", "p", "--image=busybox", "--target=main", "--container=debug", "--profile=general"]
    pods.kubectl(*debug, "--", "sh", "-c", "cat /proc/1/cmdline")
    pods.pod("p", lambda p: status(p, "debug", "ephemeralContainerStatuses")["state"].get("terminated"))
    assert "VISIBLE=1" in pods.logs("p", "-c", "debug")


def test_a_job_runs_to_its_completions(pods: Pods) -> None:
    template = {"spec": {"restartPolicy": "Never", "containers": [shell("echo done")]}}
    spec = {"completions": 2, "parallelism": 2, "template": template}
    pods.apply({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "j"}, "spec": spec})
    pods.kubectl("wait", "job/j", "--for=condition=Complete", "--timeout=60s")
    assert pods.get("job", "j")["status"]["succeeded"] == 2
