"""A WebSocket client by hand, so that a test may send what no library would, and never read."""

import asyncio
import socket
import struct
from dataclasses import dataclass
from urllib.parse import urlsplit

from . import http

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


class Refused(Exception):
    """The upgrade was answered with something other than 101."""

    def __init__(self, answer):
        super().__init__(f"HTTP {answer.status} {answer.body[:200]!r}")
        self.answer = answer


@dataclass
class Closed(Exception):
    """The peer closed: the code of its close frame, or None when the connection dropped without one."""

    code: int | None
    reason: str = ""


class Socket:
    """One connection after its upgrade."""

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer

    @classmethod
    async def open(cls, url, headers=None, receive_buffer_bytes=None, timeout_s=10):
        parts = urlsplit(url)
        fields = {
            "Host": parts.netloc,
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
            **(headers or {}),
        }
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        head = f"GET {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        async with asyncio.timeout(timeout_s):
            plug = socket.socket()
            plug.setblocking(False)
            if receive_buffer_bytes:  # a reader that takes little before it blocks the sender
                plug.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer_bytes)
            await asyncio.get_running_loop().sock_connect(plug, (parts.hostname, parts.port))
            reader, writer = await asyncio.open_connection(sock=plug, limit=receive_buffer_bytes or 1 << 20)
            try:
                writer.write(head.encode("latin-1") + b"\r\n")
                status, answered, raw = await http.read_head(reader)
                if status != 101:
                    raise Refused(http.Answer(status, answered, await http.read_body(reader, answered), raw))
            except BaseException:
                writer.close()
                raise
            return cls(reader, writer)

    async def send(self, payload, opcode=BINARY, final=True):
        self.write(payload, opcode, final)
        await self.writer.drain()

    def write(self, payload, opcode=BINARY, final=True):
        """Queues a frame without waiting for the peer to take it."""
        first = opcode | (0x80 if final else 0)
        size = len(payload)
        if size < 126:
            head = struct.pack("!BB", first, 0x80 | size)
        elif size < 1 << 16:
            head = struct.pack("!BBH", first, 0x80 | 126, size)
        else:
            head = struct.pack("!BBQ", first, 0x80 | 127, size)
        # A mask of zeros is a valid mask, and leaves long payloads as they are.
        self.writer.write(head + b"\0\0\0\0" + payload)

    async def receive(self, timeout_s=10):
        """The next frame that is not a ping, as (opcode, payload); raises Closed at the end."""
        async with asyncio.timeout(timeout_s):
            while True:
                try:
                    opcode, payload = await self.frame()
                except (asyncio.IncompleteReadError, ConnectionError):
                    raise Closed(None) from None
                if opcode == PING:
                    await self.send(payload, PONG)
                elif opcode == CLOSE:
                    code = struct.unpack("!H", payload[:2])[0] if len(payload) >= 2 else 1005
                    raise Closed(code, payload[2:].decode("utf-8", "replace"))
                else:
                    return opcode, payload

    async def frame(self):
        first, second = await self.reader.readexactly(2)
        size = second & 0x7F
        if size == 126:
            (size,) = struct.unpack("!H", await self.reader.readexactly(2))
        elif size == 127:
            (size,) = struct.unpack("!Q", await self.reader.readexactly(8))
        return first & 0x0F, await self.reader.readexactly(size)

    async def close(self, code=1000, timeout_s=5):
        """A proper close; returns the code the peer answered with."""
        try:
            await self.send(struct.pack("!H", code), CLOSE)
            while True:
                await self.receive(timeout_s)
        except Closed as closed:
            return closed.code
        except (ConnectionError, TimeoutError):
            return None
        finally:
            self.drop()

    def drop(self):
        """Cuts the connection without a close frame."""
        self.writer.transport.abort()
