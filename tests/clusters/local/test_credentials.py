from __future__ import annotations

import stat
from pathlib import Path

import pytest
import yaml
from cryptography import x509

from canarylab.clusters.local import credentials
from canarylab.clusters.local.layout import API_ADDRESS, Folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    made = Folder(tmp_path_factory.mktemp("cluster"))
    credentials.make(made, "demo", 6443)
    return made


def test_every_secret_is_readable_by_its_owner_only(folder: Folder) -> None:
    files = [p for p in folder.root.rglob("*") if p.is_file()]
    modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in files}
    assert len(files) > 10
    assert set(modes.values()) == {0o600}


def test_the_hosts_kubeconfig_points_at_loopback_and_carries_its_authority(folder: Folder) -> None:
    outside = yaml.safe_load(folder.kubeconfig.read_text())["clusters"][0]["cluster"]
    assert outside["server"] == "https://127.0.0.1:6443"
    assert "certificate-authority-data" in outside


def test_the_api_servers_certificate_is_good_inside_and_outside(folder: Folder) -> None:
    certificate = x509.load_pem_x509_certificate((folder.pki / "apiserver.crt").read_bytes())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    addresses = {str(a) for a in names.get_values_for_type(x509.IPAddress)}
    assert addresses == {API_ADDRESS, "127.0.0.1"}
    assert "kubernetes.default.svc" in names.get_values_for_type(x509.DNSName)


def test_two_clusters_share_no_token(folder: Folder, tmp_path: Path) -> None:
    credentials.make(Folder(tmp_path), "other", 6443)
    assert (folder.pki / "admin.token").read_text() != (tmp_path / "pki" / "admin.token").read_text()
