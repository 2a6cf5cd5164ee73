"""One worker process per published SDK, each in its own virtual environment."""

import asyncio
import itertools
import json
import os
from dataclasses import dataclass

from . import places


@dataclass(frozen=True)
class Sdk:
    """A published SDK as installed in one environment."""

    environment: str
    module: str
    family: str
    reads_refusal_bodies: bool = True
    encodes_opus: bool = True

    @property
    def token_path(self):
        """Where this SDK asks for its token; decides the dialect."""
        return "/v1/auth/session-token" if self.family == "close-code" else "/v1/console/session-tokens"


SDKS = [
    Sdk("spatialreal", "spatialreal", "close-code", encodes_opus=False),
    Sdk("avatarkit", "avatarkit", "text-rule"),
    Sdk("avatarkit-ws12", "avatarkit", "text-rule", reads_refusal_bodies=False),
    Sdk("spatius", "spatius", "text-rule"),
    Sdk("spatius-ws12", "spatius", "text-rule", reads_refusal_bodies=False),
]


class Worker:
    """The process that runs scenarios with one SDK."""

    def __init__(self, sdk):
        self.sdk = sdk
        self.ids = itertools.count(1)
        self.results, self.marks = {}, {}

    async def __aenter__(self):
        python = places.CACHE / f"venv-{self.sdk.environment}" / "bin" / "python"
        log = open(places.cached("logs", f"sdk-{self.sdk.environment}.log"), "w")
        environment = {key: value for key, value in os.environ.items() if not key.upper().startswith("PYTHON")}
        environment.update(NO_PROXY="127.0.0.1,localhost", no_proxy="127.0.0.1,localhost")
        self.process = await asyncio.create_subprocess_exec(
            str(python), "-W", "ignore", str(places.INTEROP / "avatar" / "session.py"), self.sdk.module,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=log, limit=1 << 28, env=environment,
        )
        log.close()
        self.reading = asyncio.create_task(self.read())
        return self

    async def __aexit__(self, *_):
        self.process.stdin.close()
        try:
            await asyncio.wait_for(self.process.wait(), 5)
        except TimeoutError:
            self.process.kill()
        self.reading.cancel()

    async def read(self):
        while line := await self.process.stdout.readline():
            message = json.loads(line)
            if "mark" in message:
                self.marks[message["id"]].put_nowait(message["mark"])
            elif "result" in message:
                self.results.pop(message["id"]).set_result(message["result"])
        for waiting in self.results.values():
            waiting.set_exception(RuntimeError(f"the worker of {self.sdk.environment} died; see its log"))

    async def run(self, scenario, on_mark=None, timeout_s=90):
        """Runs a scenario to its end. `on_mark` is awaited with each mark's name; then the scenario goes on."""
        number = next(self.ids)
        done = self.results[number] = asyncio.get_running_loop().create_future()
        marks = self.marks[number] = asyncio.Queue()
        self.say({"id": number, **scenario})
        async with asyncio.timeout(timeout_s):
            while not done.done():
                mark = asyncio.create_task(marks.get())
                await asyncio.wait({mark, done}, return_when=asyncio.FIRST_COMPLETED)
                if mark.done():
                    if on_mark:
                        await on_mark(mark.result())
                    self.say({"go": number})
                else:
                    mark.cancel()
        result = done.result()
        if "broken" in result:
            raise RuntimeError(f"the scenario could not be run: {result['broken']}")
        return Result(result)

    def say(self, message):
        self.process.stdin.write(json.dumps(message).encode() + b"\n")


class Result:
    """What one session of an SDK saw."""

    def __init__(self, fields):
        self.fields = fields
        self.raised = fields["raised"]
        self.req_ids = fields["req_ids"]
        self.sent = fields["sent"]
        self.connection_id = fields.get("connection_id")
        self.capabilities = fields["capabilities"]
        self.events = fields["events"]

    def of(self, kind):
        return [event for event in self.events if event["kind"] == kind]

    @property
    def errors(self):
        return self.of("error")

    def clean(self):
        """Neither raised nor reported anything."""
        assert self.raised is None, f"raised at {self.raised['at']}: {self.raised['message']}"
        assert not self.errors, f"reported {self.errors[0]['message']}"
        return self
