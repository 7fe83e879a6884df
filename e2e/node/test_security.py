"""Who a program is and what it may touch: ids, capabilities, the host's files, other pods' processes, the API."""

from __future__ import annotations

import pytest

from node.pods import Pods, is_root, manifest, shell, status

FOREVER = "while :; do sleep 0.1; done"
real_ids = pytest.mark.skipif(not is_root(), reason="a user namespace of one id: ids are not applied")
one_id = pytest.mark.skipif(is_root(), reason="ids are real here")


@real_ids
def test_user_group_and_supplemental_groups(pods: Pods) -> None:
    context = {"runAsUser": 1000, "runAsGroup": 3000, "supplementalGroups": [4000], "fsGroup": 2000}
    out = pods.output("p", "id -u; id -g; id -G", spec={"securityContext": context})
    user, group, groups = out.splitlines()
    assert (user, group, set(groups.split())) == ("1000", "3000", {"2000", "3000", "4000"})


@real_ids
def test_a_containers_user_goes_before_its_pods(pods: Pods) -> None:
    out = pods.output("p", "id -u", securityContext={"runAsUser": 1}, spec={"securityContext": {"runAsUser": 2}})
    assert out == "1\n"


def test_a_program_opens_its_output_by_name_whoever_it_runs_as(pods: Pods) -> None:
    out = pods.output("p", "echo out > /dev/stdout", securityContext={"runAsUser": 65534})
    assert out == "out\n"


@real_ids
def test_an_images_user_is_the_default(pods: Pods) -> None:
    pods.start("p", {"name": "main", "image": "ghcr.io/stefanprodan/podinfo:6.9.2"})
    assert pods.exec("p", "id -u; id -g") == "100\n101\n"


@real_ids
def test_volumes_belong_to_the_fs_group(pods: Pods) -> None:
    spec = {
        "securityContext": {"runAsUser": 1000, "fsGroup": 2000},
        "volumes": [{"name": "v", "emptyDir": {}}],
    }
    mount = {"volumeMounts": [{"name": "v", "mountPath": "/v"}]}
    assert pods.output("p", "touch /v/x && stat -c %g /v /v/x", spec=spec, **mount).split() == ["2000", "2000"]


@one_id
def test_ids_that_are_not_applied_are_told(pods: Pods) -> None:
    pods.start("p", shell(FOREVER, securityContext={"runAsUser": 1000}))
    assert "not applied" in pods.event("p", "UserIgnored")


def test_run_as_non_root_refuses_an_image_of_root(pods: Pods) -> None:
    pods.apply(manifest("p", shell("true", securityContext={"runAsNonRoot": True})))
    pod = pods.pod("p", lambda p: status(p)["state"].get("waiting", {}).get("reason") == "CreateContainerConfigError")
    assert "runAsNonRoot" in status(pod)["state"]["waiting"]["message"]


def test_a_read_only_root_leaves_volumes_writable(pods: Pods) -> None:
    spec = {"volumes": [{"name": "v", "emptyDir": {}}]}
    given = {"securityContext": {"readOnlyRootFilesystem": True}, "volumeMounts": [{"name": "v", "mountPath": "/v"}]}
    out = pods.output("p", "touch /x /tmp/x 2>&1; touch /v/x && echo written", spec=spec, **given)
    assert out.count("Read-only file system") == 2
    assert out.endswith("written\n")


def test_the_hosts_files_are_read_only(pods: Pods) -> None:
    script = "for f in /usr /usr/bin /bin /lib /etc/ssl/certs; do touch $f/x 2>&1; done; ls /usr/bin | grep -c ."
    out = pods.output("p", script, securityContext={"runAsUser": 0})
    assert out.count("Read-only file system") == 5


def test_the_hosts_own_folders_are_not_there(pods: Pods) -> None:
    seen = pods.output("p", "ls -A /root /home /srv /opt /run /var/lib 2>&1 || true; ls -A /etc | tr '\\n' ' '")
    assert "shadow" not in seen
    assert ".ssh" not in seen
    assert "kubelet" not in seen
    assert "canarylab" not in seen


def test_a_change_to_the_root_is_gone_with_the_container(pods: Pods) -> None:
    spec = {"restartPolicy": "OnFailure", "volumes": [{"name": "v", "emptyDir": {}}]}
    script = "test -e /etc/mark && echo kept; touch /etc/mark; test -e /v/x && exit 0; touch /v/x; exit 1"
    mount = {"volumeMounts": [{"name": "v", "mountPath": "/v"}]}
    assert pods.output("p", script, spec=spec, **mount) == ""


def test_a_container_sees_its_own_processes_only(pods: Pods) -> None:
    pods.start("p", shell(f"{FOREVER}"), shell("exec sleep 4321") | {"name": "other"})
    seen = pods.exec("p", "ps -e -o pid=,args=")
    assert "4321" not in seen
    assert seen.split()[0] == "1"
    assert len(seen.splitlines()) <= 6


def test_capabilities_are_dropped_and_added(pods: Pods) -> None:
    context = {"capabilities": {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]}}
    out = pods.output("p", "grep CapBnd /proc/self/status", securityContext=context)
    assert int(out.split()[1], 16) == 1 << 10


def test_no_privilege_may_be_gained_where_that_is_forbidden(pods: Pods) -> None:
    script = "grep NoNewPrivs /proc/self/status"
    assert pods.output("p", script, securityContext={"allowPrivilegeEscalation": False}).split()[1] == "1"


def test_a_safe_sysctl_is_the_pods_own(pods: Pods) -> None:
    sysctls = [{"name": "net.ipv4.ip_local_port_range", "value": "20000 20100"}]
    out = pods.output("p", "cat /proc/sys/net/ipv4/ip_local_port_range", spec={"securityContext": {"sysctls": sysctls}})
    assert out.split() == ["20000", "20100"]


ASK = """
import json, ssl, urllib.error, urllib.request
folder = "/var/run/secrets/kubernetes.io/serviceaccount/"
token, space = open(folder + "token").read(), open(folder + "namespace").read()
trust = ssl.create_default_context(cafile=folder + "ca.crt")
for kind in ("configmaps", "secrets"):
    url = f"https://kubernetes.default.svc/api/v1/namespaces/{space}/{kind}"
    request = urllib.request.Request(url, headers={"Authorization": "Bearer " + token})
    try:
        print(kind, urllib.request.urlopen(request, context=trust).status)
    except urllib.error.HTTPError as error:
        print(kind, error.code)
"""


def test_an_accounts_token_has_its_rights_and_no_others(pods: Pods) -> None:
    pods.kubectl("create", "serviceaccount", "reader")
    pods.kubectl("create", "role", "reader", "--verb=list", "--resource=configmaps")
    pods.kubectl("create", "rolebinding", "reader", "--role=reader", f"--serviceaccount={pods.namespace}:reader")
    container = {"name": "main", "image": "python:3", "command": ["python3", "-c", ASK]}
    pods.finish("p", container, serviceAccountName="reader")
    assert pods.logs("p") == "configmaps 200\nsecrets 403\n"


def test_a_pod_that_wants_no_token_has_none(pods: Pods) -> None:
    out = pods.output("p", "ls /var/run/secrets 2>&1 || true", spec={"automountServiceAccountToken": False})
    assert "No such file or directory" in out


@pytest.mark.parametrize(
    ("container", "said"),
    [
        ({"securityContext": {"seccompProfile": {"type": "RuntimeDefault"}}}, "seccomp"),
        ({"securityContext": {"seLinuxOptions": {"level": "s0:c1,c2"}}}, "SELinux"),
        ({"ports": [{"containerPort": 80, "hostPort": 8080}]}, "hostPort 8080"),
    ],
    ids=["seccomp", "selinux", "host-port"],
)
def test_what_is_not_enforced_is_told_by_an_event(pods: Pods, container: dict[str, object], said: str) -> None:
    pods.finish("p", shell("true", **container))
    assert said in pods.event("p", "NotEnforced")
