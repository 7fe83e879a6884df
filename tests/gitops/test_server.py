"""A repository behind HTTP on loopback, asked by the real git."""

from __future__ import annotations

import contextlib
import http.client
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from canarylab.gitops import clone, server
from canarylab.gitops.clone import Clone

pytestmark = pytest.mark.skipif(bool(clone.missing()), reason=clone.missing())


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    server.make(tmp_path / "served")
    with server.serving(0, tmp_path / "served", "127.0.0.1") as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield running.server_address[1]
        running.shutdown()
        thread.join()


def test_what_is_pushed_can_be_cloned(port: int, tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{port}/{server.REPOSITORY}"
    ours = Clone(tmp_path / "ours", "main")
    ours.make()
    ours.write({"web.yaml": "x" * 300_000})
    revision = ours.commit("begin")
    ours.push(url)
    theirs = Clone(tmp_path / "theirs", "other", url=url)
    theirs.make()
    assert theirs.git("rev-parse", "HEAD") == revision
    assert theirs.text("web.yaml") == "x" * 300_000


@pytest.mark.parametrize(("path", "status"), [("/another.git/info/refs", 404), ("/../../etc/passwd", 500)])
def test_nothing_but_the_repository_is_served(port: int, path: str, status: int) -> None:
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port)) as asked:
        asked.request("GET", path)
        assert answered(asked) == status


def test_a_request_without_a_length_is_refused(port: int) -> None:
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port)) as asked:
        asked.putrequest("POST", f"/{server.REPOSITORY}/git-receive-pack")
        asked.endheaders()
        assert answered(asked) == 411


def answered(asked: http.client.HTTPConnection) -> int:
    answer = asked.getresponse()
    answer.read()
    return answer.status


def test_a_cgi_answer_is_taken_apart() -> None:
    said = b"Status: 403 Forbidden\r\nContent-Type: text/plain\r\n\r\nno\r\n\r\nnever"
    assert server.answer(said) == (403, [("Content-Type", "text/plain")], b"no\r\n\r\nnever")
    assert server.answer(b"Content-Type: a/b\r\n\r\n")[0] == 200
