"""A bare repository behind HTTP, for Flux to read and for scenarios to push to: ``git http-backend`` does the work.

``python -m canarylab.gitops.server --port 8080 --folder /tmp/git``. Runs as a pod; whoever reaches it may push.
It needs the standard library and git alone.
"""

from __future__ import annotations

import argparse
import os
import subprocess
from email.parser import BytesHeaderParser
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

REPOSITORY = "application.git"
BRANCH = "main"
# What git asks of headers; the names are CGI's (RFC 3875).
_PASSED = {"Content-Type": "CONTENT_TYPE", "Content-Encoding": "HTTP_CONTENT_ENCODING", "Git-Protocol": "GIT_PROTOCOL"}


def make(folder: Path) -> Path:
    """A new bare repository that takes pushes."""
    made = folder / REPOSITORY
    folder.mkdir(parents=True, exist_ok=True)
    for arguments in (
        ["init", "--quiet", "--bare", f"--initial-branch={BRANCH}", str(made)],
        ["-C", str(made), "config", "http.receivepack", "true"],
    ):
        subprocess.run(["git", *arguments], check=True, env=environ(folder))
    return made


def environ(folder: Path) -> dict[str, str]:
    """For git: nobody's settings, whoever owns the folder."""
    told = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "HOME": str(folder)}
    safe = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*"}
    return {"PATH": os.environ.get("PATH", os.defpath), **told, **safe}


def answer(said: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
    """Status, headers and body of what a CGI program said."""
    head, _, body = said.partition(b"\r\n\r\n")
    headers = BytesHeaderParser().parsebytes(head)
    status = int(headers.get("Status", "200").split()[0])
    return status, [(name, value) for name, value in headers.items() if name != "Status"], body


class Backend(BaseHTTPRequestHandler):
    """Hands each request on to ``git http-backend``."""

    protocol_version = "HTTP/1.1"
    folder = Path()

    def do_GET(self) -> None:
        self._serve(b"")

    def do_POST(self) -> None:
        if "Content-Length" not in self.headers:  # git sends more than a megabyte in pieces
            self.close_connection = True
            self.send_error(HTTPStatus.LENGTH_REQUIRED)
            return
        self._serve(self.rfile.read(int(self.headers["Content-Length"])))

    def _serve(self, body: bytes) -> None:
        asked = urlsplit(self.path)
        cgi = {
            "REQUEST_METHOD": self.command, "PATH_INFO": asked.path, "QUERY_STRING": asked.query,
            "CONTENT_LENGTH": str(len(body)), "GIT_PROJECT_ROOT": str(self.folder), "GIT_HTTP_EXPORT_ALL": "1",
            "REMOTE_ADDR": self.client_address[0],
        }  # fmt: skip
        passed = {cgi_name: self.headers[name] for name, cgi_name in _PASSED.items() if name in self.headers}
        done = subprocess.run(
            ["git", "http-backend"], input=body, capture_output=True, check=False,
            env={**environ(self.folder), **cgi, **passed},
        )  # fmt: skip
        if done.returncode != 0:
            self.send_error(HTTPStatus.INTERNAL_SERVER_ERROR, explain=done.stderr.decode(errors="replace"))
            return
        status, headers, said = answer(done.stdout)
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, format: str, *args: Any) -> None:
        """One line for each request, on standard output at once."""
        print(f"{self.address_string()} {format % args}", flush=True)


def serving(port: int, folder: Path, address: str = "") -> ThreadingHTTPServer:
    """A server on a port, on every address if none is named."""
    handler = type("Of", (Backend,), {"folder": folder})
    return ThreadingHTTPServer((address, port), handler)


def main() -> None:
    parser = argparse.ArgumentParser(prog="canarylab.gitops.server")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--folder", type=Path, default=Path("/tmp/git"))  # noqa: S108 - a pod's own
    given = parser.parse_args()
    make(given.folder)
    serving(given.port, given.folder).serve_forever()


if __name__ == "__main__":
    main()
