"""A stand-in for docker and for kind: scripts that write down how they were called, and answer what a test wants."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from canarylab.clusters.kind.engine import Engine
from canarylab.clusters.kind.program import Kind

INFO = {
    "ServerVersion": "28.2.2", "CgroupVersion": "2", "MemTotal": 16_000_000_000, "DockerRootDir": "/nowhere",
}  # fmt: skip
# Each call is a line of calls.jsonl. The first answer whose words are all in the call is given: code, output, error.
_SCRIPT = """#!{python} -IS
import json, pathlib, sys
folder, call = pathlib.Path({folder!r}), [pathlib.Path(sys.argv[0]).name, *sys.argv[1:]]
with (folder / "calls.jsonl").open("a") as log:
    log.write(json.dumps(call) + "\\n")
answers = json.loads((folder / "answers.json").read_text())
one = next((one for one in answers if set(one["words"]) <= set(call)), {{"code": 0, "out": "", "err": ""}})
if "save" in call:
    pathlib.Path(call[call.index("--output") + 1]).write_text("layers")
for argument in call if "create" in call and not one["code"] else ():
    if argument.startswith("--kubeconfig="):
        pathlib.Path(argument.partition("=")[2]).write_text("made")
sys.stdout.write(one["out"] and one["out"] + "\\n")
sys.stderr.write(one["err"] and one["err"] + "\\n")
sys.exit(one["code"])
"""


class Fake:
    """docker, podman and kind in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._answers: list[dict[str, object]] = []
        folder.mkdir()
        for name in ("docker", "podman", "kind"):
            (folder / name).write_text(_SCRIPT.format(python=sys.executable, folder=str(folder)))
            (folder / name).chmod(0o755)
        self.answers("info", out=json.dumps(INFO))

    def answers(self, *words: str, code: int = 0, out: str = "", err: str = "") -> None:
        """What is answered from now on to a call that has all of these words."""
        self._answers.insert(0, {"words": words, "code": code, "out": out, "err": err})
        (self.folder / "answers.json").write_text(json.dumps(self._answers))

    @property
    def calls(self) -> list[str]:
        """Every call so far, as one line each."""
        file = self.folder / "calls.jsonl"
        return [" ".join(json.loads(line)) for line in file.read_text().splitlines()] if file.exists() else []

    def engine(self, name: str = "docker") -> Engine:
        return Engine(name, self.folder / name)

    def kind(self, engine: Engine) -> Kind:
        return Kind(self.folder / "kind", "v0.33.0", engine)
