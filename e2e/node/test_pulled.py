"""Images that are pulled: of a real registry with a password, without a container engine, run as pods."""

from __future__ import annotations

import base64
import json
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from canarylab import paths, toolchain
from node.conftest import running, settled
from node.pods import Pods, is_root, manifest, phase, status
from node.test_images import waiting

sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "images"))  # for ``pushed``
import pushed
from pushed import Entry, folder, hardlink, symlink, tar

pytestmark = pytest.mark.nightly  # the registry is built when it is first asked for

PASSWD = b"root:x:0:0:root:/root:/bin/sh\napp:x:100:101:app:/home/app:/bin/sh\n"
ACCOUNTS = (folder("etc"), Entry("etc/passwd", PASSWD), Entry("etc/group", b"root:x:0:\napp:x:101:\nextra:x:44:app\n"))


@dataclass(frozen=True)
class Registry:
    """A registry with a password, and what was pushed to it: names of images by their digests."""

    host: str
    podinfo: str
    busybox: str

    def secret(self, password: str = pushed.PASSWORD) -> dict[str, object]:
        packed = base64.b64encode(json.dumps(pushed.secret(self.host, password=password)).encode()).decode()
        data = {".dockerconfigjson": packed}
        about = {"name": "pull" if password == pushed.PASSWORD else "wrong"}
        kind = {"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/dockerconfigjson"}
        return {**kind, "metadata": about, "data": data}


def podinfo(where: Path, program: Path) -> Path:
    """As podinfo's own image is: a user by name, a working folder, a relative program."""
    files = [*ACCOUNTS, folder("home/app", 0o755), Entry("home/app/podinfo", program.read_bytes(), mode=0o755)]
    said = {"Entrypoint": ["./podinfo"], "Cmd": ["--level=warn"], "WorkingDir": "/home/app", "User": "app"}
    return pushed.image(where, [tar(*files[:3]), tar(*files[3:])], said)


def busybox(where: Path, program: bytes) -> Path:
    """A small system of three layers that needs nothing of a host."""
    tools = [hardlink(f"bin/{name}", "bin/busybox") for name in ("sh", "cat", "ls", "id", "env", "sleep", "test")]
    base = tar(folder("bin"), Entry("bin/busybox", program, mode=0o755), *tools, *ACCOUNTS, symlink("run", "/srv/run"))
    more = tar(folder("data"), Entry("data/old", b"old"), Entry("data/kept", b"kept"), folder("tmp", 0o1777))
    last = tar(Entry("data/.wh.old"), Entry("etc/os-release", b"ID=ours\n"))
    said = {"Cmd": ["sh", "-c", "echo by default; sleep 600"], "Env": ["COLOR=red", "PATH=/bin"]}
    return pushed.image(where, [base, more, last], said)


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    static = shutil.which("busybox")
    if static is None or b"/ld-linux" in (program := Path(static).read_bytes()):
        pytest.skip("there is no static busybox (Debian: busybox-static)")
    toolset, home = toolchain.provision(extras=("crane",)), tmp_path_factory.mktemp("registry")
    crane = toolset.program("crane")
    with pushed.registry(toolset.program("registry"), home / "served", pushed.HTPASSWD) as host:
        user = pushed.login(home / "docker", host)
        app = podinfo(home / "podinfo", toolset.program("podinfo"))
        small = busybox(home / "busybox", program)
        yield Registry(
            host,
            pushed.push(crane, app, f"{host}/team/podinfo:1", user),
            pushed.push(crane, small, f"{host}/library/busybox:1", user),
        )


@pytest.fixture(scope="module")
def pulling(registry: Registry, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pods]:
    """A cluster that pulls what nothing stands for, into a cache of its own, with a pull secret that a pod may name."""
    cache = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        toolset = toolchain.installed()
        patch.setenv("CANARYLAB_CACHE", str(cache))
        with running("pulled", paths.fixtures() / "pull.yaml", toolset=toolset) as cluster:
            pods = settled(Pods(cluster, "default"))
            pods.apply(registry.secret(), registry.secret("guess"))
            yield pods


SECRET = {"imagePullSecrets": [{"name": "pull"}]}


def test_podinfo_of_a_registry_answers_as_its_image_says(pulling: Pods, registry: Registry) -> None:
    probe = {"httpGet": {"path": "/readyz", "port": 9898}, "periodSeconds": 1}
    container = {"name": "main", "image": f"{registry.host}/team/podinfo:1", "readinessProbe": probe}
    pod = pulling.start("app", container, **SECRET)
    assert status(pod)["imageID"] == registry.podinfo
    path = f"/api/v1/namespaces/{pulling.namespace}/pods/app:9898/proxy/env"
    env = json.loads(pulling.kubectl("get", "--raw", path))
    assert {"HOME=/home/app", "HOSTNAME=app"} <= set(env)


def test_an_image_by_its_digest_is_a_system_of_its_own(pulling: Pods, registry: Registry) -> None:
    script = "cat /etc/os-release; ls / /data; echo $COLOR; cat /etc/hostname"
    container = {"name": "main", "image": registry.busybox, "command": ["sh", "-c", script]}
    pod = pulling.finish("own", container, **SECRET)
    assert (phase(pod), status(pod)["imageID"]) == ("Succeeded", registry.busybox)
    root = "/: bin data dev etc proc run sys tmp var"
    assert pulling.logs("own").split() == f"ID=ours {root} /data: kept red own".split()


def test_containers_of_one_image_see_nothing_of_each_others_changes(pulling: Pods, registry: Registry) -> None:
    for name in ("one", "two"):
        pulling.start(name, {"name": "main", "image": registry.busybox}, **SECRET)
    pulling.exec("one", "echo mine > /data/mine; rm /data/kept")
    assert pulling.exec("one", "ls /data") == "mine\n"
    assert pulling.exec("two", "ls /data") == "kept\n"
    assert pulling.logs("two") == "by default\n"


def test_the_pods_volumes_lie_in_the_images_own_paths(pulling: Pods, registry: Registry) -> None:
    """The image's /run leads to /srv/run by a link that is absolute: inside, not on the node."""
    mount = {"name": "v", "mountPath": "/run/volume"}
    script = "echo here > /run/volume/file; sleep 600"
    container = {"name": "main", "image": registry.busybox, "command": ["sh", "-c", script], "volumeMounts": [mount]}
    pulling.start("volumes", container, volumes=[{"name": "v", "emptyDir": {}}], **SECRET)
    assert pulling.exec("volumes", "cat /srv/run/volume/file") == "here\n"
    assert "10.96.0.10" in pulling.exec("volumes", "cat /etc/resolv.conf")
    assert "token" in pulling.exec("volumes", "ls /var/run/secrets/kubernetes.io/serviceaccount")


@pytest.mark.skipif(not is_root(), reason="an unprivileged cluster has a single id")
def test_the_images_user_and_groups_count(pulling: Pods, registry: Registry) -> None:
    security = {"runAsUser": 100}
    container = {"name": "main", "image": registry.busybox, "command": ["id"], "securityContext": security}
    pulling.finish("user", container, **SECRET)
    assert "uid=100(app) gid=101(app)" in pulling.logs("user")
    assert "44(extra)" in pulling.logs("user")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "to nobody without credentials"),
        ({"imagePullSecrets": [{"name": "wrong"}]}, "not give library/private to the user of these credentials"),
    ],
)
def test_what_a_registry_refuses_says_what_to_do(
    pulling: Pods, registry: Registry, given: dict[str, object], words: str
) -> None:
    name = "wrong" if given else "nobody"
    pulling.apply(manifest(name, {"name": "main", "image": f"{registry.host}/library/private:1"}, **given))
    pulling.pod(name, waiting("ErrImagePull"))
    pod = pulling.pod(name, waiting("ImagePullBackOff"))
    assert words in status(pod)["state"]["waiting"]["message"]
    logs = "".join(file.read_text() for file in (pulling.cluster.folder / "logs").glob("*.log"))
    assert "guess" not in logs
    assert pushed.PASSWORD not in logs


def test_an_image_that_is_not_there_says_so(pulling: Pods, registry: Registry) -> None:
    pulling.apply(manifest("absent", {"name": "main", "image": f"{registry.host}/library/busybox:2"}, **SECRET))
    pod = pulling.pod("absent", waiting("ImagePullBackOff"))
    assert f"{registry.host}/library/busybox:2 is not there" in status(pod)["state"]["waiting"]["message"]


def test_an_image_that_has_a_stand_in_is_not_pulled(pulling: Pods) -> None:
    assert pulling.output("stand-in", "test -x /usr/bin/env && echo of the host") == "of the host\n"
