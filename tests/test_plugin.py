"""The plugin costs other people's test runs next to nothing, and needs nothing of the local rung to load."""

from __future__ import annotations

import subprocess
import sys

_LOADED = """
import sys
for name in ("cryptography", "grpc", "pyroute2"):
    sys.modules[name] = None  # as where the extra [local] is not installed
import canarylab.pytest_plugin
print([name for name in ("kubernetes", "rich", "canarylab.stack") if name in sys.modules])
"""


def test_it_loads_without_the_local_rung_and_without_kubernetes() -> None:
    ran = subprocess.run([sys.executable, "-c", _LOADED], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout.strip()) == (0, "[]"), ran.stderr
