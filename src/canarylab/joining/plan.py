"""What a run is going to do to a cluster, told before it does it, and why it may not. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from canarylab.clusters.existing import rights
from canarylab.clusters.existing.rights import Need
from canarylab.errors import CanarylabError, EnvironmentFault, UsageError
from canarylab.joining import found as finding
from canarylab.joining.detect import DISPOSABLE
from canarylab.joining.found import Found
from canarylab.meshes import providers

_USUAL = "istio"  # the provider of a Flagger that is not told one
TESTER = "canarylab-tester"  # the namespace of a load tester that a run brings, before the run's ID


@dataclass(frozen=True)
class Plan:
    """``installs`` are the names of what is brought, for the length of the run."""

    found: Found
    context: str
    run: str
    image: str
    installs: tuple[str, ...]

    def lines(self) -> list[str]:
        """What was found and what is going to be done, a line each."""
        brought = [f"install {one} into namespace {TESTER}-{self.run}" for one in self.installs]
        return [
            f"existing cluster {self.context}",
            *(f"  found    {line}" for line in self.found.lines()),
            *(
                [f"  found    load tester: theirs, {self.found.tester_release}, {self.found.tester}"]
                if self.found.tester
                else []
            ),
            *(f"  will     {line}" for line in brought),
            f"  will     make a namespace for each test, with users in pods of {self.image}",
            f"  will     delete them at the end: what is labelled canarylab.dev/run={self.run}, and nothing else",
        ]


def make(found: Found, context: str, run: str, image: str) -> Plan:
    """The plan for what was found."""
    return Plan(found, context, run, image, () if found.tester else ("Flagger's load tester",))


def needs(found: Found) -> list[Need]:
    """The rights for all of it; what was not found is asked about in all namespaces, as Flagger has it by default."""
    made = [*rights.LOOKING, *rights.RUNNING]
    if found.prometheus or not found.metrics:
        made.append(rights.of_prometheus(found.prometheus.namespace if found.prometheus else ""))
    made.append(rights.of_tester(found.tester.namespace if found.tester else ""))
    if route := providers.route(found.provider or _USUAL):
        made.append(rights.of_route(route.kind.api_version.partition("/")[0], route.kind.plural))
    return made


def refusal(found: Found, context: str) -> CanarylabError | None:
    """Why no run can be made there; None if it can."""
    where = f"cluster {context}"
    if found.flagger is None:
        what = "there is no Flagger" if not found.others else "each Flagger there looks at one namespace alone"
        return EnvironmentFault(
            f"{what} that would look at tests' namespaces",
            where=where,
            next_step=("install it with its chart, or take -namespace (the chart's namespace) away"),
        )
    if not finding.known(found.provider):
        return EnvironmentFault(
            f"Flagger's provider {found.provider} is not known here", where=where,
            next_step=f"known: {', '.join(sorted(providers.every()))}",
        )  # fmt: skip
    return None


def require_leave(plan: Plan, *, install: bool) -> None:
    """UsageError when something would be installed and nobody has allowed it."""
    if plan.installs and not (install or plan.found.disposable):
        raise UsageError(
            f"{', '.join(plan.installs)} would have to be installed, and this cluster is not marked as disposable",
            where=f"cluster {plan.context}",
            next_step="say --install for this run, or once and for all: "
            f"kubectl annotate namespace kube-system {DISPOSABLE}=true",
        )


def require_wishes(found: Found, mesh: str, flagger: str) -> None:
    """UsageError when a run wants another mesh or Flagger than the one that is there."""
    if mesh and mesh != found.name:
        raise UsageError(
            f"the mesh there is {found.name}, not {mesh}", next_step=f"leave --mesh out, or say {found.name}"
        )
    if flagger and found.flagger and flagger != found.flagger.release:
        what = f"the Flagger there is {found.flagger.release or 'of a release that it does not tell'}, not {flagger}"
        raise UsageError(what, next_step="leave --flagger out")
