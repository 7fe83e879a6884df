"""The files of a container's folder that server and shim share, written so that a reader never sees half of one."""

from __future__ import annotations

import json
import os
from typing import Any

PLAN, STARTED, EXIT, ATTACH = "plan.json", "started.json", "exit.json", "attach.sock"


def write_json(path: str, data: Any) -> None:
    scratch = f"{path}.new"
    with open(scratch, "w") as file:
        json.dump(data, file)
    os.rename(scratch, path)


def read_json(path: str) -> Any:
    """The file's data, or None where there is no such file."""
    try:
        with open(path) as file:
            return json.load(file)
    except FileNotFoundError:
        return None
