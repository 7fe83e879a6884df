"""A scenario as its file has it: what is given, the steps, what must come of them, and what is done at the end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from pydantic import AfterValidator, Field, create_model, model_validator

from canarylab import gitops, meshes
from canarylab.model.rollout import (
    CONFIRM_PROMOTION,
    CONFIRM_ROLLOUT,
    CONFIRM_TRAFFIC_INCREASE,
    EVENT,
    POST_ROLLOUT,
    PRE_ROLLOUT,
    ROLLBACK,
    ROLLOUT,
)
from canarylab.scenario import applications, pains
from canarylab.scenario.data import MADE, Data, Many, UnknownWord, Verb, one_of
from canarylab.scenario.expect import CLAIMS
from canarylab.scenario.objects import Listed
from canarylab.scenario.steps import STEPS
from canarylab.scenario.substitute import BUILT_IN, Scalar

HOOKS = (
    CONFIRM_ROLLOUT, PRE_ROLLOUT, ROLLOUT, CONFIRM_TRAFFIC_INCREASE, CONFIRM_PROMOTION, POST_ROLLOUT, ROLLBACK, EVENT,
)  # fmt: skip
MeshName = Annotated[str, one_of(meshes.names), Field(json_schema_extra={"enum": [*meshes.names()]})]
ApplicationName = Annotated[
    str, one_of(lambda: applications.NAMES), Field(json_schema_extra={"enum": [*applications.NAMES]})
]
HookType = Annotated[str, one_of(lambda: HOOKS), Field(json_schema_extra={"enum": list(HOOKS)})]


class Entry(Data):
    """One element of a list of steps or claims: a verb's name with its arguments."""

    model_config = MADE | {"json_schema_extra": {"minProperties": 1, "maxProperties": 1}}

    @model_validator(mode="before")
    @classmethod
    def _one_verb(cls, value: Any) -> Any:
        if isinstance(value, str):
            raise ValueError(f"write `{value}:` with its arguments behind it")
        if isinstance(value, dict) and len(value) != 1:
            told = ", ".join(map(str, value))
            raise ValueError(
                f"one thing in each `-`, its arguments deeper than its name; these are {len(value)}: {told}"
            )
        return value

    @property
    def name(self) -> str:
        """The verb's name as files write it."""
        field = next(iter(self.model_fields_set))
        return type(self).model_fields[field].alias or field

    @property
    def verb(self) -> Verb:
        found: Verb = getattr(self, next(iter(self.model_fields_set)))
        return found


def _entry(name: str, about: str, verbs: Mapping[str, type[Verb]]) -> type[Entry]:
    """The type of an element; its one key is the name of one of the verbs."""
    fields: dict[str, Any] = {
        verb.replace("-", "_"): (kind, Field(None, alias=verb, description=kind.__doc__))
        for verb, kind in verbs.items()
    }
    return create_model(name, __base__=Entry, __doc__=about, **fields)


if TYPE_CHECKING:
    StepEntry: TypeAlias = Entry
    ClaimEntry: TypeAlias = Entry
else:
    StepEntry = _entry("StepEntry", "One step.", STEPS)
    ClaimEntry = _entry("ClaimEntry", "One claim.", CLAIMS)


class User(Data):
    """Users of one kind: a pod that asks at an even pace, and what it is answered."""

    name: str = Field("users", pattern="^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$")
    """A name for them."""
    path: str = ""
    """The page that they ask for; the application's usual one if none is given."""
    headers: dict[str, str] = Field(default_factory=dict)
    """Headers, by name."""
    cookies: dict[str, str] = Field(default_factory=dict)
    """Cookies, by name."""
    pod: str = ""
    """A regular expression whose one group finds the name of the pod that answered in the answer."""
    matching: bool = True
    """In an A/B test: whether they are those whom the new revision is for."""
    grpc: str = ""
    """A gRPC method that is called instead, as `/package.Service/Method`."""
    per_second: float = Field(0.0, ge=0, le=500)
    """Requests in a second; 40 if none is given, so that a split can be told within one tick."""


class Git(Data):
    """The application comes by git: its objects are commits, and Flux applies what the repository has."""

    url: str = ""
    """A repository of yours that this machine and Flux reach, on whose branch `canarylab-NAMESPACE` all happens; if
    none is named, one of our own in the cluster, on the local rung.
    """
    path: str = Field("canarylab", pattern="^[^/.][^ ]*$")
    """The folder in it that the application's objects go to. Flux applies all that it holds."""
    interval: str = Field("1m", pattern="^([0-9]+(h|m|s|ms))+$")
    """How often Flux looks for commits, and applies what it has once more."""
    source: dict[str, Any] = Field(default_factory=dict)
    """Laid over the GitRepository's spec."""
    kustomization: dict[str, Any] = Field(default_factory=dict)
    """Laid over the Kustomization's spec."""

    def settings(self) -> gitops.Settings:
        """The same for what delivers."""
        return gitops.Settings(self.url, self.path, self.interval, self.source, self.kustomization)


class Given(Data):
    """What there is before the first step."""

    application: ApplicationName = "podinfo"
    """A built-in application with its Canary."""
    manifests: Many[str] = ()
    """Files beside the scenario with an application of your own, instead of the built-in one's; a Canary among them
    stands for the built-in one's.
    """
    container: str = ""
    """The container that `set-image` changes; the first one if none is named."""
    canary: dict[str, Any] = Field(default_factory=dict)
    """Laid over the Canary's spec, key by key; null takes a key away."""
    target: dict[str, Any] = Field(default_factory=dict)
    """Laid over the target's spec."""
    gates: Many[HookType] = ()
    """Types of webhooks that ask the canary's gate, which is closed until a step opens it."""
    listens: Many[HookType] = ()
    """Types of webhooks that go to a server that lets them pass and keeps them, for `expect: hooks`."""
    alerts: bool = False
    """Has every alert sent to that server, for `expect: alerts`."""
    objects: Many[Listed] = ()
    """Further objects, written out or in files beside the scenario."""
    git: Git | None = None
    """Has all of them, and the Canary, come by git; `{}` for a repository of its own."""
    users: Many[User] | None = None
    """The users; the application's usual ones if nothing is said, none with `[]`."""
    users_from: Literal["initialised", "installation"] = "initialised"
    """When users begin to ask; from the installation on, the application needs a Service of its own."""


def _versions(text: str) -> str:
    try:
        SpecifierSet(text)
    except InvalidSpecifier as error:
        raise ValueError("write releases as in `>=1.30,<1.45`") from error
    return text


def _issue(number: int) -> int:
    if number not in pains.ISSUES:
        raise UnknownWord(str(number), [str(one) for one in pains.ISSUES])
    return number


class Upstream(Data):
    """A known misbehaviour of Flagger: the sound behaviour stands in `expect`, the wrong one here.

    Sound in one of these releases is news, exactly the wrong one is known, and anything else fails.
    """

    issue: Annotated[int, AfterValidator(_issue)]
    """The number of its issue in fluxcd/flagger; one of those that reference/flagger.md lists."""
    versions: Annotated[str, AfterValidator(_versions)] = Field(examples=[">=1.30,<1.45"])
    """The releases of Flagger that have it."""
    observed: Many[ClaimEntry] = Field(min_length=1)
    """The exact wrong observation, as claims."""

    def applies(self, release: str) -> bool:
        """Whether a release of Flagger has it."""
        return SpecifierSet(self.versions).contains(release, prereleases=True)


class Scenario(Data):
    """A scenario of Canarylab: what is given, what is done, and what must come of it."""

    title: str = Field(min_length=1)
    """What it proves, in a sentence."""
    about: str = ""
    """More of it, for people."""
    meshes: Many[MeshName] = ()
    """The meshes that it applies to; all if none is named."""
    markers: Many[Annotated[str, Field(pattern="^[a-z][a-z0-9_-]*$")]] = ()
    """Markers for pytest's `-m`."""
    exclusive: bool = False
    """It pauses or breaks what others share, and gets a cluster of its own."""
    upstream: Upstream | None = None
    """Marks a known misbehaviour of Flagger."""
    values: dict[Annotated[str, Field(pattern="^[a-z][a-z0-9_]*$")], Scalar] = Field(default_factory=dict)
    """Values for `${name}` everywhere else; `--set name=value` overrides them."""
    given: Given = Given()
    """What there is before the first step."""
    prepare: Many[StepEntry] = ()
    """Steps that are done before the application is installed, such as those that bring a mesh and Flagger."""
    steps: Many[StepEntry] = Field(min_length=1)
    """What is done, in order."""
    until: Literal["end", "steps"] = "end"
    """When the record closes: at the rollout's end, or after the last step, for a rollout that is left waiting."""
    expect: Many[ClaimEntry] = Field(min_length=1)
    """What must have come of it, held against the whole record."""
    catch: Many[StepEntry] = ()
    """Steps that are done after a failure, to learn more; they never replace it."""
    finally_: Many[StepEntry] = Field((), alias="finally")
    """Steps that are always done at the end; each failure of theirs is reported."""

    @model_validator(mode="after")
    def _no_name_of_ours(self) -> Scenario:
        for name in self.values:
            if name in BUILT_IN:
                raise ValueError(f"`{name}` is given by the run: {BUILT_IN[name]}")
        return self
