"""A Go that compiles nothing: it answers as the real one does, in milliseconds."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from canarylab.toolchain.found import Finder
from canarylab.toolchain.golang import Go
from canarylab.toolchain.kit import Kit, look
from canarylab.toolchain.recipe import Recipe, digest
from canarylab.toolchain.spec import Asset, Program
from canarylab.toolchain.versions import Pins

MODULE = "example.com/tools"
ALPHA = Program("alpha", MODULE, f"{MODULE}/cmd/alpha", "alpha")
ONE = Program("one", MODULE, "./cmd/multi", "multi", "multi")
TWO = Program("two", MODULE, "./cmd/multi", "multi", "multi")

SCRIPT = """#!/bin/sh
case "$1" in
env) shift; for name in "$@"; do [ "$name" = GOVERSION ] && echo go1.99.0 || echo; done ;;
list) cat "{folder}/listing" ;;
mod) cat "{folder}/modules" ;;
build)
  for word in "$@"; do case "$word" in -o=*) out=${{word#-o=}} ;; esac; done
  cat "{folder}/stderr" >&2
  [ ! -e "{folder}/fails" ] || exit 1
  for word in "$@"; do case "$word" in -*) ;; */cmd/*) echo "$word" > "$out${{word##*/}}" ;; esac; done ;;
esac
"""


@dataclass
class Workshop:
    """A cache, a recipe and a Go for one test."""

    folder: Path
    recipe: Recipe
    go: Go
    steps: list[str] = field(default_factory=list)

    @property
    def cache(self) -> Path:
        return self.folder / "cache"

    def look(self) -> Kit:
        return look(self.cache, self.recipe, Finder(self.folder / "memory.json", {"PATH": ""}))

    def fail(self, stderr: str) -> None:
        """Lets the next build fail with these words."""
        (self.folder / "stderr").write_text(stderr)
        (self.folder / "fails").touch()

    def mend(self) -> None:
        (self.folder / "stderr").write_text("")
        (self.folder / "fails").unlink()


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    source, module = tmp_path / "source", tmp_path / "module"
    source.mkdir()
    for name in ("go.mod", "go.sum"):
        (source / name).touch()
    (module / "charts").mkdir(parents=True)
    (module / "charts" / "Chart.yaml").write_text("name: x\n")
    (tmp_path / "listing").write_text(
        f"fmt\tfalse\t\n{MODULE}/lib\ttrue\tfmt\n{MODULE}/cmd/alpha\ttrue\t{MODULE}/lib\n"
        f"canarylab.dev/toolchain/cmd/multi\ttrue\t{MODULE}/lib\n"
    )
    (tmp_path / "modules").write_text(json.dumps({"Path": MODULE, "Dir": str(module)}))
    (tmp_path / "stderr").write_text("")
    command = tmp_path / "bin" / "go"
    command.parent.mkdir()
    command.write_text(SCRIPT.format(folder=tmp_path))
    command.chmod(0o755)
    pins, assets = Pins("1.26.7", {MODULE: "v1.2.3"}), (Asset(MODULE, "charts", "tools/charts"),)
    recipe = Recipe(digest(source, ""), pins, (ONE, TWO, ALPHA), assets, (), "", source)
    return Workshop(tmp_path, recipe, Go(command, "go1.99.0", "PATH"))
