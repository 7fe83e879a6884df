"""What is installed together: parts, each a set of objects, applied and awaited side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from kubernetes import client

from canarylab.kube import apply, rollout
from canarylab.kube.rollout import Workload

Json = dict[str, Any]


@dataclass(frozen=True)
class Part:
    """Objects that belong together; those that name no namespace go to ``namespace``."""

    name: str
    objects: tuple[Json, ...]
    namespace: str = "default"

    def workloads(self) -> Iterator[Workload]:
        """What must become available."""
        for item in self.objects:
            meta = item["metadata"]
            if item["kind"] in rollout.KINDS:
                yield Workload(item["kind"], meta.get("namespace", self.namespace), meta["name"])


def install(
    api: client.ApiClient,
    *parts: Part,
    bound: float = 120.0,
    failure: Callable[[], str | None] = lambda: None,
    note: Callable[[str], None] = lambda _what: None,
) -> None:
    """Applies all parts at once and returns when their workloads are available; see ``rollout.wait``."""
    apply.apply_each(api, [(item, part.namespace) for part in parts for item in part.objects], bound=bound)
    note("manifests applied")
    workloads = [one for part in parts for one in part.workloads()]
    rollout.wait(api, workloads, bound=bound, failure=failure, note=note)
