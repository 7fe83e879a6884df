"""What the processes of a run share: one start for each stack, one failure told to all."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict

import pytest

from canarylab import rung, stack
from canarylab.errors import EnvironmentFault
from canarylab.session import Run, Shared, Wanted

_OTHER = """
import json, sys
from canarylab.session import Address, Shared
print(json.dumps(Shared(Address(**json.loads(sys.argv[1]))).stacks()))
"""


def test_equal_wishes_share_a_stack() -> None:
    assert Wanted("istio").key == "istio"
    assert Wanted("none", "1.43.0").key == "none-1-43-0"


def test_a_start_that_failed_is_told_to_every_process_and_not_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> stack.Stack:
        # a fault that a healthy machine cannot be made to show
        raise EnvironmentFault("no namespaces here")

    monkeypatch.setattr(rung.stack, "start", refused)
    run = Run()
    with pytest.raises(EnvironmentFault, match="no namespaces here"):
        run.stack(Wanted("istio"))
    monkeypatch.undo()
    with pytest.raises(EnvironmentFault, match="another test tried it"):
        Shared(run.address).stack(Wanted("istio"))
    told = subprocess.run(
        [sys.executable, "-c", _OTHER, json.dumps(asdict(run.address))],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "no namespaces here" in told.stdout
    run.end()
