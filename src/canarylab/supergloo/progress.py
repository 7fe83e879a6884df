"""How far an Install has come, as its status: refused, coming, there, going or gone, and what of it has no effect."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from canarylab.kube import manifests, rollout
from canarylab.kube.reconcile import Json, World
from canarylab.supergloo import kinds, status
from canarylab.supergloo.api.install import GlooInstall, IstioInstall, LinkerdInstall
from canarylab.supergloo.status import State

Asked = IstioInstall | LinkerdInstall | GlooInstall
Label = tuple[str, str]  # the API version, and kind/namespace/name


def label(item: Json) -> Label:
    """What tells an object from every other one."""
    return item["apiVersion"], manifests.label(item)


def refused(item: Json, why: Iterable[str], *, stays: bool) -> Json:
    """The status of one that cannot be; ``stays`` says that what it made before is still there."""
    told = status.listed(why, "; ") + ("; what is installed stays" if stays else "")
    return status.of(item, State.REJECTED, told, [status.condition(item, "Accepted", False, "Rejected", told)])


def gone(item: Json, wanted: Collection[Label], world: World) -> Json:
    """The status of one that is disabled: pending as long as a program is there that nothing wants."""
    left = [label(one)[1] for one in _workloads(world) if kinds.ours(one) and label(one) not in wanted]
    waiting = f"still there: {status.listed(left, ', ')}" if left else ""
    return _told(item, waiting, "not installed", State.ACCEPTED, [])


def installed(item: Json, told: str, asked: Asked | None, made: Sequence[Json], world: World) -> Json:
    """The status of one that makes objects: pending until each of its programs is available."""
    known = {label(one): one for one in _workloads(world)}
    wanted = [label(one) for one in made if one["kind"] in rollout.KINDS]
    missing = [one[1] for one in wanted if one not in known or not rollout.available(known[one])]
    waiting = f"waiting for {status.listed(missing, ', ')}" if missing else ""
    lacks = status.listed(_lacking(asked), "; ")
    return _told(item, waiting, lacks or told, State.WARNING if lacks else State.ACCEPTED, list(_unenforced(asked)))


def _told(item: Json, waiting: str, told: str, state: State, unenforced: Sequence[str]) -> Json:
    state, reason = (State.PENDING, waiting) if waiting else (state, told)
    conditions = [
        status.condition(item, "Accepted", True, state.value, reason),
        status.condition(item, "Ready", not waiting, "Waiting" if waiting else "Done", reason),
    ]
    if unenforced:
        why = status.listed(unenforced, "; ")
        conditions.append(status.condition(item, "Enforced", False, "OneProxyPerNode", why))
    return status.of(item, state, reason, conditions)


def _workloads(world: World) -> Iterator[Json]:
    for kind in kinds.WORKLOADS[:2]:
        yield from kinds.items(world, kind)


def _lacking(asked: Asked | None) -> Iterator[str]:
    """What is not installed though it is asked for."""
    if isinstance(asked, IstioInstall):
        wishes = {"Grafana": asked.install_grafana, "Jaeger": asked.install_jaeger}
        yield from (f"{name} is not installed: the toolchain has none" for name, wished in wishes.items() if wished)


def _unenforced(asked: Asked | None) -> Iterator[str]:
    """What has no effect where one proxy serves the node."""
    if not isinstance(asked, IstioInstall | LinkerdInstall):
        return
    if asked.enable_auto_inject:
        yield "auto-inject: no pod gets a proxy of its own, the node's Envoy answers for all"
    if asked.enable_mtls:
        yield "mTLS: pods speak plain text, the node's Envoy has no certificates of theirs"
    if isinstance(asked, IstioInstall) and asked.custom_root_cert:
        yield "customRootCert: nothing is signed with it, since pods have no certificates"
