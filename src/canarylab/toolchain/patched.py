"""Makes the folder that an extra is built in where some of what it needs cannot be had: changed copies beside it.

The go.mod of such an extra replaces a module by a folder, which is made here: the module as it was published, checked
by its checksum, with a few files of ours in it.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from canarylab.errors import EnvironmentFault
from canarylab.toolchain import storage
from canarylab.toolchain.gobuild import Shell
from canarylab.toolchain.spec import Patch


def folder(shell: Shell, source: Path, patches: tuple[Patch, ...]) -> Path:
    """A copy of ``source`` in the shell's scratch folder, with the changed modules where its go.mod looks for them."""
    made = shell.scratch / "source"
    storage.copy(source, made)
    for patch in patches:
        storage.copy(_downloaded(shell, patch), made / patch.copy)
        for file, ours in patch.files.items():
            storage.copy(source / ours, made / patch.copy / file)
    return made


def _downloaded(shell: Shell, patch: Patch) -> Path:
    """The module's folder in Go's cache; asked for outside of the extra's module, which leads elsewhere."""
    outside = replace(shell, folder=shell.scratch)
    told = json.loads(outside.run(["mod", "download", "-json", f"{patch.module}@{patch.version}"]))
    if told["Sum"] != patch.sum:
        raise EnvironmentFault(
            f"{patch.module}@{patch.version} is not the one that is pinned: its checksum is {told['Sum']}",
            where=str(shell.log),
            next_step="run `go clean -modcache`, and ask who runs the module proxy",
        )
    return Path(told["Dir"])
