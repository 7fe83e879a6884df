"""``canarylab run``: scenarios, side by side, by pytest."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from canarylab.cli import completion
from canarylab.errors import UsageError
from canarylab.shards import Shard


def _require(name: str, rung: str) -> None:
    """UsageError when there is no such cluster."""
    from canarylab.clusters.kind import record  # noqa: PLC0415 - only a cluster that is there needs it
    from canarylab.clusters.local import registry  # noqa: PLC0415 - as above

    if rung == "kind":
        record.find(name)
    else:
        registry.find(name)


@click.command("run")
@click.argument("words", metavar="FILE|NAME|FOLDER...", nargs=-1, required=True, shell_complete=completion.scenarios)
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="a value of the files; repeatable")
@click.option("--report", type=click.Path(file_okay=False, path_type=Path), default=None, help="where the report goes")
@click.option("-k", "select", default="", help="only scenarios whose names fit, as in pytest")
@click.option("-m", "markers", default="", help="only scenarios whose markers fit, as in pytest")
@click.option("-n", "workers", type=click.IntRange(0), default=None, help="how many at a time")
@click.option("--mesh", default="", help="istio or none; the first that a scenario is about if none is given")
@click.option("--flagger", default="", help="another release of Flagger than the pinned one")
@click.option("--kubernetes", default="", help="another release of Kubernetes than the pinned one")
@click.option(
    "--images", multiple=True, type=click.Path(exists=True, dir_okay=False), help="image patterns of your own"
)
@click.option("--pull", is_flag=True, help="pull images that no pattern stands for, of their registries")
@click.option("--keep", type=click.Choice(["none", "failed", "all"]), default="none", show_default=True)
@click.option(
    "--attach", default="", metavar="NAME", shell_complete=completion.clusters,
    help="a cluster of `canarylab list`, instead of new ones",
)  # fmt: skip
@click.option(
    "--cluster", type=click.Choice(["local", "kind", "existing"]), default="local", show_default=True, help="the rung"
)
@click.option(
    "--installer", type=click.Choice(["manifests", "helm"]), default=None,
    help="local: what installs the mesh and Flagger, their manifests (default) or helm",
)  # fmt: skip
@click.option(
    "--nodes", type=int, default=None, metavar="N", help="kind: how many, with the control plane; 2 if not said"
)
@click.option("--engine", default="", metavar="NAME", help="kind: docker or podman, instead of what is there")
@click.option("--node-image", default="", metavar="IMAGE", help="kind: a node image of your own")
@click.option("--context", default="", metavar="NAME", help="existing: the kubeconfig's context, always named")
@click.option("--kubeconfig", default="", metavar="FILE", help="existing: instead of KUBECONFIG's")
@click.option("--install", is_flag=True, help="existing: allow what the plan installs for the run")
@click.option("--client-image", default="", metavar="IMAGE", help="existing: an image with Python for users' pods")
@click.option("--prometheus", default="", metavar="URL", help="existing: Flagger's Prometheus, asked from here")
@click.option(
    "--namespace-label",
    "labels",
    multiple=True,
    metavar="NAME=VALUE",
    help="existing: a label of tests' namespaces; repeatable",
)
@click.option("--pause-on-failure", "pause", is_flag=True, help="wait where one has failed, before anything is undone")
@click.option("--shard", default="", metavar="K/N", help="run the K-th of N shares of them")
@click.option(
    "--shard-times", "times", multiple=True, type=click.Path(exists=True, path_type=Path), metavar="FILE",
    help="report.json, JUnit XML or a folder of these, of an earlier run: shares that take equally long; repeatable",
)  # fmt: skip
@click.option("--repeat", type=click.IntRange(1), default=1, help="run each so many times, and tell its flake rate")
@click.option("--fail-fast", is_flag=True, help="end with the first failure")
def command(  # noqa: PLR0917 - one parameter per option, by name
    words: tuple[str, ...],
    settings: tuple[str, ...],
    report: Path | None,
    select: str,
    markers: str,
    workers: int | None,
    mesh: str,
    flagger: str,
    kubernetes: str,
    images: tuple[str, ...],
    pull: bool,
    keep: str,
    attach: str,
    cluster: str,
    installer: str | None,
    nodes: int | None,
    engine: str,
    node_image: str,
    context: str,
    kubeconfig: str,
    install: bool,
    client_image: str,
    prometheus: str,
    labels: tuple[str, ...],
    pause: bool,
    shard: str,
    times: tuple[Path, ...],
    repeat: int,
    fail_fast: bool,
) -> None:
    """Run scenarios: files, folders, or names of files in the folder scenarios.

    Exit codes: 0 all came as expected (or as known upstream), 1 one did not, 2 wrong usage or file, 3 the environment.
    """
    from canarylab.scenario import find, front, load  # noqa: PLC0415 - completion needs none of it

    if pause and not sys.stdin.isatty():
        raise UsageError("--pause-on-failure waits for Enter, and there is no terminal", next_step="use --keep failed")
    if times and not shard:
        raise UsageError("--shard-times is of --shard K/N", next_step="give both")
    share = Shard.parse(shard) if shard else None
    if attach:
        _require(attach, cluster)
    given = load.settings(settings)
    files = load.every(find.files(words), given)
    load.unused(files, given)
    options = [f"--set={one}" for one in settings] + [f"--images={one}" for one in images] + [f"--keep={keep}"]
    options += [f"--namespace-label={one}" for one in labels]
    options += [f"--{name}" for name, on in (("install", install), ("pull", pull)) if on]
    named = {"mesh": mesh, "flagger": flagger, "kubernetes": kubernetes, "attach": attach, "cluster": cluster}
    named |= {"context": context, "kubeconfig": kubeconfig, "client-image": client_image, "prometheus": prometheus}
    named |= {"installer": installer or "", "engine": engine, "node-image": node_image}
    named |= {"nodes": "" if nodes is None else str(nodes)}
    options += [f"--{name}={value}" for name, value in named.items() if value]
    wishes = front.Wishes(tuple(options), report, select, markers, workers, fail_fast, repeat, pause, share, times)
    sys.exit(front.run(files, wishes))
