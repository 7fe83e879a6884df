"""Carries connections from listening sockets of the host's loopback to addresses inside the cluster.

The sockets were opened before the namespaces were entered and belong to the host's network; what they accept
is connected onward from here, the cluster's. ``python -m canarylab.clusters.local.relay '{"5": ["10.96.0.1", 443]}'``.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import sys

CHUNK = 1 << 16


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(CHUNK):
            writer.write(data)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()


async def _carry(target: tuple[str, int], reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One connection, both ways; a target that refuses closes the caller's side."""
    try:
        onward_reader, onward_writer = await asyncio.open_connection(*target)
    except OSError:
        writer.close()
        return
    await asyncio.gather(_copy(reader, onward_writer), _copy(onward_reader, writer))
    for side in (writer, onward_writer):
        side.close()
        with contextlib.suppress(ConnectionError):
            await side.wait_closed()


async def serve(targets: dict[int, tuple[str, int]]) -> None:
    """Relays until cancelled; ``targets`` maps a listening descriptor to an address."""
    async with contextlib.AsyncExitStack() as stack:
        for descriptor, target in targets.items():
            listener = socket.socket(fileno=descriptor)
            listener.setblocking(False)

            async def carry(
                reader: asyncio.StreamReader, writer: asyncio.StreamWriter, target: tuple[str, int] = target
            ) -> None:
                await _carry(target, reader, writer)

            server = await asyncio.start_server(carry, sock=listener)
            await stack.enter_async_context(server)
        await asyncio.Event().wait()


if __name__ == "__main__":
    parsed = json.loads(sys.argv[1])
    asyncio.run(serve({int(fd): (address, port) for fd, (address, port) in parsed.items()}))
