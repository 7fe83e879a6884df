"""A server that keeps what is sent to it: each POST's path and JSON body becomes a line on standard output.

``python -m canarylab.observe.capture --port 8080``. Runs as a pod, where alerts and events are sent to.
"""

from __future__ import annotations

import argparse
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

LARGEST = 1 << 20  # bytes of a body that are kept


class Keeper(BaseHTTPRequestHandler):
    """Answers 200 to everything."""

    def do_POST(self) -> None:
        body = self.rfile.read(min(LARGEST, int(self.headers.get("Content-Length") or 0)))
        print(json.dumps({"path": self.path, "body": json.loads(body or b"null")}), flush=True)
        self.do_GET()

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing: standard output is for what was sent."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="canarylab.observe.capture")
    parser.add_argument("--port", type=int, default=8080)
    ThreadingHTTPServer(("", parser.parse_args().port), Keeper).serve_forever()


if __name__ == "__main__":
    main()
