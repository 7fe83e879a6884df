"""``supergloo apply``: routing and security rules, written from options."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import click
from pydantic import ValidationError
from pydantic.alias_generators import to_camel

from canarylab.errors import UsageError
from canarylab.supergloo.api import routing
from canarylab.supergloo.api.data import NAMESPACE
from canarylab.supergloo.api.routing import RequestMatcher, RoutingRule, RoutingRuleSpec
from canarylab.supergloo.api.security import SecurityRule
from canarylab.supergloo.cli import target, written
from canarylab.supergloo.cli.target import Target, read_ref

Command = Callable[..., None]
_SIDES = (("source", "the pods that ask"), ("dest", "the pods that are asked"))


def _selectors() -> list[Callable[[Command], Command]]:
    ways = (("upstreams", "NAMESPACE.NAME,..."), ("namespaces", "NAMESPACE,..."), ("labels", "NAME=VALUE,..."))
    return [
        click.option(f"--{side}-{way}", multiple=True, metavar=form, help=f"{about}, by {way}")
        for side, about in _SIDES
        for way, form in ways
    ]


def rule(function: Command) -> Command:
    """The options of every rule; those of the selectors come as one argument ``selected``, fields of the rule."""

    def made(where: Target, **given: Any) -> None:
        selected = {}
        for side, field in (("source", "source_selector"), ("dest", "destination_selector")):
            ways = {way: given.pop(f"{side}_{way}") for way in ("upstreams", "namespaces", "labels")}
            if chosen := written.selector(side, ways):
                selected[field] = chosen
        function(where, selected=selected, **given)

    made.__doc__ = function.__doc__
    made.__click_params__ = getattr(function, "__click_params__", [])  # type: ignore[attr-defined]
    options: list[Callable[[Command], Command]] = [
        click.option("--name", required=True, help="the rule's name"),
        click.option("--namespace", default=NAMESPACE, show_default=True, help="the rule's namespace"),
        click.option("--target-mesh", required=True, metavar="NAMESPACE.NAME", help="the Mesh or MeshGroup"),
        *_selectors(),
    ]
    return target.options(_with(made, options))


def _with(function: Command, options: list[Callable[[Command], Command]]) -> Command:
    for option in reversed(options):
        function = option(function)
    return function


def routing_rule(function: Callable[..., RoutingRuleSpec]) -> Command:
    """A command that writes a RoutingRule, of a function from its own options to what the rule does."""

    def made(where: Target, *, name: str, namespace: str, target_mesh: str, selected: dict[str, Any],
             request_matcher: tuple[str, ...], **own: Any) -> None:  # fmt: skip
        matchers = tuple(map(_matcher, request_matcher))
        chosen = {**selected, **({"request_matchers": matchers} if matchers else {})}
        spec = RoutingRule(target_mesh=read_ref(target_mesh), spec=function(**own), **chosen)
        where.send(written.item(spec, name, namespace))

    made.__doc__ = function.__doc__
    made.__click_params__ = getattr(function, "__click_params__", [])  # type: ignore[attr-defined]
    about = 'requests that are meant, as {"prefix": "/api", "methods": ["GET"]}; any of several'
    return rule(click.option("--request-matcher", multiple=True, metavar="JSON", help=about)(made))


def _matcher(text: str) -> RequestMatcher:
    try:
        return RequestMatcher.model_validate(json.loads(text))
    except ValidationError as error:
        first = error.errors()[0]
        what = f"{'.'.join(map(str, first['loc'])) or 'it'}: {first['msg']}"
    except ValueError as error:
        what = f"not JSON: {error}"
    known = ", ".join(to_camel(name) for name in RequestMatcher.model_fields)
    raise UsageError(what, where="--request-matcher", next_step=f"write a mapping with any of {known}")


@click.group("apply")
def command() -> None:
    """Write a rule."""


@command.group("routingrule")
def routing_rules() -> None:
    """Write what is done with the requests of some pods to others."""


@routing_rules.command("trafficshifting")
@routing_rule
@click.option(
    "--destination", multiple=True, required=True, metavar="NAMESPACE.NAME:WEIGHT", help="an upstream, and its share"
)
def traffic_shifting(destination: tuple[str, ...]) -> RoutingRuleSpec:
    """Send requests elsewhere, by weight."""
    shares = tuple(map(_share, destination))
    return RoutingRuleSpec(
        traffic_shifting=routing.TrafficShifting(destinations=routing.MultiDestination(destinations=shares))
    )


def _share(text: str) -> routing.WeightedDestination:
    name, _, weight = text.rpartition(":")
    if not name or not weight.lstrip("-").isdigit():
        raise UsageError(f"{text!r} is not NAMESPACE.NAME:WEIGHT", where="--destination")
    return routing.WeightedDestination(destination=_destination(name), weight=int(weight))


def _destination(text: str) -> routing.Destination:
    return routing.Destination(upstream=read_ref(text))


@routing_rules.group("faultinjection")
def fault_injection() -> None:
    """Delay or abort requests."""


_percent = click.option(
    "--percent", "-p", type=click.FloatRange(0, 100), default=100, show_default=True, help="of the requests"
)


@fault_injection.group("abort")
def abort() -> None:
    """Have the proxy answer requests."""


@abort.command("http")
@routing_rule
@click.option("--status", "-s", type=int, required=True, help="the status of the answer")
@_percent
def abort_http(status: int, percent: float) -> RoutingRuleSpec:
    """Have the proxy answer requests with a status."""
    fault = routing.FaultInjection(percentage=percent, abort=routing.FaultAbort(http_status=status))
    return RoutingRuleSpec(fault_injection=fault)


@fault_injection.group("delay")
def delay() -> None:
    """Let requests wait."""


@delay.command("fixed")
@routing_rule
@click.option("--duration", "-d", required=True, help="how long, as 1h, 1m, 1s, 1ms")
@_percent
def delay_fixed(duration: str, percent: float) -> RoutingRuleSpec:
    """Let requests wait for a time."""
    fault = routing.FaultInjection(percentage=percent, delay=routing.FaultDelay(fixed_delay=duration))
    return RoutingRuleSpec(fault_injection=fault)


@routing_rules.command("timeout")
@routing_rule
@click.option("--duration", "-d", required=True, help="how long an answer may take, as 1h, 1m, 1s, 1ms")
def timeout(duration: str) -> RoutingRuleSpec:
    """Bound how long an answer may take."""
    return RoutingRuleSpec(request_timeout=duration)


@routing_rules.command("retries")
@routing_rule
@click.option("--attempts", type=int, required=True, help="how often a request is tried again")
@click.option("--per-try-timeout", default="", help="how long each try may take, as 1s")
@click.option("--retry-on", default="", help="upon what, as 5xx,connect-failure")
def retries(attempts: int, per_try_timeout: str, retry_on: str) -> RoutingRuleSpec:
    """Try failed requests again."""
    more = {"per_try_timeout": per_try_timeout, "retry_on": retry_on}
    most = routing.MaxRetries(attempts=attempts, **{field: value for field, value in more.items() if value})
    return RoutingRuleSpec(retries=routing.Retries(max_retries=most))


@routing_rules.command("cors")
@routing_rule
@click.option("--allow-origin", multiple=True, required=True, metavar="ORIGIN,...", help="origins that may ask")
@click.option("--allow-methods", multiple=True, metavar="METHOD,...", help="methods that they may use")
@click.option("--allow-headers", multiple=True, metavar="NAME,...", help="headers that they may send")
@click.option("--expose-headers", multiple=True, metavar="NAME,...", help="headers that they may read")
@click.option("--max-age", default="", help="how long a browser may remember it, as 1h")
@click.option("--allow-credentials", type=bool, default=None, help="whether they may send credentials")
def cors(max_age: str, allow_credentials: bool | None, **lists: tuple[str, ...]) -> RoutingRuleSpec:
    """Let pages of other origins ask."""
    given: dict[str, Any] = {field: written.words(texts) for field, texts in lists.items()}
    given |= {"max_age": max_age or None, "allow_credentials": allow_credentials}
    chosen = {field: value for field, value in given.items() if value not in (None, ())}
    return RoutingRuleSpec(cors_policy=routing.CorsPolicy(**chosen))


@routing_rules.command("mirror")
@routing_rule
@click.option("--destination", required=True, metavar="NAMESPACE.NAME", help="the upstream that gets the copies")
def mirror(destination: str) -> RoutingRuleSpec:
    """Send a copy of each request, whose answer nobody gets."""
    return RoutingRuleSpec(mirror=_destination(destination))


@routing_rules.command("headers")
@routing_rule
@click.option("--append-request-headers", multiple=True, metavar="NAME=VALUE,...", help="added to requests")
@click.option("--remove-request-headers", multiple=True, metavar="NAME,...", help="taken from requests")
@click.option("--append-response-headers", multiple=True, metavar="NAME=VALUE,...", help="added to answers")
@click.option("--remove-response-headers", multiple=True, metavar="NAME,...", help="taken from answers")
def headers(**given: tuple[str, ...]) -> RoutingRuleSpec:
    """Add and remove headers."""
    read: dict[str, Any] = {
        field: written.pairs(texts, "--" + field.replace("_", "-")) if "append" in field else written.words(texts)
        for field, texts in given.items()
        if texts
    }
    return RoutingRuleSpec(header_manipulation=routing.HeaderManipulation(**read))


@command.command("securityrule")
@rule
@click.option("--allowed-methods", multiple=True, metavar="METHOD,...", help="methods that may be used")
@click.option("--allowed-paths", multiple=True, metavar="PATH,...", help="paths that may be asked for")
def security_rule(where: Target, *, name: str, namespace: str, target_mesh: str, selected: dict[str, Any],
                  allowed_methods: tuple[str, ...], allowed_paths: tuple[str, ...]) -> None:  # fmt: skip
    """Write who may ask whom for what."""
    given = {"allowed_methods": written.words(allowed_methods), "allowed_paths": written.words(allowed_paths)}
    chosen = {**selected, **{field: value for field, value in given.items() if value}}
    where.send(written.item(SecurityRule(target_mesh=read_ref(target_mesh), **chosen), name, namespace))
