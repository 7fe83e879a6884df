"""The relay on real sockets: bytes both ways, half-close, and a target that refuses."""

from __future__ import annotations

import asyncio
import contextlib
import socket

from canarylab.clusters.local import relay


async def _echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write((await reader.read()).upper())
    await writer.drain()
    writer.close()


async def _through(target_port: int, data: bytes) -> bytes:
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    serving = asyncio.create_task(relay.serve({listener.detach(): ("127.0.0.1", target_port)}))
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(data)
        writer.write_eof()
        answer = await asyncio.wait_for(reader.read(), timeout=10)
        writer.close()
        await writer.wait_closed()
        return answer
    finally:
        serving.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await serving


def test_bytes_pass_both_ways_and_the_end_of_one_side_is_passed_on() -> None:
    async def run() -> bytes:
        server = await asyncio.start_server(_echo, "127.0.0.1", 0)
        async with server:
            return await _through(server.sockets[0].getsockname()[1], b"a" * 200_000)

    assert asyncio.run(run()) == b"A" * 200_000


def test_a_target_that_refuses_closes_the_caller() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert asyncio.run(_through(port, b"")) == b""
