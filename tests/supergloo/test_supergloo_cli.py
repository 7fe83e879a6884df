"""The commands of SuperGloo write what its API has, tell it as kubectl does, and explain what is wrong.

``commands/NAME.in`` holds a command line, ``NAME.out`` the objects that it writes; CANARYLAB_REGENERATE=1 writes the
latter.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from click.testing import CliRunner, Result
from faulty import FaultyServer

from canarylab.errors import CanarylabError
from canarylab.kube import manifests
from canarylab.supergloo import definitions, kinds
from canarylab.supergloo.cli import cli, main

Json = dict[str, Any]
PAGE = (Path(__file__).parents[2] / "docs" / "supergloo.md").read_text()
COMMANDS = sorted((Path(__file__).parent / "commands").glob("*.in"))
GROUP = "/apis/supergloo.solo.io/v1"
RULES = f"{GROUP}/namespaces/supergloo-system/routingrules"
TIMEOUT = "apply routingrule timeout --name t --target-mesh m --duration 1s"


def ran(command: str, *more: str) -> Result:
    return CliRunner().invoke(cli, [*shlex.split(command), *more], prog_name="supergloo")


def refused(command: str, *more: str) -> CanarylabError:
    error = ran(command, *more).exception
    assert isinstance(error, CanarylabError)
    return error


@pytest.mark.parametrize("case", COMMANDS, ids=lambda case: case.stem)
def test_a_command_writes_what_was_read_and_approved(case: Path) -> None:
    told = ran(case.read_text(), "--dry-run", "-o", "yaml")
    assert told.exit_code == 0, told.output
    approved = case.with_suffix(".out")
    if os.environ.get("CANARYLAB_REGENERATE"):
        approved.write_text(told.output)
    assert told.output == approved.read_text()


@pytest.mark.parametrize("case", COMMANDS, ids=lambda case: case.stem)
def test_what_a_command_writes_is_of_a_kind_that_has_these_fields(case: Path) -> None:
    [item] = manifests.load(case.with_suffix(".out").read_text())
    if item["kind"] != "Secret":
        [kind] = [one.type for one in definitions.DEFINITIONS if one.type.__name__ == item["kind"]]
        kind.model_validate(item["spec"])


def test_init_shows_everything_and_needs_no_cluster_for_it() -> None:
    told = ran("init --dry-run -o yaml")
    labels = [manifests.label(item) for item in manifests.load(told.output)]
    assert labels[0] == "namespace/supergloo-system"
    assert {"deployment/supergloo-system/supergloo", "clusterrole/mesh-discovery"} <= set(labels)
    assert {f"customresourcedefinition/{one.plural}.supergloo.solo.io" for one in definitions.DEFINITIONS} <= set(
        labels
    )


def test_a_dry_run_tells_what_it_would_make() -> None:
    assert ran(f"{TIMEOUT} --dry-run").output == "routingrule.supergloo.solo.io/t created (dry run)\n"


def rules(server: FaultyServer, before: Json | None, after: str) -> None:
    """The server has one rule, or none, and gives it a version when it is written."""
    server.serves("supergloo.solo.io/v1", ("RoutingRule", "routingrules", True))
    there = (200, before) if before else (404, {"message": "not found"})
    server.on("GET", f"{RULES}/t", there)
    server.on("PATCH", f"{RULES}/t", (200, {"metadata": {"resourceVersion": after}}))


@pytest.mark.parametrize(
    ("before", "after", "said"), [("", "1", "created"), ("1", "1", "unchanged"), ("1", "2", "configured")]
)
def test_what_became_of_an_object_is_told_in_kubectls_words(
    server: FaultyServer, kubeconfig: Path, before: str, after: str, said: str
) -> None:
    rules(server, {"metadata": {"resourceVersion": before}} if before else None, after)
    told = ran(TIMEOUT, "--kubeconfig", str(kubeconfig))
    assert (told.exit_code, told.output) == (0, f"routingrule.supergloo.solo.io/t {said}\n")


def test_uninstall_disables_the_install(server: FaultyServer, kubeconfig: Path) -> None:
    path = f"{GROUP}/namespaces/supergloo-system/installs/istio"
    item = {"apiVersion": "supergloo.solo.io/v1", "kind": "Install", "metadata": {"name": "istio"}}
    server.on("PATCH", path, (200, item))
    told = ran("uninstall --name istio", "--kubeconfig", str(kubeconfig))
    assert told.output == "install.supergloo.solo.io/istio uninstalled\n"
    assert server.asked[-1][3] == {"spec": {"disabled": True}}


@pytest.mark.parametrize(
    ("command", "body"),
    [
        ("set mesh stats --target-mesh supergloo-system.istio --prometheus-configmap istio-system.prometheus",
         {"monitoringConfig": {"prometheusConfigmaps": [{"name": "prometheus", "namespace": "istio-system"}]}}),
        ("set mesh rootcert --target-mesh istio --tls-secret istio-system.cacerts",
         {"mtlsConfig": {"rootCertificate": {"name": "cacerts", "namespace": "istio-system"}}}),
        ("set mesh smi --target-mesh istio", {"smiEnabled": True}),
    ],
)  # fmt: skip
def test_what_is_set_is_merged_into_the_mesh(server: FaultyServer, kubeconfig: Path, command: str, body: Json) -> None:
    path = f"{GROUP}/namespaces/supergloo-system/meshes/istio"
    item = {"apiVersion": "supergloo.solo.io/v1", "kind": "Mesh", "metadata": {"name": "istio"}}
    server.on("PATCH", path, (200, item))
    assert ran(command, "--kubeconfig", str(kubeconfig)).output == "mesh.supergloo.solo.io/istio configured\n"
    assert server.asked[-1][3] == {"spec": body}


TABLE = {
    "columnDefinitions": [
        {"name": "Name", "priority": 0},
        {"name": "State", "priority": 0},
        {"name": "Reason", "priority": 1},
    ],
    "rows": [
        {"cells": ["istio", "Accepted", "done"], "object": {"metadata": {"namespace": "supergloo-system"}}},
        {"cells": ["a-long-name", None, None], "object": {"metadata": {"namespace": "shop"}}},
    ],
}


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        ("meshes", "NAME          STATE\nistio         Accepted\na-long-name\n"),
        ("m -o wide", "NAME          STATE      REASON\nistio         Accepted   done\na-long-name\n"),
        ("mesh -A", "NAMESPACE          NAME          STATE\nsupergloo-system   istio         Accepted\n"
                    "shop               a-long-name\n"),
    ],
)  # fmt: skip
def test_objects_are_shown_in_the_servers_own_columns(
    server: FaultyServer, kubeconfig: Path, options: str, shown: str
) -> None:
    for path in (f"{GROUP}/namespaces/supergloo-system/meshes", f"{GROUP}/meshes"):
        server.on("GET", path, (200, TABLE))
    assert ran(f"get {options}", "--kubeconfig", str(kubeconfig)).output == shown


def test_one_object_is_shown_whole(server: FaultyServer, kubeconfig: Path) -> None:
    item = {"apiVersion": "supergloo.solo.io/v1", "kind": "Mesh", "metadata": {"name": "istio"}}
    server.on("GET", f"{GROUP}/namespaces/supergloo-system/meshes/istio", (200, item))
    assert yaml.safe_load(ran("get meshes istio -o yaml", "--kubeconfig", str(kubeconfig)).output) == item


def test_where_there_is_nothing_it_says_so(server: FaultyServer, kubeconfig: Path) -> None:
    server.on("GET", RULES, (200, {**TABLE, "rows": []}))
    told = ran("get rr", "--kubeconfig", str(kubeconfig))
    assert (told.exit_code, told.output) == (0, "No resources found in supergloo-system namespace.\n")


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("get nothing", "there is no kind 'nothing'"),
        ("apply routingrule trafficshifting --name t --target-mesh m --destination a",
         "'a' is not NAMESPACE.NAME:WEIGHT"),
        (f"{TIMEOUT} --dest-labels app", "'app' is not NAME=VALUE"),
        (f"{TIMEOUT} --dest-labels a=b --dest-namespaces c", "--dest-namespaces and --dest-labels exclude each other"),
        (f"{TIMEOUT} --request-matcher [", "not JSON: Expecting value"),
        (f"{TIMEOUT} --request-matcher '{{\"prefixx\": 1}}'", "prefixx: Extra inputs are not permitted"),
        ("create secret aws --name s --access-key-id x", "there is no aws_secret_access_key"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_before_any_cluster_is_asked(command: str, words: str) -> None:
    assert refused(f"{command} --dry-run" if not command.startswith("get") else command).what.startswith(words)


def test_credentials_come_from_a_file_of_aws(tmp_path: Path) -> None:
    file = tmp_path / "credentials"
    file.write_text("[work]\naws_access_key_id = AKIA\naws_secret_access_key = geheim\n")
    told = ran(f"create secret aws --name s --file {file} --profile work --dry-run -o json")
    assert yaml.safe_load(told.output)["stringData"] == {"aws_access_key_id": "AKIA", "aws_secret_access_key": "geheim"}
    assert refused(f"create secret aws --name s --file {file} --dry-run").where == str(file)


def test_a_certificate_authority_comes_from_four_files(tmp_path: Path) -> None:
    for name in ("root", "chain", "ca", "key"):
        (tmp_path / name).write_text(name)
    files = (
        f"--rootcert {tmp_path}/root --certchain {tmp_path}/chain --cacert {tmp_path}/ca --privatekey {tmp_path}/key"
    )
    told = ran(f"create secret tls --name cacerts --namespace istio-system {files} --dry-run -o yaml")
    assert yaml.safe_load(told.output)["stringData"] == {
        "root-cert.pem": "root", "cert-chain.pem": "chain", "ca-cert.pem": "ca", "ca-key.pem": "key",
    }  # fmt: skip


def test_a_cluster_without_supergloo_is_told_to_be_one(server: FaultyServer, kubeconfig: Path) -> None:
    for command in (TIMEOUT, "get meshes"):
        assert (
            "`supergloo init` brings SuperGloo's kinds" in refused(command, "--kubeconfig", str(kubeconfig)).next_step
        )


def test_what_the_server_refuses_is_told_in_its_words(server: FaultyServer, kubeconfig: Path) -> None:
    rules(server, None, "1")
    server.on("PATCH", f"{RULES}/t", (403, {"message": 'routingrules "t" is forbidden'}))
    error = refused(TIMEOUT, "--kubeconfig", str(kubeconfig))
    assert (error.what, error.where) == ('routingrules "t" is forbidden', "routingrule/supergloo-system/t")


def test_the_program_prints_three_lines_and_ends_with_the_errors_code(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["get", "nothing"])
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith(
        "supergloo: there is no kind 'nothing'\n  next:  choose one of installs (i)"
    )


def test_every_kind_can_be_shown() -> None:
    known = {one.plural for one in definitions.DEFINITIONS}
    assert {kind.plural for kind in kinds.WATCHED if kind.group == "supergloo.solo.io"} == known


def leaves(command: click.Command, words: tuple[str, ...] = ("supergloo",)) -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, by its whole name."""
    if isinstance(command, click.Group):
        for name, one in command.commands.items():
            yield from leaves(one, (*words, name))
    else:
        yield " ".join(words), command


@pytest.mark.parametrize("name", [name for name, _ in leaves(cli)])
def test_the_docs_name_every_option_of_every_command(name: str) -> None:
    section = PAGE.partition("## The command line\n")[2].partition("\n## ")[0]
    [row] = [line for line in section.splitlines() if line.startswith(f"| `{name}` |")]
    rules = section.partition("Rules are written by")[2].partition("\n\n")[0] if " apply " in name else ""
    command = dict(leaves(cli))[name]
    long = {option for one in command.params for option in one.opts if option.startswith("--")}
    common = {"--kubeconfig", "--context", "--dry-run", "--output", "--help"}
    assert {option for option in long - common if f"`{option}" not in row + rules} == set()
    assert all(f"`{option}`" in section for option in common - {"--output", "--help"})
