"""A web server with the outward signs of nginx: its process's name and title, and its file of the process id."""

import ctypes
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PR_SET_NAME = 15


def rename(name: str) -> None:
    """The name that ``pidof`` looks for, and the title that ``/proc/PID/cmdline`` shows."""
    ctypes.CDLL(None).prctl(PR_SET_NAME, name.encode(), 0, 0, 0)
    with open("/proc/self/stat") as file:
        start, end = map(int, file.read().rpartition(")")[2].split()[45:47])
    title = f"{name}: master process".encode()[: end - start - 1]
    ctypes.memset(start, 0, end - start)
    ctypes.memmove(start, title, len(title))


class Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "8")
        self.end_headers()
        self.wfile.write(b"welcome\n")


def main() -> None:
    name, port = sys.argv[1:]
    server = ThreadingHTTPServer(("", int(port)), Page)
    with open(f"/var/run/{name}.pid", "w") as file:
        file.write(f"{os.getpid()}\n")
    print(f"{name} listens on {port}", flush=True)
    rename(name)
    server.serve_forever()


main()
