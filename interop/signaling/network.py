"""What stands between an SDK and the server: fixture pages, discovery of another make, a line that can be cut."""

import asyncio
import json
import socket
import struct

from harness import http, places

SDK_FILE = places.CACHE / "node" / "node_modules" / "agora-signaling-sdk" / "AgoraSigSDK.min.js"
TYPES = {"html": "text/html; charset=utf-8", "js": "text/javascript; charset=utf-8"}


class Pages:
    """A web server on another origin than the server under test: our pages, and the SDK as published."""

    def __init__(self):
        self.files = {f"/{name}": places.INTEROP / "node" / name for name in ("driver.html", "driver.js", "chat.html")}
        self.files["/AgoraSigSDK.min.js"] = SDK_FILE

    async def __aenter__(self):
        self.server = await asyncio.start_server(self.answer, "127.0.0.1", 0)
        self.base = f"http://127.0.0.1:{self.server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_):
        self.server.close()

    async def answer(self, reader, writer):
        try:
            first, _, _ = await http.read_lines(reader)
            path = first.split(" ")[1].split("?")[0]
            status, kind, body = self.content(path)
            head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
            writer.write(f"{head}Access-Control-Allow-Origin: *\r\nConnection: close\r\n\r\n".encode() + body)
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def content(self, path):
        if path not in self.files:
            return "404 Not Found", "text/plain", b""
        return "200 OK", TYPES[path.rsplit(".", 1)[1]], self.files[path].read_bytes()


class Discovery(Pages):
    """Answers `/getaddr` with what the test says."""

    def __init__(self, answer):
        self.body = json.dumps(answer).encode()

    def content(self, path):
        return "200 OK", "application/json", self.body


class Line:
    """A line to the server that can be cut and restored. A cut is a reset, as when a machine vanishes."""

    def __init__(self, server):
        self.host, port = server.http.removeprefix("http://").split(":")
        self.port = int(port)
        self.up, self.pairs = True, set()

    async def __aenter__(self):
        self.server = await asyncio.start_server(self.connect, "127.0.0.1", 0)
        self.url = f"ws://127.0.0.1:{self.server.sockets[0].getsockname()[1]}/signaling"
        return self

    async def __aexit__(self, *_):
        self.cut()
        self.server.close()

    def cut(self):
        """Resets every connection and refuses new ones."""
        self.up = False
        for writer in list(self.pairs):
            reset(writer)

    def drop(self):
        """Resets every connection; new ones are possible."""
        self.cut()
        self.up = True

    async def connect(self, reader, writer):
        if not self.up:
            reset(writer)
            return
        there, onward = await asyncio.open_connection(self.host, self.port)
        self.pairs |= {writer, onward}
        await asyncio.gather(self.copy(reader, onward), self.copy(there, writer))
        self.pairs -= {writer, onward}

    async def copy(self, reader, writer):
        try:
            while data := await reader.read(1 << 16):
                writer.write(data)
                await writer.drain()
        except (ConnectionError, OSError):
            pass
        finally:
            writer.close()


def reset(writer):
    plug = writer.get_extra_info("socket")
    if plug:
        plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
