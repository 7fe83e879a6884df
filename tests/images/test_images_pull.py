"""Images pulled from the real registry program, straight and through a mirror that fails."""

from __future__ import annotations

import base64
import gzip
import json
import random
import subprocess
import tarfile
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import mirror
import pushed
import pytest
import requests
from mirror import Asked, Mirror
from pushed import Entry, tar

from canarylab.images.credentials import ANONYMOUS, Credential
from canarylab.images.layout import Layout
from canarylab.images.manifest import ACCEPT
from canarylab.images.problem import Cut, PullFault
from canarylab.images.pull import Pulled, pull
from canarylab.images.registry import Repository
from canarylab.images.store import Store

LARGE = random.Random(7).randbytes(300_000)  # noqa: S311 - it is only not to be packed
LAYERS = (tar(Entry("etc/os-release", b"ID=ours\n")), tar(Entry("data", LARGE)))
USER = Credential(pushed.USER, pushed.PASSWORD)
connect = partial(Repository, stall=0.5, pause=lambda _: None)


@pytest.fixture(scope="session")
def app(registry: str, programs: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> str:
    """``REPOSITORY:TAG`` of an image of two layers in the registry."""
    layout = pushed.image(tmp_path_factory.mktemp("app") / "layout", LAYERS, {"Cmd": ["sh"]})
    pushed.push(programs["crane"], layout, f"{registry}/team/app:1")
    return "team/app:1"


@pytest.fixture
def failing(registry: str) -> Iterator[Mirror]:
    with mirror.before(registry) as made:
        yield made


def left(store_folder: Path) -> list[str]:
    """What is half-made in a store."""
    return [path.name for path in store_folder.rglob("*.part")]


def whole(pulled: Pulled) -> bool:
    return (Path(pulled.root) / "data").read_bytes() == LARGE


def test_a_tag_becomes_a_digest_a_root_and_a_configuration(registry: str, app: str, store: Store) -> None:
    pulled = pull(f"{registry}/{app}", ANONYMOUS, store)
    assert whole(pulled)
    assert (pulled.layers, pulled.config) == (2, {"Cmd": ["sh"]})
    asked = requests.head(f"http://{registry}/v2/team/app/manifests/1", timeout=30, headers={"Accept": ACCEPT})
    assert pulled.digest == asked.headers["Docker-Content-Digest"]
    assert pulled.named == f"{registry}/team/app@{pulled.digest}"


def test_crane_agrees_about_what_is_in_it(
    registry: str, app: str, programs: dict[str, Path], store: Store, tmp_path: Path
) -> None:
    """crane unpacks it by itself, into a tar."""
    subprocess.run([programs["crane"], "export", f"{registry}/{app}", tmp_path / "all.tar"], check=True)
    root = Path(pull(f"{registry}/{app}", ANONYMOUS, store).root)
    with tarfile.open(tmp_path / "all.tar") as exported:
        files = {m.name.lstrip("./"): exported.extractfile(m).read() for m in exported if m.isfile()}  # type: ignore[union-attr]
    assert files == {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_a_digest_that_is_here_needs_no_registry(failing: Mirror, app: str, store: Store) -> None:
    pulled = pull(f"{failing.host}/{app}", ANONYMOUS, store)
    asked = len(failing.seen)
    assert pull(pulled.named, ANONYMOUS, store).root == pulled.root
    assert len(failing.seen) == asked


def test_a_tag_without_its_registry_tells_what_it_was(failing: Mirror, app: str, store: Store) -> None:
    pulled = pull(f"{failing.host}/{app}", ANONYMOUS, store)
    failing.guard = lambda asked: asked.refuse(429)
    with pytest.raises(PullFault, match=f"lets no more pulls by.* When .* it was {pulled.digest}"):
        pull(f"{failing.host}/{app}", ANONYMOUS, store)


def test_a_cut_connection_goes_on_where_it_was(failing: Mirror, app: str, store: Store) -> None:
    failing.faults = [mirror.cut(10 << 13), mirror.cut((10 << 13) + 5)]
    assert whole(pull(f"{failing.host}/{app}", ANONYMOUS, store, connect))
    assert [asked for asked in failing.blobs if asked] == [f"bytes={10 << 13}-", f"bytes={20 << 13}-"]


def test_a_server_that_knows_no_ranges_begins_anew(failing: Mirror, app: str, store: Store) -> None:
    def guard(asked: Asked) -> bool:
        del asked.headers["Range"]
        return True

    failing.guard, failing.faults = guard, [mirror.cut(70_000)]
    assert whole(pull(f"{failing.host}/{app}", ANONYMOUS, store, connect))


def test_a_connection_that_is_always_cut_fails_in_words_and_leaves_nothing(
    failing: Mirror, app: str, store: Store, tmp_path: Path
) -> None:
    failing.faults = [mirror.cut(0)] * 4
    with pytest.raises(Cut, match=f"the connection to {failing.host} was cut"):
        pull(f"{failing.host}/{app}", ANONYMOUS, store, connect)
    assert left(tmp_path) == []
    failing.seen.clear()
    assert whole(pull(f"{failing.host}/{app}", ANONYMOUS, store, connect))
    assert len(failing.blobs) == 1  # what had come whole was kept


def test_other_bytes_than_the_digest_says_are_not_kept(failing: Mirror, app: str, store: Store, tmp_path: Path) -> None:
    failing.faults = [mirror.lie]
    with pytest.raises(PullFault, match=r"what .* sent is not the blob sha256:\w+: it is sha256:"):
        pull(f"{failing.host}/{app}", ANONYMOUS, store, connect)
    assert left(tmp_path) == []
    assert whole(pull(f"{failing.host}/{app}", ANONYMOUS, store, connect))


def test_another_manifest_than_the_digest_says_is_refused(failing: Mirror, app: str, store: Store) -> None:
    def guard(asked: Asked) -> bool:
        asked.path = "/v2/team/app/manifests/1"
        return True

    failing.guard = guard
    with pytest.raises(PullFault, match=r"is not the manifest sha256:0{64}"):
        pull(f"{failing.host}/team/app@sha256:{'0' * 64}", ANONYMOUS, store, connect)


def test_a_slow_mirror_may_take_longer_than_the_bound(failing: Mirror, app: str, store: Store) -> None:
    failing.faults = [mirror.drip(20, 0.05)]
    assert whole(pull(f"{failing.host}/{app}", ANONYMOUS, store, connect))


def test_a_mirror_that_stands_still_is_left_within_the_bound(failing: Mirror, app: str, store: Store) -> None:
    failing.faults = [mirror.stand_still] * 30
    with pytest.raises(Cut, match=rf"nothing came from {failing.host} for 0.1 s"):
        pull(f"{failing.host}/{app}", ANONYMOUS, store, partial(Repository, stall=0.1, pause=lambda _: None))


@pytest.mark.parametrize(
    ("code", "words"),
    [(404, "is not there"), (403, "to nobody without credentials"), (429, "no more pulls"), (503, "answers 503")],
)
def test_what_a_registry_answers_is_told_in_words(
    failing: Mirror, app: str, store: Store, code: int, words: str
) -> None:
    failing.guard = lambda asked: asked.refuse(code)
    with pytest.raises(PullFault, match=words):
        pull(f"{failing.host}/{app}", ANONYMOUS, store, connect)


@pytest.mark.parametrize(
    ("host", "words"), [("127.0.0.1:1", "connection refused"), ("nowhere.invalid", "there is no such name")]
)
def test_a_registry_that_is_not_there_is_told(store: Store, host: str, words: str) -> None:
    with pytest.raises(PullFault, match=f"{host} cannot be reached: {words}"):
        pull(f"{host}/app:1", ANONYMOUS, store, connect)


def test_two_who_pull_at_once_fetch_once(failing: Mirror, app: str, store: Store) -> None:
    failing.faults = [mirror.drip(3, 0.02)] * 3
    pulls = [threading.Thread(target=pull, args=(f"{failing.host}/{app}", ANONYMOUS, store)) for _ in range(3)]
    for each in pulls:
        each.start()
    for each in pulls:
        each.join()
    assert len(failing.blobs) == 3


def test_a_password_is_asked_for_and_given(programs: dict[str, Path], store: Store, tmp_path: Path) -> None:
    """The registry's own htpasswd."""
    layout = pushed.image(tmp_path / "layout", LAYERS)
    with pushed.registry(programs["registry"], tmp_path / "served", pushed.HTPASSWD) as host:
        pushed.push(programs["crane"], layout, f"{host}/app:1", pushed.login(tmp_path / "docker", host))
        with pytest.raises(PullFault, match="gives app to nobody without credentials") as nobody:
            pull(f"{host}/app:1", ANONYMOUS, store, connect)
        assert f"docker login {host}" in nobody.value.next_step
        with pytest.raises(PullFault, match="does not give app to the user of these credentials"):
            pull(f"{host}/app:1", Credential(pushed.USER, "guess"), store, connect)
        assert whole(pull(f"{host}/app:1", USER, store, connect))


def tokens(asked: Asked) -> bool:
    """A stand-in for a registry's token server, at the mirror's own /token."""
    host, authorization = asked.mirror.host, asked.headers.get("Authorization", "")
    if not asked.path.startswith("/token"):
        told = f'Bearer realm="http://{host}/token",service="{host}",scope="repository:team/app:pull"'
        return authorization == "Bearer good" or asked.refuse(401, WWW_Authenticate=told)
    expected = "Basic " + base64.b64encode(f"{pushed.USER}:{pushed.PASSWORD}".encode()).decode()
    if authorization != expected or "scope=repository%3Ateam%2Fapp%3Apull" not in asked.path:
        return asked.refuse(401)
    body = json.dumps({"token": "good"}).encode()
    asked.send_response(200)
    asked.send_header("Content-Length", str(len(body)))
    asked.end_headers()
    asked.wfile.write(body)
    return False


def test_a_token_server_is_asked_once_for_an_image(failing: Mirror, app: str, store: Store) -> None:
    failing.guard = tokens
    assert whole(pull(f"{failing.host}/{app}", USER, store, connect))
    assert len([path for path, _ in failing.seen if path.startswith("/token")]) == 1


def test_a_token_server_that_refuses_is_told_as_the_registry(failing: Mirror, app: str, store: Store) -> None:
    failing.guard = tokens
    with pytest.raises(PullFault, match="to the user of these credentials"):
        pull(f"{failing.host}/{app}", Credential(pushed.USER, "guess"), store, connect)


def test_an_index_leads_to_this_machines_image(
    registry: str, programs: dict[str, Path], store: Store, tmp_path: Path
) -> None:
    ours = pushed.image(tmp_path / "ours", LAYERS)
    both = Layout(tmp_path / "both")
    for blob in (ours / "blobs/sha256").iterdir():
        both.file("", blob)
    entry = json.loads((ours / "index.json").read_text())["manifests"][0]
    kind = {"os": "linux", "architecture": pushed.architecture()}
    both.finish(both.index([{**entry, "platform": kind}]))
    named = pushed.push(programs["crane"], both.folder, f"{registry}/team/index:1")
    pulled = pull(f"{registry}/team/index:1", ANONYMOUS, store)
    assert (pulled.named, whole(pulled)) == (named, True)


def test_an_image_of_another_machine_is_refused(
    registry: str, programs: dict[str, Path], store: Store, tmp_path: Path
) -> None:
    layout = pushed.image(tmp_path / "layout", LAYERS, machine="s390x")
    pushed.push(programs["crane"], layout, f"{registry}/team/other:1")
    with pytest.raises(PullFault, match="it is an image for linux/s390x, and this machine is"):
        pull(f"{registry}/team/other:1", ANONYMOUS, store)


def test_a_layer_that_cannot_be_unpacked_leaves_no_root(
    registry: str, programs: dict[str, Path], store: Store, tmp_path: Path
) -> None:
    layout = pushed.image(tmp_path / "layout", [gzip.compress(b"no tar at all" * 100)])
    pushed.push(programs["crane"], layout, f"{registry}/team/broken:1")
    with pytest.raises(PullFault, match="a layer cannot be unpacked"):
        pull(f"{registry}/team/broken:1", ANONYMOUS, store)
    assert left(tmp_path / "store") == []
    assert [path for path in (tmp_path / "store/roots").iterdir() if path.is_dir()] == []
