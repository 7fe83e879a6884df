"""The dossier of a failed rollout: everything that explains it, each part in a file of its own.

Timeline, verdict, Flagger's last reasons, users' answers, objects, pods, events, the values of Flagger's
queries, and slices of the logs. A part that cannot be had says so in its file, and keeps no other from being
written. Values of environment variables are left out, since they may be secrets.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml

from canarylab.clusters.cluster import Cluster
from canarylab.errors import CanarylabError
from canarylab.flagger import LOADTESTER
from canarylab.kube.services import Service
from canarylab.model.verdict import Evidence
from canarylab.report import text
from canarylab.report.case import Measured, Part

# What a failed test prints; the rest is read in the folder.
PRINTED = ("timeline.txt", "reasons.txt", "metrics.json", "routes.txt", "pods.txt", "flagger.log")
# What a report shows of it beside that; timeline and reasons are in every report.
SHOWN = ("pods.txt", "routes.txt", "events.txt", "flagger.log", "loadtester.log", "target.log", "primary.log")
_SLICE = 60  # lines of each log, and of the events
_WHOLE = ("pods.txt", "routes.txt")
_LAST_LINES = 200
_ROUTES = "virtualservices,destinationrules"
_KINDS = "canaries,virtualservices,destinationrules,services,deployments,daemonsets,replicasets,pods"


@dataclass(frozen=True)
class Dossier:
    """Writes below ``folder``; ``flagger`` is the namespace of Flagger's Deployment, ``tester`` its load tester."""

    folder: Path
    cluster: Cluster
    flagger: str
    tester: Service = LOADTESTER

    def write(self, verdict: str, evidence: Evidence, metrics: Callable[[], Sequence[Measured]]) -> Path:
        """Every part, best effort; the folder."""
        self.folder.mkdir(parents=True, exist_ok=True)
        space, timeline, kind = evidence.canary.namespace, evidence.timeline, evidence.canary.kind.lower()
        made: dict[str, Callable[[], str]] = {
            "verdict.txt": lambda: verdict,
            "timeline.txt": lambda: text.table(timeline),
            "timeline.jsonl": lambda: "\n".join(json.dumps(one.facts()) for one in timeline.events),
            "reasons.txt": lambda: "\n".join(timeline.since_trigger().reasons()),
            "answers.csv": lambda: answers(evidence),
            "metrics.json": lambda: json.dumps([asdict(one) for one in metrics()], indent=1),
            "objects.yaml": lambda: self._objects(space),
            "routes.txt": lambda: self.cluster.kubectl("get", _ROUTES, "-n", space, "-o", "yaml"),
            "pods.txt": lambda: self.cluster.kubectl("get", "pods", "-n", space, "-o", "wide"),
            "events.txt": lambda: self.cluster.kubectl("get", "events", "-n", space, "--sort-by=.lastTimestamp"),
            "flagger.log": lambda: self._log(self.flagger, "deployment/flagger"),
            "loadtester.log": lambda: self._log(self.tester.namespace, f"service/{self.tester.name}"),
            "target.log": lambda: self._log(space, f"{kind}/{evidence.canary.target}"),
            "primary.log": lambda: self._log(space, f"{kind}/{evidence.canary.primary}"),
        }
        for name, make in made.items():
            (self.folder / name).write_text(_or_why(make) + "\n")
        return self.folder

    def _log(self, namespace: str, of: str) -> str:
        return self.cluster.kubectl("logs", "-n", namespace, of, f"--tail={_LAST_LINES}", "--all-containers")

    def _objects(self, namespace: str) -> str:
        told = json.loads(self.cluster.kubectl("get", _KINDS, "-n", namespace, "-o", "json"))
        return yaml.safe_dump_all([without_values(item) for item in told["items"]], sort_keys=False)


@dataclass(frozen=True)
class Found:
    """What a report takes from a dossier: the metrics as they were measured, and the files' texts by their names."""

    metrics: tuple[Measured, ...] = ()
    files: tuple[Part, ...] = ()

    def texts(self, canary: str) -> tuple[Part, ...]:
        """Each file, of logs the last lines; of Flagger's log only those about ``NAMESPACE/NAME``."""
        namespace, _, name = canary.partition("/")
        return tuple(_slice(one, f"{name}.{namespace}" if one.name == "flagger.log" else "") for one in self.files)


NOTHING = Found()


def read(folder: Path) -> Found:
    """A dossier that was written before."""
    files = [Part(name, (folder / name).read_text().strip()) for name in SHOWN]
    told = (folder / "metrics.json").read_text()
    if told.startswith("["):
        return Found(tuple(Measured(**one) for one in json.loads(told)), tuple(files))
    return Found((), (Part("metrics.json", told.strip()), *files))  # the words why they could not be had


def _slice(part: Part, about: str) -> Part:
    lines = [line for line in part.text.splitlines() if about in line]
    if part.name in _WHOLE or len(lines) <= _SLICE:
        return Part(part.name, "\n".join(lines))
    return Part(f"{part.name}, the last {_SLICE} of {len(lines)} lines", "\n".join(lines[-_SLICE:]))


def _or_why(make: Callable[[], str]) -> str:
    try:
        return make()
    except CanarylabError as error:
        return f"could not be had: {error}"


def answers(evidence: Evidence) -> str:
    """Users' answers as CSV."""
    rows = [
        ",".join(map(str, (crowd.name, *asdict(one).values()))) for crowd in evidence.crowds for one in crowd.answers
    ]
    return "\n".join(["crowd,sent,answered,status,pod", *rows])


def without_values(item: Any) -> Any:
    """An object without the values of its environment variables and without the fields' managers."""
    if isinstance(item, list):
        return [without_values(one) for one in item]
    if not isinstance(item, dict):
        return item
    kept = {key: without_values(value) for key, value in item.items() if key != "managedFields"}
    if isinstance(item.get("env"), list):
        kept["env"] = [{**one, "value": "(left out)"} if "value" in one else one for one in item["env"]]
    return kept
