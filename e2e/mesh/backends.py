"""Backends that podinfo cannot be: one that fails on schedule and counts, and one that speaks TCP only.

``python3 -c`` of one of these texts is the command of a pod of image python:3.
"""

from __future__ import annotations

# Fails two of each three requests with 500, and tells how many came in all; /count tells without counting.
FLAKY = """
import itertools
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

class Flaky(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    numbers, last = itertools.count(1), 0

    def do_GET(self):
        status = 200
        if self.path != "/count":
            Flaky.last = next(self.numbers)
            status = 200 if Flaky.last % 3 == 0 else 500
        data = str(Flaky.last).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_): pass

ThreadingHTTPServer(("", 8080), Flaky).serve_forever()
"""

# Sends back what it got, in capitals: no HTTP, so a proxy that took it for HTTP would break it.
SHOUT = """
import socketserver

class Shout(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write(self.rfile.read().upper())

socketserver.ThreadingTCPServer(("", 7000), Shout).serve_forever()
"""
