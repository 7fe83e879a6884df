"""A user whose connection the server closes in good order uses another one, and loses no answer."""

from __future__ import annotations

import re
import socket
import threading

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
