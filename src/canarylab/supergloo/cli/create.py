"""``supergloo create secret``: credentials and certificates that meshes are told of by name."""

from __future__ import annotations

import configparser
from pathlib import Path
from typing import Any

import click

from canarylab.errors import UsageError
from canarylab.supergloo.api.data import NAMESPACE
from canarylab.supergloo.cli import target
from canarylab.supergloo.cli.target import Target

Json = dict[str, Any]

_KEYS = ("aws_access_key_id", "aws_secret_access_key")
_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("create")
def command() -> None:
    """Create what other objects name."""


@command.group("secret")
def secret() -> None:
    """Create a Secret."""


@secret.command("aws")
@click.option("--name", required=True, help="the Secret's name")
@click.option("--namespace", default=NAMESPACE, show_default=True, help="its namespace")
@click.option("--access-key-id", default="", help="an access key of AWS")
@click.option("--secret-access-key", default="", envvar="AWS_SECRET_ACCESS_KEY", help="its secret")
@click.option("--file", "file", type=_file, default=None, help="a file of credentials, instead of a key")
@click.option("--profile", default="default", show_default=True, help="the profile of the file")
@target.options
def aws(where: Target, *, name: str, namespace: str, access_key_id: str, secret_access_key: str, file: Path | None,
        profile: str) -> None:  # fmt: skip
    """Create a Secret with credentials of AWS."""
    values = _credentials(file, profile) if file else dict(zip(_KEYS, (access_key_id, secret_access_key), strict=True))
    missing = [key for key in _KEYS if not values.get(key)]
    if missing:
        raise UsageError(
            f"there is no {' and no '.join(missing)}", where=str(file or "the command line"),
            next_step="give --access-key-id and --secret-access-key, or --file with a --profile that has both",
        )  # fmt: skip
    where.send(_secret(name, namespace, values))


def _credentials(file: Path, profile: str) -> dict[str, str]:
    parser = configparser.ConfigParser()
    try:
        parser.read_string(file.read_text())
    except (configparser.Error, OSError, UnicodeDecodeError) as error:
        raise UsageError("the file of credentials cannot be read", where=str(file)) from error
    return dict(parser[profile]) if parser.has_section(profile) else {}


@secret.command("tls")
@click.option("--name", required=True, help="the Secret's name")
@click.option("--namespace", default=NAMESPACE, show_default=True, help="its namespace")
@click.option("--rootcert", type=_file, required=True, help="the root certificate")
@click.option("--certchain", type=_file, required=True, help="the certificates from the root down to the CA's")
@click.option("--cacert", type=_file, required=True, help="the CA's certificate")
@click.option("--privatekey", type=_file, required=True, help="the CA's private key")
@target.options
def tls(where: Target, *, name: str, namespace: str, rootcert: Path, certchain: Path, cacert: Path,
        privatekey: Path) -> None:  # fmt: skip
    """Create a Secret with a certificate authority of one's own, in the form of Istio's `cacerts`."""
    files = {"root-cert.pem": rootcert, "cert-chain.pem": certchain, "ca-cert.pem": cacert, "ca-key.pem": privatekey}
    where.send(_secret(name, namespace, {key: file.read_text() for key, file in files.items()}))


def _secret(name: str, namespace: str, values: dict[str, str]) -> Json:
    meta = {"name": name, "namespace": namespace}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": meta, "type": "Opaque", "stringData": values}
