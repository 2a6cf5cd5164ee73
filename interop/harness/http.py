"""HTTP by hand: what the server sends is seen byte for byte, and nothing is retried or followed."""

import asyncio
import json
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass
class Answer:
    status: int
    headers: dict
    body: bytes
    head: bytes

    def json(self):
        return json.loads(self.body)


async def read_lines(reader):
    """The first line, the headers (names in lower case), and the bytes they came as."""
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    headers = {}
    for line in lines[1:]:
        if line:
            name, _, value = line.partition(":")
            headers[name.strip().lower()] = value.strip()
    return lines[0], headers, head


async def read_head(reader):
    """The head of an answer."""
    first, headers, head = await read_lines(reader)
    return int(first.split(" ")[1]), headers, head


async def read_body(reader, headers):
    if "content-length" in headers:
        return await reader.readexactly(int(headers["content-length"]))
    if headers.get("transfer-encoding", "").lower() == "chunked":
        body = b""
        while size := int((await reader.readline()).split(b";")[0], 16):
            body += await reader.readexactly(size)
            await reader.readline()
        return body
    return await reader.read()


async def request(method, url, body=None, headers=None, timeout_s=15):
    """One request on its own connection; a body that is not bytes is sent as JSON."""
    parts = urlsplit(url)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    fields = {"Host": parts.netloc, "Connection": "close", **(headers or {})}
    if body is not None and not isinstance(body, bytes):
        body = json.dumps(body).encode()
        fields.setdefault("Content-Type", "application/json")
    if body is not None or method in ("POST", "PUT", "PATCH"):
        fields["Content-Length"] = str(len(body or b""))
    head = f"{method} {path or '/'} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    async with asyncio.timeout(timeout_s):
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        try:
            writer.write(head.encode("latin-1") + b"\r\n" + (body or b""))
            await writer.drain()
            status, answered, raw = await read_head(reader)
            return Answer(status, answered, await read_body(reader, answered), raw)
        finally:
            writer.close()
