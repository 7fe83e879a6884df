"""What a program finds around it: variables, DNS, an address of its own, Services."""

from __future__ import annotations

from typing import Any

from node.pods import Pods, manifest, shell, status, until

CONFIG = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "config"}, "data": {"KEY": "from-config"}}
SECRET = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "secret"}, "stringData": {"KEY": "from-secret"}}
FOREVER = "while :; do sleep 0.1; done"


def field(path: str) -> dict[str, Any]:
    return {"fieldRef": {"fieldPath": path}}


def test_values_refer_to_earlier_ones(pods: Pods) -> None:
    env = [{"name": "A", "value": "1"}, {"name": "B", "value": "$(A)2"}, {"name": "C", "value": "$$(A)"}]
    assert pods.output("p", "echo $B $C", env=env) == "12 $(A)\n"


def test_variables_come_from_config_maps_and_secrets(pods: Pods) -> None:
    pods.apply(CONFIG, SECRET)
    env = [{"name": "OF_CONFIG", "valueFrom": {"configMapKeyRef": {"name": "config", "key": "KEY"}}}]
    sources = [{"prefix": "S_", "secretRef": {"name": "secret"}}]
    assert pods.output("p", "echo $OF_CONFIG $S_KEY", env=env, envFrom=sources) == "from-config from-secret\n"


def test_a_missing_key_is_a_configuration_error_until_it_is_there(pods: Pods) -> None:
    env = [{"name": "A", "valueFrom": {"configMapKeyRef": {"name": "config", "key": "KEY"}}}]
    pods.apply(manifest("p", shell("echo $A", env=env)))
    pods.pod("p", lambda p: status(p)["state"].get("waiting", {}).get("reason") == "CreateContainerConfigError")
    pods.apply(CONFIG)
    pods.pod("p", lambda p: status(p)["state"].get("terminated"))
    assert pods.logs("p") == "from-config\n"


def test_a_pod_knows_its_own_fields_and_limits(pods: Pods) -> None:
    paths = {"NAME": "metadata.name", "NODE": "spec.nodeName", "IP": "status.podIP", "SPACE": "metadata.namespace"}
    env = [{"name": name, "valueFrom": field(path)} for name, path in paths.items()]
    env.append({"name": "CPU", "valueFrom": {"resourceFieldRef": {"resource": "requests.cpu", "divisor": "1m"}}})
    out = pods.output("p", "echo $NAME $NODE $SPACE $CPU $IP", env=env, resources={"requests": {"cpu": "7m"}})
    *rest, address = out.split()
    assert rest == ["p", "node-1", pods.namespace, "7"]
    assert address == pods.get("pod", "p")["status"]["podIP"]


def test_services_are_in_the_environment(pods: Pods) -> None:
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": {"ports": [{"port": 81}]}}
    pods.apply(service)
    out = pods.output("p", "echo $WEB_SERVICE_HOST $WEB_SERVICE_PORT $KUBERNETES_SERVICE_PORT")
    assert out.split() == [pods.get("service", "web")["spec"]["clusterIP"], "81", "443"]


def test_the_resolver_asks_the_clusters_dns(pods: Pods) -> None:
    out = pods.output("p", "cat /etc/resolv.conf")
    assert "nameserver 10.96.0.10\n" in out
    assert f"search {pods.namespace}.svc.cluster.local svc.cluster.local cluster.local\n" in out
    assert "options ndots:5\n" in out


def test_a_dns_config_is_followed(pods: Pods) -> None:
    config = {"nameservers": ["10.9.8.7"], "searches": ["example.org"], "options": [{"name": "ndots", "value": "2"}]}
    out = pods.output("p", "cat /etc/resolv.conf", spec={"dnsPolicy": "None", "dnsConfig": config})
    assert out == "nameserver 10.9.8.7\nsearch example.org\noptions ndots:2\n"


def test_a_headless_service_resolves_to_its_pods(pods: Pods) -> None:
    spec = {"clusterIP": "None", "selector": {"app": "server"}}
    pods.apply({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s"}, "spec": spec})
    server = pods.start("server", shell(FOREVER))
    pods.start("client", shell(FOREVER))
    address = server["status"]["podIP"]
    assert until(lambda: address in pods.run("exec", "client", "--", "getent", "hosts", "s").stdout)


def test_pods_bind_the_same_port_and_reach_each_other(pods: Pods) -> None:
    serve = shell("cd /etc && exec python3 -m http.server 8000", image="python:3")
    serve["readinessProbe"] = {"tcpSocket": {"port": 8000}, "periodSeconds": 1}
    first, second = pods.start("first", serve), pods.start("second", serve)
    for caller, other in (("first", second), ("second", first)):
        url = f"http://{other['status']['podIP']}:8000/hostname"
        got = pods.exec(caller, f"python3 -c 'import urllib.request as u; print(u.urlopen(\"{url}\").read())'")
        assert other["metadata"]["name"] in got


def test_low_ports_and_pings_need_no_root(pods: Pods) -> None:
    script = "import socket; socket.socket().bind(('', 80)); socket.socket(2, 2, 1); print('bound')"
    user = {"runAsUser": 1000, "capabilities": {"drop": ["ALL"]}}
    command = {"command": ["python3", "-c", script]}
    pods.finish("p", shell("", image="python:3", securityContext=user) | command)
    assert pods.logs("p") == "bound\n"


def test_a_container_has_a_shell_a_temporary_folder_and_devices(pods: Pods) -> None:
    script = "echo x > /tmp/x; stat -c %a /tmp; head -c 4 /dev/urandom | wc -c; echo y > /dev/null; stat -c %a /dev/shm"
    assert pods.output("p", script).split() == ["1777", "4", "1777"]
