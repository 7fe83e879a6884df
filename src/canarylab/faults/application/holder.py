"""A program that lets others hold memory: POSTs to each URL a body that never ends. Runs as a pod.

``python -m canarylab.faults.application.holder MEBIBYTES SECONDS URL ...``. A connection that the other side closes is
made again, with a new body, until the seconds are over.
"""

from __future__ import annotations

import contextlib
import http.client
import sys
import threading
import time
from urllib.parse import urlsplit

CHUNK = 1 << 20
PACE = 16  # chunks in a second


def hold(url: str, mebibytes: int, until: float) -> None:
    """Sends the bytes and one less than was promised, and waits."""
    parts = urlsplit(url)
    while time.monotonic() < until:
        connection = http.client.HTTPConnection(parts.netloc, timeout=max(1.0, until - time.monotonic()))
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection.putrequest("POST", parts.path)
            connection.putheader("Content-Length", str(mebibytes * CHUNK + 1))
            connection.endheaders()
            for _ in range(mebibytes):
                connection.send(b"x" * CHUNK)
                time.sleep(1 / PACE)
            connection.sock.recv(1)
        connection.close()
        time.sleep(1 / PACE)


def main() -> None:
    mebibytes, seconds, *urls = sys.argv[1:]
    until = time.monotonic() + float(seconds)
    threads = [threading.Thread(target=hold, args=(url, int(mebibytes), until)) for url in urls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
