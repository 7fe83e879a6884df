"""Asks what explains a canary that did not come through: its pods, and Prometheus about its checks.

The shell around ``pods``, ``diagnose`` and ``prometheus``. Nothing here can fail the verdict: what this account may
not see becomes a right that would tell more, and what does not answer is told as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial

from kubernetes import client

from canarylab.clusters.ways import Direct, Proxied
from canarylab.errors import CanarylabError
from canarylab.flagger import diagnose
from canarylab.flagger.running import Running
from canarylab.kube import rest, services
from canarylab.kube.apply import path
from canarylab.meshes import providers
from canarylab.observe.observer import PLURALS
from canarylab.report.case import Right
from canarylab.verify import pods, prometheus, rights
from canarylab.verify.stuck import Query
from canarylab.verify.subject import Check, Subject

_PROMETHEUS = "prometheus"


@dataclass
class Inquiry:
    """About one Canary. ``url`` is a Prometheus that can be reached from here; ``missing`` grows by what is refused."""

    api: client.ApiClient
    subject: Subject
    flagger: Running | None
    url: str = ""
    missing: list[Right] = field(default_factory=list)

    def pods(self) -> list[str]:
        """The pods of the target and of the primary that are not ready, and why."""
        canary = self.subject.canary
        kind, space = PLURALS.get(canary.kind), canary.namespace
        if kind is None:
            return []
        right = Right("list", "pods", f"namespace {space}", "which pods are not ready, and why")
        return [
            line
            for name in (canary.target, canary.primary)
            for line in self._attempt("the pods", partial(self._unready, kind, name), right, [])
        ]

    def _unready(self, kind: str, name: str) -> list[str]:
        space = self.subject.canary.namespace
        workload = rest.send(self.api, "GET", path("apps/v1", kind, space, name))
        labels = workload["spec"]["selector"].get("matchLabels", {})
        wanted = ",".join(f"{label}={value}" for label, value in labels.items())
        found = rest.send(self.api, "GET", path("v1", "pods", space), query={"labelSelector": wanted})
        return [why for pod in found["items"] if (why := pods.unready(pod))]

    def queries(self, metrics: Iterable[str]) -> list[Query]:
        """What is missing for each of these metrics."""
        wanted = set(metrics)
        return [self._query(one) for one in self.subject.checks if one.name in wanted]

    def _query(self, check: Check) -> Query:
        found = self._template(check) if check.template else (self._own(check), self.subject.metrics_server)
        if isinstance(found, str):
            return Query(check.name, "", (found,))
        text, address = found
        if not text:
            provider = self.subject.canary.provider
            return Query(check.name, "", (f"{check.name}: Flagger's query for the provider {provider} is not known",))
        query = diagnose.render(text, dict(self.subject.names) | {"interval": check.interval}, dict(check.variables))
        return Query(check.name, query, tuple(self._missing(query, address)))

    def _own(self, check: Check) -> str:
        """The query that the Canary gives, or Flagger's built-in one; empty where it is not known."""
        provider = self.subject.canary.provider
        names = {name: providers.worded(provider, value) for name, value in dict(self.subject.names).items()}
        return check.query or diagnose.render(providers.queries(provider).get(check.name, ""), names, {})

    def _template(self, check: Check) -> tuple[str, str] | str:
        """The query of a MetricTemplate and where it is asked; words where that cannot be told."""
        space, name = check.template_namespace, check.template
        where = path("flagger.app/v1beta1", "metrictemplates", space, name)
        try:
            found = rest.send(self.api, "GET", where)
        except CanarylabError as error:
            tells = f"the query of {check.name}"
            self._forbidden(error, Right("get", "metrictemplates.flagger.app", f"namespace {space}", tells))
            return f"{check.name}: the MetricTemplate {space}/{name} could not be read: {error.what}"
        provider = found["spec"]["provider"]
        if provider["type"] != _PROMETHEUS:
            return f"{check.name}: the MetricTemplate {space}/{name} asks {provider['type']}, not Prometheus"
        return found["spec"].get("query", ""), provider.get("address", "")

    def _missing(self, query: str, address: str) -> Iterator[str]:
        """What Prometheus says of a query's parts."""
        asker = self._asker(address)
        if asker is None:
            yield "Prometheus was not asked: it is not known where it is; give its URL with --prometheus"
            return
        space = self.flagger.namespace if self.flagger else "of Prometheus"
        right = Right("get", "services/proxy", f"namespace {space}", "which label of a query is missing")
        refused = ["Prometheus was not asked, for lack of rights; give its URL with --prometheus, if it has one"]
        yield from self._attempt("Prometheus", lambda: diagnose.diagnose(query, asker), right, refused)

    def _asker(self, address: str) -> diagnose.Asker | None:
        if self.url:
            return prometheus.asking(Direct(self.url))
        service = services.service(address, self.flagger.namespace if self.flagger else "")
        if service is not None:
            return prometheus.asking(Proxied(self.api, service)) if service.namespace else None
        return prometheus.asking(Direct(address)) if address else None

    def _attempt(self, what: str, ask: Callable[[], list[str]], right: Right, otherwise: list[str]) -> list[str]:
        """Lines; ``otherwise`` where they are refused for want of a right, and one that tells any other error."""
        try:
            return ask()
        except CanarylabError as error:
            return otherwise if self._forbidden(error, right) else [f"{what} could not be asked: {error.what}"]

    def _forbidden(self, error: CanarylabError, right: Right) -> bool:
        """Whether an error is the want of a right, which is remembered then."""
        forbidden = isinstance(error, rest.Refused) and error.status == rights.FORBIDDEN
        if forbidden:
            self.missing.append(right)
        return forbidden
