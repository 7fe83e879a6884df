"""The module that another release of Kubernetes is built in: its own go.mod, turned into one that can be built.

Kubernetes' go.mod leads for some forty modules to its folder ``staging``, which is not in what is published. The same
modules are published under the release's number, so that each dependency stays the one that the release pinned.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

from canarylab.errors import EnvironmentFault
from canarylab.toolchain import storage
from canarylab.toolchain.gobuild import Shell
from canarylab.toolchain.spec import ETCD, KUBERNETES
from canarylab.toolchain.versions import Pins, read_pins

MODULE = "canarylab.dev/kubernetes"


def go_mod(theirs: str, release: str) -> str:
    """The module file for our main, from that of a release such as ``1.36.3``."""
    staged = f"v0.{release.partition('.')[2]}"
    text = theirs.replace(f"module {KUBERNETES}\n", f"module {MODULE}\n", 1)
    text = re.sub(r"=> \./staging/src/(\S+)", rf"=> \g<1> {staged}", text)
    text = re.sub(r"^(\s*(?:require )?k8s\.io/\S+) v0\.0\.0(?=\s)", rf"\g<1> {staged}", text, flags=re.MULTILINE)
    return f"{text}\nrequire {KUBERNETES} v{release}\n"


def folder(shell: Shell, source: Path, pins: Pins, release: str) -> Path:
    """A module in the shell's scratch folder: our files of ``source``, and the go.mod and go.sum of the release.

    :class:`EnvironmentFault` if Go was given another Kubernetes, or one that pins another etcd, than ours pin.
    """
    ours = (source / f"{release}.sum").read_text()
    theirs = _downloaded(shell, release, ours)
    made = shell.scratch / "source"
    made.mkdir()
    for file in source.glob("*.go"):
        storage.copy(file, made / file.name)
    (made / "go.mod").write_text(go_mod((theirs / "go.mod").read_text(), release))
    (made / "go.sum").write_text((theirs / "go.sum").read_text() + ours)
    etcd = read_pins(made / "go.mod").version(ETCD)
    if etcd != pins.version(ETCD):
        raise EnvironmentFault(
            f"Kubernetes {release} pins etcd {etcd}, and its profile says {pins.version(ETCD)}",
            where="fixtures/versions.yaml",
            next_step=f"write {etcd.removeprefix('v')} there",
        )
    return made


def _downloaded(shell: Shell, release: str, sums: str) -> Path:
    """Kubernetes' folder in Go's cache; asked for outside of any module, so that it is held against ours here."""
    outside = replace(shell, folder=shell.scratch)
    told = json.loads(outside.run(["mod", "download", "-json", f"{KUBERNETES}@v{release}"]))
    if f"{KUBERNETES} v{release} {told['Sum']}\n" not in sums:
        raise EnvironmentFault(
            f"{KUBERNETES}@v{release} is not the one that is pinned: its checksum is {told['Sum']}",
            where=str(shell.log),
            next_step="run `go clean -modcache`, and ask who runs the module proxy",
        )
    return Path(told["Dir"])
