"""``canarylab doctor``: what of the local rung is here, what is missing, and what stands in its way."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

import click

from canarylab.errors import EnvironmentFault
from canarylab.process import namespaces
from canarylab.toolchain import checkup, machine, spec
from canarylab.toolchain.checkup import Finding, Level
from canarylab.toolchain.versions import known

# What a cluster does first in its namespaces: a folder of its own over the host's, a bridge and a pair of devices.
_TRY = """
import subprocess, sys
if subprocess.run(["mount", "-t", "tmpfs", "none", "/run"]).returncode:
    sys.exit(1)
from pyroute2 import IPRoute
with IPRoute() as ip:
    ip.link("add", ifname="cbr0", kind="bridge")
    ip.link("add", ifname="pod0", kind="veth", peer="pod1")
"""


def try_namespaces() -> Finding:
    """Makes the namespaces of a cluster for a moment, the way that a cluster does."""
    try:
        namespaces.require()
    except EnvironmentFault as fault:
        return Finding("namespaces", Level.FAULT, fault.what, fault.next_step)
    return Finding("namespaces", Level.OK, "allowed (network, mount, PID, IPC and UTS were made, and are gone)")


def try_network() -> Finding:
    """Makes in such namespaces what a cluster needs of the kernel."""
    complained = namespaces.complaint([sys.executable, "-c", _TRY])
    if not complained:
        return Finding("network", Level.OK, "a mount, a bridge and a pair of devices were made in them")
    modules = "load the kernel modules bridge and veth (sudo modprobe bridge veth)"
    fix = modules if "NetlinkError" in complained else namespaces.why_forbidden()
    return Finding("network", Level.FAULT, f"a cluster's mounts and devices cannot be made: {complained}", fix)


def examine(flagger: str, extras: Sequence[str] = (), kubernetes: str = "") -> list[Finding]:
    """Every finding on this machine."""
    system, *others = checkup.examine(machine.gather(flagger, extras, kubernetes), known()["cost"])
    tried = [try_namespaces()]
    if checkup.runnable([*tried, *others]):
        tried.append(try_network())
    return [system, *tried, *others]


def lines(finding: Finding) -> list[str]:
    """A finding as text, with its next step below it."""
    first = f"{finding.level.value:8}{finding.subject:24}{finding.text}"
    return [first, f"{'':32}next: {finding.next_step}"] if finding.next_step else [first]


def _of_kind(kubernetes: str) -> list[Finding]:
    """The findings on the container engine and its machine; that there is none is one as well."""
    from canarylab.clusters.kind import cluster as kind  # noqa: PLC0415 - only this rung needs Kubernetes' client
    from canarylab.clusters.kind.asked import Asked  # noqa: PLC0415 - as above

    try:
        return kind.check(Asked(kubernetes))
    except EnvironmentFault as fault:
        return [Finding("engine", Level.FAULT, f"{fault.what}: {fault.where}", fault.next_step)]


@click.command("doctor")
@click.option("--cluster", type=click.Choice(["local", "kind"]), default="local", help="the rung to look at")
@click.option("--flagger", default="", metavar="VERSION", help="look for that release of Flagger")
@click.option("--kubernetes", default="", metavar="VERSION", help="look for that release of Kubernetes")
@click.option(
    "--with", "extras", default="", metavar="NAME,...", help="look for programs that only some clusters need as well"
)
@click.option("--json", "as_json", is_flag=True, help="print JSON")
def command(cluster: str, flagger: str, kubernetes: str, extras: str, as_json: bool) -> None:
    """Say what is here and what is missing; exit with 3 if the rung cannot run on this machine."""
    findings = _of_kind(kubernetes) if cluster == "kind" else examine(flagger, spec.listed(extras), kubernetes)
    able = checkup.runnable(findings)
    if as_json:
        told = {"cluster": cluster, "runs": able, "findings": [each.facts() for each in findings]}
        click.echo(json.dumps(told, indent=1))
    else:
        click.echo("\n".join(line for each in findings for line in lines(each)))
        click.echo(f"\nThe rung {cluster} {'runs' if able else 'cannot run'} on this machine.")
    if not able:
        sys.exit(3)
