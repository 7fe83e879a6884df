"""The entry of an images file for the program that the user names: a command or a binary of this machine."""

from __future__ import annotations

import os
import shlex
import shutil
from pathlib import Path
from typing import Any

import yaml

from canarylab import paths
from canarylab.clusters.local.cri import images
from canarylab.clusters.local.cri.images import Catalogue
from canarylab.errors import UsageError
from canarylab.starter.wish import Wish

Json = dict[str, Any]

FILE = "fixtures/images.yaml"
_APP = "/app"  # where a container sees the project's folder
_SEEN = "/usr"  # what of the machine each container sees, but for what the machine's own people put into /usr/local
_OWN = "/usr/local/"
_SETTINGS = {"alternatives", "ca-certificates", "java", "pki", "ssl"}  # what of /etc it sees anyway (docs/node.md)
_HEAD = """\
# The program that stands behind the image where images are not pulled (`--images fixtures/images.yaml`). Paths are
# relative to this file.
"""


def text(image: str, wish: Wish, root: Path) -> str:
    """The file; empty when a program of Canarylab's own stands behind the image. UsageError when nothing does."""
    if not (wish.command or wish.binary):
        if Catalogue.read([paths.fixtures() / "images.yaml"]).find(image) is None:
            what = f"nothing says which program stands behind the image {image}"
            raise UsageError(what, next_step="add --command 'python3 app.py', or --binary PATH")
        return ""
    entry = _binary(wish.binary, root) if wish.binary else _command(wish.command, root)
    made = {"pattern": f"{images.repository_of(image)}:*", **entry}
    return _HEAD + yaml.safe_dump({"images": [made]}, sort_keys=False, default_flow_style=None, width=110)


def _binary(file: Path, root: Path) -> Json:
    if not os.access(file, os.X_OK) or file.is_dir():
        what = "there is no program that can be run"
        raise UsageError(
            what, where=str(file), next_step="name a file that `chmod +x` was done for, and build it first"
        )
    return {"path": _relative(file, root)}


def _relative(file: Path, root: Path) -> str:
    return os.path.relpath(file.absolute(), (root / FILE).parent.absolute())


def _command(line: str, root: Path) -> Json:
    """The project's folder is at ``/app``, and what starts the command is brought along if it lies elsewhere."""
    try:
        words = shlex.split(line)
    except ValueError as error:
        raise UsageError(f"no command line: {error}", where=line, next_step="close its quotes") from error
    if not words:
        raise UsageError("the command is empty", where="--command", next_step="write it as in 'python3 app.py'")
    first, brought = _starter(words[0], root)
    inside = [word.replace(str(root.absolute()), _APP) for word in words[1:]]
    return {"command": [first, *inside], **brought, "files": {_APP: _relative(root, root)}, "workdir": _APP}


def _starter(word: str, root: Path) -> tuple[str, Json]:
    """The command's first word as a container sees it, and what has to be brought along for it."""
    name = Path(word).name
    if name.startswith("python"):
        return "python3", {"python": True}
    if "/" in word and not word.startswith("/"):
        if not os.access(root / word, os.X_OK):
            what = "there is no program that can be run"
            raise UsageError(what, where=str(root / word), next_step="name it relative to the project's folder")
        return word, {}
    found = shutil.which(word)
    if found is None:
        raise UsageError(
            f"there is no program {word} here", where="--command", next_step="install it, or name its path"
        )
    real = Path(found).resolve()
    if real.is_relative_to(_SEEN) and not str(real).startswith(_OWN):
        settings = _settings(real)
        return word, {"mounts": settings} if settings else {}
    return str(real), {"mounts": [str(_home(real))]}


def _home(program: Path) -> Path:
    """What belongs to a program: the folder above its ``bin``."""
    return program.parent.parent if program.parent.name == "bin" else program.parent


def _settings(program: Path) -> list[str]:
    """Folders of ``/etc`` that links in a program's own folder lead to, as Debian's Java has them."""
    home = _home(program)
    if str(home) == _SEEN:
        return []
    links = [one.resolve() for below in ("*", "*/*", "*/*/*") for one in home.glob(below) if one.is_symlink()]
    folders = {one.parts[2] for one in links if one.is_relative_to("/etc") and len(one.parts) > 2}
    return sorted(f"/etc/{name}" for name in folders - _SETTINGS)
