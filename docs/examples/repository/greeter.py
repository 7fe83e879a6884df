"""A greeter: it answers each request with a greeting and the name of its pod. It needs nothing but Python."""

import itertools
import os
import socket
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

GREETING = os.environ.get("GREETING", "Hello")
# With 2 every second greeting is an error; with 0 none is.
FAIL_EVERY = int(os.environ.get("FAIL_EVERY", "0"))
greetings = itertools.count(1)


class Greeter(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path == "/ready":
            self.answer(200, "ready\n")
        elif FAIL_EVERY and next(greetings) % FAIL_EVERY == 0:
            self.answer(500, f"no words; from {socket.gethostname()}\n")
        else:
            self.answer(200, f"{GREETING} from {socket.gethostname()}\n")

    def answer(self, status: int, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Not a line for each request."""


if __name__ == "__main__":
    ThreadingHTTPServer(("", 8080), Greeter).serve_forever()
