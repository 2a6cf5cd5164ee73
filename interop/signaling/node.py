"""The SDK in a Node process."""

import asyncio
import json

from harness import places

from .clients import Worker


class Node(Worker):
    """A Node process that speaks lines of JSON."""

    def __init__(self):
        super().__init__("node")

    async def __aenter__(self):
        with open(places.cached("logs", "sdk-node.log"), "w") as log:
            self.process = await asyncio.create_subprocess_exec(
                "node", str(places.INTEROP / "node" / "worker.js"), str(places.CACHE / "node"),
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=log, limit=1 << 28,
            )
        self.reading = asyncio.create_task(self.read())
        return self

    async def __aexit__(self, *_):
        self.process.stdin.close()
        try:
            await asyncio.wait_for(self.process.wait(), 5)
        except TimeoutError:
            self.process.kill()
        self.reading.cancel()

    def thrown(self):
        """What was thrown inside the SDK: it catches some of it and logs it."""
        log = places.cached("logs", "sdk-node.log").read_text(errors="replace")
        return [line for line in log.splitlines() if "Error" in line]

    async def read(self):
        while line := await self.process.stdout.readline():
            self.hear(json.loads(line))
        self.died()

    async def say(self, message):
        self.process.stdin.write(json.dumps(message).encode() + b"\n")
