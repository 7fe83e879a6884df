"""RoutingRule: what is done with the requests that pods of one kind send to pods of another."""

from __future__ import annotations

from pydantic import Field

from canarylab.supergloo.api.data import Data, Many, PodSelector, Ref


class ValueMatcher(Data):
    """A header or a parameter of the query by its name and value."""

    name: str
    """Its name."""
    value: str = ""
    """Its value; without one it only has to be there."""
    regex: bool = False
    """Whether the value is a regular expression (RE2) for all of it."""


class RequestMatcher(Data):
    """Requests for which all of this holds; of prefix, exact and regex at most one is given."""

    prefix: str | None = None
    """How the path begins."""
    exact: str | None = None
    """The whole path."""
    regex: str | None = None
    """A regular expression (RE2) for the whole path."""
    headers: Many[ValueMatcher] = ()
    """Headers that the request has."""
    query_parameters: Many[ValueMatcher] = ()
    """Parameters that its query has."""
    methods: Many[str] = ()
    """HTTP methods, one of which it has; any if none is given."""


class Subset(Data):
    """Some of the pods behind an upstream."""

    values: dict[str, str]
    """The labels that these pods have."""


class Destination(Data):
    """Where requests go."""

    upstream: Ref
    """The upstream."""
    subset: Subset | None = None
    """Some of its pods only."""


class WeightedDestination(Data):
    """A destination with its share."""

    destination: Destination
    """Where this share goes."""
    weight: int = 0
    """The share, relative to the sum of all weights."""


class MultiDestination(Data):
    """Destinations that share the requests."""

    destinations: Many[WeightedDestination] = ()
    """The destinations."""


class TrafficShifting(Data):
    """Sends requests elsewhere, by weight."""

    destinations: MultiDestination
    """Where to."""


class FaultDelay(Data):
    """Requests wait."""

    fixed_delay: str
    """How long, as 1h, 1m, 1s, 1ms."""


class FaultAbort(Data):
    """Requests are answered by the proxy."""

    http_status: int
    """The status of the answer."""


class FaultInjection(Data):
    """Delays or aborts requests; one of the two is given."""

    percentage: float | None = None
    """Of the requests; all of them if none is given."""
    delay: FaultDelay | None = None
    """Lets requests wait before they go on."""
    abort: FaultAbort | None = None
    """Answers requests with a status."""


class MaxRetries(Data):
    """A bounded number of retries."""

    attempts: int
    """How often a request is tried again."""
    per_try_timeout: str = ""
    """How long each try may take."""
    retry_on: str = ""
    """Upon what, as Envoy's x-envoy-retry-on has it, with commas."""


class Retries(Data):
    """Tries failed requests again."""

    max_retries: MaxRetries | None = None
    """A bounded number of times."""


class CorsPolicy(Data):
    """Cross-origin resource sharing."""

    allow_origin: Many[str] = ()
    """Origins that may ask; * for all."""
    allow_methods: Many[str] = ()
    """HTTP methods that they may use."""
    allow_headers: Many[str] = ()
    """Headers that they may send."""
    expose_headers: Many[str] = ()
    """Headers that they may read."""
    max_age: str = ""
    """How long a browser may remember it."""
    allow_credentials: bool | None = None
    """Whether they may send credentials."""


class HeaderManipulation(Data):
    """Adds and removes headers."""

    append_request_headers: dict[str, str] = Field(default_factory=dict)
    """Added to requests."""
    remove_request_headers: Many[str] = ()
    """Taken from requests."""
    append_response_headers: dict[str, str] = Field(default_factory=dict)
    """Added to answers."""
    remove_response_headers: Many[str] = ()
    """Taken from answers."""


class RoutingRuleSpec(Data):
    """What a rule does: one thing."""

    traffic_shifting: TrafficShifting | None = None
    """Sends requests elsewhere, by weight."""
    fault_injection: FaultInjection | None = None
    """Delays or aborts requests."""
    request_timeout: str | None = None
    """How long an answer may take, as 1h, 1m, 1s, 1ms."""
    retries: Retries | None = None
    """Tries failed requests again."""
    cors_policy: CorsPolicy | None = None
    """Cross-origin resource sharing."""
    mirror: Destination | None = None
    """Sends a copy of each request, whose answer nobody gets."""
    header_manipulation: HeaderManipulation | None = None
    """Adds and removes headers."""


class RoutingRule(Data):
    """A rule for the requests of some pods to some pods of a mesh."""

    target_mesh: Ref
    """The Mesh or MeshGroup that it holds in."""
    source_selector: PodSelector | None = None
    """The pods that ask; all if none are selected."""
    destination_selector: PodSelector | None = None
    """The pods that are asked, by their Services; all of the mesh if none are selected."""
    request_matchers: Many[RequestMatcher] = ()
    """The requests that are meant, which fit one of these; all if there is none."""
    spec: RoutingRuleSpec = RoutingRuleSpec()
    """What is done with them."""
