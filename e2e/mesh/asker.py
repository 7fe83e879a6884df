"""The client pod: sends as many requests as an order says, and tells every answer.

An order is a POST of JSON to port 8080. With ``until`` it asks first, uncounted, until each of the answers
described there was seen once: that the mesh has taken a configuration in is awaited by what users see of it.
"""

import http.client
import json
import socket
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

PAUSE = 0.02  # between the uncounted requests


class Host:
    """A host that is asked again and again, over one connection while it lasts."""

    def __init__(self, order):
        self.url, self.order = urlsplit(order["url"]), order
        self.connection = None

    def ask(self):
        began = time.monotonic()
        try:
            answer = self._send()
        except (OSError, http.client.HTTPException) as error:
            self.close()
            answer = {"status": 0, "error": f"{type(error).__name__}: {error}"}
        return {**answer, "seconds": time.monotonic() - began}

    def _send(self):
        if self.connection is None:
            self.connection = http.client.HTTPConnection(self.url.netloc, timeout=10)
        path = f"{self.url.path or '/'}?{self.url.query}" if self.url.query else self.url.path or "/"
        self.connection.request("GET", path, headers=self.order.get("headers", {}))
        answer = self.connection.getresponse()
        body = answer.read().decode(errors="replace")
        if answer.will_close:
            self.close()
        headers = {name.lower(): value for name, value in answer.getheaders()}
        return {"status": answer.status, "headers": headers, "body": body[:65536], "version": version_of(body)}

    def close(self):
        if self.connection is not None:
            self.connection.close()
        self.connection = None


def version_of(body):
    try:
        return json.loads(body)["version"]
    except (ValueError, KeyError, TypeError):
        return None


def fits(answer, wanted):
    headers = answer.get("headers", {})
    return all(answer.get(name, headers.get(name)) == value for name, value in wanted.items())


def follow(order):
    """The counted answers; without them the last uncounted one, which says why there are none."""
    host, missing, deadline = Host(order), list(order["until"]), time.monotonic() + order["bound"]
    try:
        while missing:
            answer = host.ask()
            missing = [wanted for wanted in missing if not fits(answer, wanted)]
            if missing and time.monotonic() > deadline:
                return {"missing": missing, "last": answer}
            time.sleep(PAUSE if missing else 0)
        return {"answers": [host.ask() for _ in range(order["count"])]}
    finally:
        host.close()


def exchange(order):
    """Bytes over TCP, and what came back."""
    with socket.create_connection((order["host"], order["port"]), timeout=10) as connection:
        connection.sendall(order["send"].encode())
        connection.shutdown(socket.SHUT_WR)
        return {"received": connection.makefile("rb").read().decode(errors="replace")}


class Orders(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # an answer ends by its length: whoever closes at once may cut it off

    def do_POST(self):
        order = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        try:
            told = exchange(order) if "send" in order else follow(order)
        except OSError as error:
            told = {"error": f"{type(error).__name__}: {error}"}
        data = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        """Says nothing."""


if __name__ == "__main__":
    ThreadingHTTPServer(("", 8080), Orders).serve_forever()
