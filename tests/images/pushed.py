"""Images for tests: layers of a few files, written as an OCI layout, and a real registry program to push them to."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import socket
import subprocess
import tarfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from canarylab.images.layout import CONFIG, Layout
from canarylab.images.manifest import architecture

LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
BOUND = 30.0  # seconds for a program that starts in a tenth


@dataclass(frozen=True)
class Entry:
    """A member of a layer: a file with ``data``, or of another kind."""

    name: str
    data: bytes = b""
    kind: bytes = tarfile.REGTYPE
    link: str = ""
    mode: int = 0o644
    uid: int = 0
    gid: int = 0


def folder(name: str, mode: int = 0o755) -> Entry:
    return Entry(name, kind=tarfile.DIRTYPE, mode=mode)


def symlink(name: str, target: str) -> Entry:
    return Entry(name, kind=tarfile.SYMTYPE, link=target)


def hardlink(name: str, target: str) -> Entry:
    return Entry(name, kind=tarfile.LNKTYPE, link=target)


def tar(*entries: Entry) -> bytes:
    """A layer, not packed."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=tarfile.PAX_FORMAT) as file:
        for entry in entries:
            info = tarfile.TarInfo(entry.name)
            info.type, info.linkname, info.mode, info.size = entry.kind, entry.link, entry.mode, len(entry.data)
            info.uid, info.gid = entry.uid, entry.gid
            file.addfile(info, io.BytesIO(entry.data))
    return target.getvalue()


def digest(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def image(where: Path, layers: Sequence[bytes], config: Mapping[str, Any] | None = None, machine: str = "") -> Path:
    """An OCI layout of one image at ``where``; ``layers`` are tars, packed here."""
    made = Layout(where)
    blobs = [made.data(LAYER, gzip.compress(layer, mtime=0)) for layer in layers]
    about = {
        "architecture": machine or architecture(),
        "os": "linux",
        "rootfs": {"type": "layers", "diff_ids": [digest(layer) for layer in layers]},
        "config": dict(config or {}),
    }
    made.finish(made.manifest(made.json(CONFIG, about), blobs))
    return where


def top(layout: Path) -> str:
    """The digest of a layout's image."""
    return str(json.loads((layout / "index.json").read_text())["manifests"][0]["digest"])


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@contextmanager
def registry(program: Path, home: Path, htpasswd: str = "") -> Iterator[str]:
    """Runs the CNCF's registry program with its blobs in ``home``; HOST:PORT. ``htpasswd`` is such a file's text."""
    host = f"127.0.0.1:{free_port()}"
    home.mkdir(parents=True, exist_ok=True)
    settings: dict[str, Any] = {
        "version": 0.1,
        "log": {"level": "error", "accesslog": {"disabled": True}},
        "storage": {"filesystem": {"rootdirectory": str(home / "blobs")}},
        "http": {"addr": host},
    }
    if htpasswd:
        (home / "htpasswd").write_text(htpasswd)
        settings["auth"] = {"htpasswd": {"realm": "tests", "path": str(home / "htpasswd")}}
    (home / "config.yml").write_text(json.dumps(settings))
    with (home / "log").open("wb") as log:
        process = subprocess.Popen([program, "serve", home / "config.yml"], stdout=log, stderr=log)
    try:
        _await(f"http://{host}/v2/", process)
        yield host
    finally:
        process.kill()
        process.wait()


def _await(url: str, process: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + BOUND
    while process.poll() is None and time.monotonic() < ends:
        try:
            requests.get(url, timeout=BOUND)
        except requests.ConnectionError:
            time.sleep(0.02)
        else:
            return
    raise AssertionError(f"the registry does not answer at {url}")


# What `htpasswd -B` makes of the password below; the registry takes no other kind.
USER, PASSWORD = "tester", "opensesame"
HTPASSWD = f"{USER}:$2b$04$zqITO5lSNN3G2EUs6bclV.tx4L8AP7po.nMe308PCovSzJbCGWDre\n"


def push(crane: Path, layout: Path, reference: str, config: Path | None = None) -> str:
    """Pushes a layout with the real crane; the image by its digest. ``config`` is a docker configuration's folder."""
    environ = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"} | ({"DOCKER_CONFIG": str(config)} if config else {})
    ran = subprocess.run(
        [crane, "push", layout, reference], capture_output=True, text=True, check=False, timeout=BOUND, env=environ
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.strip()


def login(home: Path, host: str, user: str = USER, password: str = PASSWORD) -> Path:
    """A folder with a docker configuration that has a password for a registry."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "config.json").write_text(json.dumps(secret(host, user, password)))
    return home


def secret(host: str, user: str = USER, password: str = PASSWORD) -> dict[str, Any]:
    """What stands in a docker configuration, and in a pull secret."""
    packed = base64.b64encode(f"{user}:{password}".encode()).decode()
    return {"auths": {host: {"auth": packed}}}
