"""Where a command's objects go: to the API server, or with --dry-run nowhere. It is told as kubectl tells it."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import yaml

from canarylab.errors import CanarylabError, UsageError
from canarylab.kube import apply, contexts, manifests, rest
from canarylab.supergloo.api.data import API_VERSION, NAMESPACE, Ref

Json = dict[str, Any]

MANAGER = "supergloo-cli"
_MERGE = "application/merge-patch+json"
_NEXT = {
    403: "ask for the right to do so",
    404: "`supergloo init` brings SuperGloo's kinds, `supergloo get` shows what there is",
}


@dataclass(frozen=True)
class Target:
    """The cluster meant, whether anything is to be written there, and in which form objects are shown."""

    kubeconfig: Path | None
    context: str | None
    dry_run: bool = False
    output: str = ""

    def api(self) -> Any:
        """A client for the cluster."""
        return contexts.connect(self.kubeconfig, self.context)()

    def send(self, *objects: Json, namespace: str = NAMESPACE) -> None:
        """Applies objects in order, and tells what became of each or shows them.

        Those that name no namespace go to ``namespace``.
        """
        put = (lambda _item: "created (dry run)") if self.dry_run else self._put(namespace)
        for item in objects:
            said = put(item)
            if not self.output:
                click.echo(f"{reference(item)} {said}")
        if self.output:
            click.echo(shown(objects, self.output), nl=False)

    def _put(self, namespace: str) -> Callable[[Json], str]:
        api = self.api()
        return functools.partial(_applied, api, apply.Kinds(api), namespace)

    def change(self, ref: Ref, plural: str, body: Json, said: str) -> None:
        """Merges values into an object of SuperGloo's that is there."""
        where = apply.path(API_VERSION, plural, ref.namespace, ref.name)
        dry = {"dryRun": "All"} if self.dry_run else {}
        found = _sent(f"{plural} {ref}", self.api(), "PATCH", where, query=dry, body=body, content_type=_MERGE)
        if self.output:
            click.echo(shown([found], self.output), nl=False)
        else:
            click.echo(f"{reference(found)} {said}{' (dry run)' if self.dry_run else ''}")


_CLUSTER = (
    click.option("--kubeconfig", type=click.Path(path_type=Path), default=None, help="instead of KUBECONFIG's"),
    click.option("--context", default=None, help="instead of the kubeconfig's current one"),
)
_WRITING = (
    click.option("--dry-run", is_flag=True, help="write nothing"),
    click.option("-o", "--output", type=click.Choice(["yaml", "json"]), default=None, help="show the objects"),
)


def cluster(function: Callable[..., None]) -> Callable[..., None]:
    """The options by which a command that only reads finds its cluster."""
    for option in reversed(_CLUSTER):
        function = option(function)
    return function


def options(function: Callable[..., None]) -> Callable[..., None]:
    """The options by which a command that writes finds its cluster; its first argument is the Target."""

    @functools.wraps(function)
    def made(kubeconfig: Path | None, context: str | None, dry_run: bool, output: str | None, **own: Any) -> None:
        function(Target(kubeconfig, context, dry_run, output or ""), **own)

    for option in reversed((*_CLUSTER, *_WRITING)):
        made = option(made)
    return made


def shown(objects: Iterable[Json], output: str) -> str:
    """Objects as text: documents of YAML, or JSON, a list if there are several."""
    found = list(objects)
    if output == "yaml":
        return str(yaml.safe_dump_all(found, sort_keys=False))
    whole = found[0] if len(found) == 1 else {"apiVersion": "v1", "kind": "List", "items": found}
    return json.dumps(whole, indent=4) + "\n"


def reference(item: Json) -> str:
    """As kubectl names an object: ``deployment.apps/supergloo``."""
    group = item["apiVersion"].rpartition("/")[0]
    return f"{item['kind'].lower()}{'.' if group else ''}{group}/{item['metadata']['name']}"


def read_ref(text: str) -> Ref:
    """NAMESPACE.NAME, or a name in SuperGloo's own namespace."""
    namespace, dot, name = text.partition(".")
    return Ref(name=name if dot else text, namespace=namespace if dot else NAMESPACE)


def _applied(api: Any, kinds: apply.Kinds, namespace: str, item: Json) -> str:
    """Applies one object: what became of it, in kubectl's words."""
    told = manifests.label(item)
    item, where = _placed(kinds, namespace, item)
    before = _version(told, api, where)
    query = {"fieldManager": MANAGER, "force": "true"}
    after = _sent(told, api, "PATCH", where, query=query, body=item, content_type=rest.APPLY)
    if not before:
        return "created"
    return "unchanged" if before == after["metadata"]["resourceVersion"] else "configured"


def _placed(kinds: apply.Kinds, namespace: str, item: Json) -> tuple[Json, str]:
    """The object in its namespace, and its path."""
    try:
        plural, namespaced = kinds.resource(item["apiVersion"], item["kind"])
    except rest.Refused as error:
        raise _explained(error, manifests.label(item)) from error
    item = manifests.placed(item, namespace, namespaced=namespaced)
    meta = item["metadata"]
    return item, apply.path(item["apiVersion"], plural, meta["namespace"] if namespaced else "", meta["name"])


def _version(told: str, api: Any, where: str) -> str:
    """The version of an object; empty if it is not there."""
    try:
        return str(rest.send(api, "GET", where)["metadata"]["resourceVersion"])
    except rest.Refused as error:
        if error.status == 404:
            return ""
        raise _explained(error, told) from error


def _sent(told: str, api: Any, method: str, where: str, **settings: Any) -> Json:
    try:
        return rest.send(api, method, where, **settings)
    except rest.Refused as error:
        raise _explained(error, told) from error


def _explained(error: rest.Refused, told: str) -> CanarylabError:
    return UsageError(error.what, where=told, next_step=_NEXT.get(error.status, ""))
