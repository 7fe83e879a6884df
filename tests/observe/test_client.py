"""A user whose connection the server closes uses another one, and slow answers do not hold up the others."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from canarylab.observe import client
from canarylab.observe.client import Pages, Task

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def test_a_connection_that_the_server_closed_is_not_used_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(5)
        closed = threading.Event()

        def serve() -> None:
            for _ in range(2):  # an answer for each connection, then it ends
                taken, _ = server.accept()
                with taken:
                    taken.recv(4096)
                    taken.sendall(ANSWER)
                closed.set()

        serving = threading.Thread(target=serve)
        serving.start()
        ask = Pages(Task(f"http://127.0.0.1:{server.getsockname()[1]}/", "", {}, re.compile("(?!)"), 1, 1))
        first = ask()
        assert closed.wait(5)
        assert (first, ask()) == ((200, "ok"), (200, "ok"))
        ask.close()
        serving.join()


class Answering(BaseHTTPRequestHandler):
    """Answers with nothing, and says nothing of it."""

    def answer(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """No line for each request."""


@contextmanager
def serving(handler: type[Answering]) -> Iterator[str]:
    """The URL of a server on the loopback."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def test_who_waits_for_an_answer_holds_up_nobody() -> None:
    """No answer comes before as many have asked as may wait at once."""
    everybody = threading.Barrier(client.WORKERS, timeout=10)

    class Slow(Answering):
        def do_GET(self) -> None:
            try:
                everybody.wait()
            except threading.BrokenBarrierError:
                self.send_error(503)
            else:
                self.answer()

    with serving(Slow) as url:
        seconds = (client.WORKERS - 0.5) / 50
        argv = [sys.executable, "-m", client.__name__, url, "--per-second", "50", "--seconds", f"{seconds}"]
        said = subprocess.run(argv, capture_output=True, text=True, timeout=30, check=True).stdout
    assert [line.split()[2] for line in said.splitlines()] == ["200"] * client.WORKERS


def test_as_long_as_answers_come_at_once_one_connection_does() -> None:
    asked: list[tuple[str, int]] = []

    class Quick(Answering):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked.append(self.client_address)
            self.answer()

    said: list[str] = []
    with serving(Quick) as url:
        client.work(Task(url, "", {}, re.compile("(?!)"), 10, 0.95), said.append)
    assert len(said) == len(asked) == 10
    assert len(set(asked)) < 10  # one, unless the machine stalls
