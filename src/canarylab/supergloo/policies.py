"""What a rule does, checked: the one policy of its spec as plain data that every mesh's compiler reads.

Of two policies of one field only one can hold for a request; those of different fields hold together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, TypeAlias

from pydantic.alias_generators import to_camel

from canarylab.supergloo import durations
from canarylab.supergloo.api import routing
from canarylab.supergloo.refusal import Refusal, only
from canarylab.supergloo.upstreams import Catalogue, Target

Pairs = tuple[tuple[str, str], ...]
_MOST_WEIGHT = 1_000_000  # as the Gateway API has it
_OK, _LAST = 200, 599


@dataclass(frozen=True)
class Shift:
    """Requests go to these targets in these shares, which are not all 0."""

    field: ClassVar[str] = "shift"
    title: ClassVar[str] = "trafficShifting"
    shares: tuple[tuple[Target, int], ...]


@dataclass(frozen=True)
class Delay:
    """A percentage of the requests waits for so many milliseconds."""

    field: ClassVar[str] = "delay"
    title: ClassVar[str] = "faultInjection.delay"
    percentage: float
    duration: int


@dataclass(frozen=True)
class Abort:
    """A percentage of the requests is answered with a status."""

    field: ClassVar[str] = "abort"
    title: ClassVar[str] = "faultInjection.abort"
    percentage: float
    status: int


@dataclass(frozen=True)
class Timeout:
    """An answer may take so many milliseconds."""

    field: ClassVar[str] = "timeout"
    title: ClassVar[str] = "requestTimeout"
    duration: int


@dataclass(frozen=True)
class Retry:
    """Failed requests are tried again; ``each`` is in milliseconds, 0 for no bound."""

    field: ClassVar[str] = "retry"
    title: ClassVar[str] = "retries"
    attempts: int
    each: int = 0
    upon: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cors:
    """Cross-origin resource sharing; ``age`` is in milliseconds, 0 for the browser's own."""

    field: ClassVar[str] = "cors"
    title: ClassVar[str] = "corsPolicy"
    origins: tuple[str, ...]
    methods: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    exposed: tuple[str, ...] = ()
    age: int = 0
    credentials: bool | None = None


@dataclass(frozen=True)
class Mirror:
    """A copy of each request goes there."""

    field: ClassVar[str] = "mirror"
    title: ClassVar[str] = "mirror"
    target: Target


@dataclass(frozen=True)
class Headers:
    """Headers that are added and removed."""

    field: ClassVar[str] = "headers"
    title: ClassVar[str] = "headerManipulation"
    request_add: Pairs = ()
    request_remove: tuple[str, ...] = ()
    response_add: Pairs = ()
    response_remove: tuple[str, ...] = ()


Policy: TypeAlias = Shift | Delay | Abort | Timeout | Retry | Cors | Mirror | Headers


@dataclass(frozen=True)
class Effects:
    """What is done with a request; nothing of what is None."""

    shift: Shift | None = None
    delay: Delay | None = None
    abort: Abort | None = None
    timeout: Timeout | None = None
    retry: Retry | None = None
    cors: Cors | None = None
    mirror: Mirror | None = None
    headers: Headers | None = None

    def with_policy(self, policy: Policy) -> Effects:
        changed: Mapping[str, Policy] = {policy.field: policy}
        return replace(self, **changed)  # type: ignore[arg-type]  # the field's name belongs to the policy's type


def read(spec: routing.RoutingRuleSpec, catalogue: Catalogue) -> Policy:
    """The one policy of a rule; Refusal if there is none, if there are two, or if it is impossible."""
    given = {name: value for name, value in spec if value is not None}
    name = only("spec.spec", [to_camel(name) for name in given], list(_READERS))
    return _READERS[name](next(iter(given.values())), catalogue)


def shift(shares: Sequence[tuple[Target, int]]) -> Shift:
    """Shares by target, those of one target together; Refusal if one is negative or too large, or if all are 0."""
    for target, weight in shares:
        if weight < 0:
            raise Refusal(f"the weight {weight} of {target.service} is negative")
        if weight > _MOST_WEIGHT:
            raise Refusal(f"the weight {weight} of {target.service} is above {_MOST_WEIGHT}")
    if not sum(weight for _, weight in shares):
        raise Refusal("the weights make 0 together: nobody would answer")
    together = {target: sum(weight for other, weight in shares if other == target) for target, _ in shares}
    return Shift(tuple(together.items()))


def _target(destination: routing.Destination, catalogue: Catalogue) -> Target:
    target = catalogue.upstream(destination.upstream)
    if destination.subset is None:
        return target
    return replace(target, labels=tuple(sorted({**dict(target.labels), **destination.subset.values}.items())))


def _shift(spec: routing.TrafficShifting, catalogue: Catalogue) -> Policy:
    return shift([(_target(one.destination, catalogue), one.weight) for one in spec.destinations.destinations])


def _fault(spec: routing.FaultInjection, _catalogue: Catalogue) -> Policy:
    percentage = 100.0 if spec.percentage is None else spec.percentage
    if not 0 <= percentage <= 100:
        raise Refusal(f"faultInjection.percentage: {percentage:g} is no percentage")
    given = [name for name in ("delay", "abort") if getattr(spec, name)]
    only("spec.spec.faultInjection", given, ["delay", "abort"])
    if spec.delay:
        return Delay(percentage, durations.milliseconds(spec.delay.fixed_delay, "faultInjection.delay.fixedDelay"))
    return Abort(percentage, _status(spec.abort.http_status if spec.abort else 0))


def _status(status: int) -> int:
    if not _OK <= status <= _LAST:
        raise Refusal(f"faultInjection.abort.httpStatus: {status} is no status from {_OK} to {_LAST}")
    return status


def _timeout(spec: str, _catalogue: Catalogue) -> Policy:
    return Timeout(durations.milliseconds(spec, "requestTimeout"))


def _retry(spec: routing.Retries, _catalogue: Catalogue) -> Policy:
    given = spec.max_retries
    if given is None:
        raise Refusal("spec.spec.retries: it is empty; say maxRetries")
    if given.attempts < 0:
        raise Refusal(f"retries.maxRetries.attempts: {given.attempts} is negative")
    each = durations.milliseconds(given.per_try_timeout, "retries.perTryTimeout") if given.per_try_timeout else 0
    return Retry(given.attempts, each, tuple(word.strip() for word in given.retry_on.split(",") if word.strip()))


def _cors(spec: routing.CorsPolicy, _catalogue: Catalogue) -> Policy:
    if not spec.allow_origin:
        raise Refusal("spec.spec.corsPolicy: it allows no origin; say allowOrigin")
    age = durations.milliseconds(spec.max_age, "corsPolicy.maxAge") if spec.max_age else 0
    return Cors(
        spec.allow_origin, spec.allow_methods, spec.allow_headers, spec.expose_headers, age, spec.allow_credentials
    )


def _mirror(spec: routing.Destination, catalogue: Catalogue) -> Policy:
    return Mirror(_target(spec, catalogue))


def _headers(spec: routing.HeaderManipulation, _catalogue: Catalogue) -> Policy:
    made = Headers(
        tuple(sorted(spec.append_request_headers.items())),
        spec.remove_request_headers,
        tuple(sorted(spec.append_response_headers.items())),
        spec.remove_response_headers,
    )
    if made == Headers():
        raise Refusal("spec.spec.headerManipulation: it is empty; say what is appended or removed")
    return made


_READERS: Mapping[str, Callable[[Any, Catalogue], Policy]] = {
    "trafficShifting": _shift,
    "faultInjection": _fault,
    "requestTimeout": _timeout,
    "retries": _retry,
    "corsPolicy": _cors,
    "mirror": _mirror,
    "headerManipulation": _headers,
}
