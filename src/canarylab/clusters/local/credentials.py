"""Certificates, keys and tokens made for one cluster and never used again: random, and mode 0600."""

from __future__ import annotations

import base64
import datetime
import ipaddress
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from canarylab.clusters.local.layout import API_ADDRESS, NODE_ADDRESS, NODE_NAME, Folder

VALIDITY = datetime.timedelta(days=365)

# file name of the kubeconfig -> (user, groups), as kubeadm names them
USERS = {
    "admin": ("canarylab:admin", "system:masters"),
    "node": (f"system:node:{NODE_NAME}", "system:nodes"),
    "controller-manager": ("system:kube-controller-manager", ""),
    "scheduler": ("system:kube-scheduler", ""),
}


def write_private(path: Path, text: str) -> None:
    """Writes a file that only its owner can read, from its first moment on."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)


@dataclass(frozen=True)
class Authority:
    """A certificate authority that signs for one cluster."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @classmethod
    def new(cls) -> Authority:
        key = ec.generate_private_key(ec.SECP256R1())
        name = _name("canarylab")
        usage = x509.KeyUsage(
            digital_signature=True, key_cert_sign=True, crl_sign=True, content_commitment=False,
            key_encipherment=False, data_encipherment=False, key_agreement=False, encipher_only=False,
            decipher_only=False,
        )  # fmt: skip
        builder = (
            _builder(name, name, key.public_key())
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(usage, critical=True)
        )
        return cls(key, builder.sign(key, hashes.SHA256()))

    def issue(self, folder: Path, file: str, user: str, group: str = "", hosts: tuple[str, ...] = ()) -> None:
        """Writes ``FILE.crt`` and ``FILE.key``: a serving certificate where there are hosts, else a client's."""
        key = ec.generate_private_key(ec.SECP256R1())
        use = ExtendedKeyUsageOID.SERVER_AUTH if hosts else ExtendedKeyUsageOID.CLIENT_AUTH
        builder = _builder(_name(user, group), self.certificate.subject, key.public_key()).add_extension(
            x509.ExtendedKeyUsage([use]), critical=False
        )
        if hosts:
            names = [_alternative(host) for host in hosts]
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        write_private(folder / f"{file}.crt", _pem(builder.sign(self.key, hashes.SHA256())))
        write_private(folder / f"{file}.key", _pem_key(key))


def _name(user: str, group: str = "") -> x509.Name:
    groups = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, group)] if group else []
    return x509.Name([*groups, x509.NameAttribute(NameOID.COMMON_NAME, user)])


def _alternative(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _builder(subject: x509.Name, issuer: x509.Name, key: Any) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=5))
        .not_valid_after(now + VALIDITY)
    )


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _pem_key(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def kubeconfig(server: str, authority: str, token: str, name: str) -> str:
    """A kubeconfig of one context; ``authority`` is the PEM text, so that the file stands alone."""
    cluster = {"server": server, "certificate-authority-data": _base64(authority)}
    return yaml.safe_dump(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": name, "cluster": cluster}],
            "users": [{"name": name, "user": {"token": token}}],
            "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
            "current-context": name,
        }
    )


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def make(folder: Folder, name: str, api_port: int) -> None:
    """Everything secret of one cluster, and the kubeconfigs of its users; ``api_port`` is the host's."""
    folder.pki.mkdir(mode=0o700)
    folder.config.mkdir(mode=0o700)
    authority = Authority.new()
    ca = _pem(authority.certificate)
    write_private(folder.pki / "ca.crt", ca)
    service = (
        "kubernetes",
        "kubernetes.default",
        "kubernetes.default.svc",
        "kubernetes.default.svc.cluster.local",
    )
    authority.issue(folder.pki, "apiserver", "kube-apiserver", hosts=(*service, "localhost", API_ADDRESS, "127.0.0.1"))
    authority.issue(folder.pki, "kubelet", NODE_NAME, hosts=(NODE_NAME, NODE_ADDRESS))
    authority.issue(folder.pki, "apiserver-kubelet-client", "kube-apiserver-kubelet-client", "system:masters")
    front = Authority.new()  # another one: whoever holds a certificate of it speaks in anybody's name
    write_private(folder.pki / "front-proxy-ca.crt", _pem(front.certificate))
    front.issue(folder.pki, "front-proxy-client", "front-proxy-client")
    signer = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    write_private(folder.pki / "service-account.key", _pem_key(signer))
    tokens = {file: secrets.token_urlsafe(32) for file in USERS}
    rows = [f'{tokens[file]},{user},{file},"{groups}"' for file, (user, groups) in USERS.items()]
    write_private(folder.pki / "tokens.csv", "\n".join(rows) + "\n")
    write_private(folder.pki / "admin.token", tokens["admin"])
    for file in USERS:
        inside = kubeconfig(f"https://{API_ADDRESS}:443", ca, tokens[file], name)
        write_private(folder.config / f"{file}.kubeconfig", inside)
    outside = kubeconfig(f"https://127.0.0.1:{api_port}", ca, tokens["admin"], f"canarylab-{name}")
    write_private(folder.kubeconfig, outside)
