"""The steps, by the names that files have for them: one file each, one line here."""

from __future__ import annotations

from collections.abc import Mapping

from canarylab.scenario.step import Step
from canarylab.scenario.steps.apply import Apply
from canarylab.scenario.steps.delete import Delete
from canarylab.scenario.steps.fault import BeginFault
from canarylab.scenario.steps.gate import Gate
from canarylab.scenario.steps.git_commit import GitCommit
from canarylab.scenario.steps.git_revert import GitRevert
from canarylab.scenario.steps.kubectl import Kubectl
from canarylab.scenario.steps.patch import Patch
from canarylab.scenario.steps.python import Python
from canarylab.scenario.steps.run import Run
from canarylab.scenario.steps.set_image import SetImage
from canarylab.scenario.steps.stop_fault import StopFault
from canarylab.scenario.steps.traffic import Traffic
from canarylab.scenario.steps.wait import Wait
from canarylab.scenario.steps.wait_for_sync import WaitForSync

STEPS: Mapping[str, type[Step]] = {
    "set-image": SetImage,
    "wait": Wait,
    "gate": Gate,
    "traffic": Traffic,
    "fault": BeginFault,
    "stop-fault": StopFault,
    "git-commit": GitCommit,
    "git-revert": GitRevert,
    "wait-for-sync": WaitForSync,
    "apply": Apply,
    "patch": Patch,
    "delete": Delete,
    "run": Run,
    "kubectl": Kubectl,
    "python": Python,
}
