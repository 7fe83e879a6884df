"""What is installed together: parts, each a set of objects, applied and awaited side by side.

A part may name workloads that it comes after, for a program that looks for another only when it starts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from kubernetes import client

from canarylab.kube import apply, rollout
from canarylab.kube.rollout import Workload

Json = dict[str, Any]


@dataclass(frozen=True)
class Part:
    """Objects that belong together; those that name no namespace go to ``namespace``.

    ``after`` are names of workloads of other parts, which must be available before this one is applied.
    """

    name: str
    objects: tuple[Json, ...]
    namespace: str = "default"
    after: tuple[str, ...] = ()

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
    """Applies all parts at once, or as soon as what they come after is there; returns when all is available.

    See ``rollout.wait`` for ``bound`` and ``failure``.
    """
    _apply(api, [part for part in parts if not part.after], bound)
    note("manifests applied")
    later, there = [part for part in parts if part.after], set[str]()

    def release(workload: Workload) -> None:
        note(f"{workload.name} available")
        there.add(workload.name)
        for part in [one for one in later if there.issuperset(one.after)]:
            later.remove(part)
            _apply(api, [part], bound)

    workloads = [one for part in parts for one in part.workloads()]
    rollout.wait(api, workloads, bound=bound, failure=failure, each=release)


def _apply(api: client.ApiClient, parts: Sequence[Part], bound: float) -> None:
    apply.apply_each(api, [(item, part.namespace) for part in parts for item in part.objects], bound=bound)
