"""Runs avatar sessions with the published SDK of this virtual environment.

Started by the driver, one process per SDK. Reads one scenario per line of standard input, writes one result
per line of standard output; several scenarios may run at once. Imports nothing but the SDK and the standard library.
"""

import asyncio
import base64
import importlib
import json
import sys
from datetime import datetime, timedelta, timezone


class Sdk:
    """The few places where the published SDKs differ from one another."""

    def __init__(self, name):
        self.name = name
        self.module = importlib.import_module(name)
        if name == "spatius":
            self.module.configure_telemetry("")

    def new_session(self, scenario, events):
        keywords = dict(
            console_endpoint_url=scenario["console"],
            ingress_endpoint_url=scenario["ingress"],
            api_key=scenario["api_key"],
            app_id=scenario["app_id"],
            avatar_id=scenario["avatar_id"],
            use_query_auth=scenario.get("query_auth", False),
            expire_at=datetime.now(timezone.utc) + timedelta(seconds=scenario.get("expire_in_s", 600)),
            sample_rate=scenario.get("sample_rate", 16000),
            bitrate=scenario.get("bitrate", 0),
            audio_format=scenario.get("audio_format", "pcm_s16le"),
            transport_frames=events.frame,
            on_error=events.error,
            on_close=events.close,
        )
        if "encoder" in scenario:
            keywords["ogg_opus_encoder"] = self.module.OggOpusEncoderConfig(**scenario["encoder"])
        if "livekit" in scenario:
            keywords["livekit_egress"] = self.livekit(scenario["livekit"])
        if "agora" in scenario:
            keywords["agora_egress"] = self.agora(scenario["agora"])
        if self.name == "spatialreal":
            keywords["on_playback_state"] = events.playback_state
        return self.module.new_avatar_session(**keywords)

    def livekit(self, fields):
        owner = self.module if hasattr(self.module, "LiveKitEgressConfig") else self.config()
        return owner.LiveKitEgressConfig(**fields)

    def agora(self, fields):
        owner = self.module if hasattr(self.module, "AgoraEgressConfig") else self.config()
        return owner.AgoraEgressConfig(**fields)

    def config(self):
        return importlib.import_module(self.name + ".config")


class Events:
    """What the SDK called back, with the time since the scenario began."""

    def __init__(self):
        self.started = asyncio.get_running_loop().time()
        self.list = []
        self.changed = asyncio.Event()

    def now(self):
        return asyncio.get_running_loop().time() - self.started

    def add(self, kind, **fields):
        self.list.append({"kind": kind, "t": self.now(), **fields})
        self.changed.set()

    def frame(self, raw, is_last):
        self.add("frame", raw=base64.b64encode(raw).decode(), last=is_last)

    def error(self, error):
        self.add("error", **describe(error))

    def close(self):
        self.add("close")

    def playback_state(self, event):
        self.add("playback_state", req_id=event.req_id, state=event.state.value, played_ms=event.played_ms, reason=event.reason)

    def count(self, what):
        if what == "end":
            return sum(event["kind"] == "frame" and event["last"] for event in self.list)
        return sum(event["kind"] == what for event in self.list)

    async def wait(self, what, count, timeout_s):
        async with asyncio.timeout(timeout_s):
            while self.count(what) < count:
                self.changed.clear()
                await self.changed.wait()


def describe(error):
    fields = {"type": type(error).__name__, "message": str(error)}
    code = getattr(error, "code", None)
    fields["code"] = getattr(code, "value", code)
    names = ("phase", "http_status", "server_code", "server_title", "server_detail", "connection_id", "req_id",
             "raw_body", "close_code", "close_reason", "retryable")
    fields.update({name: getattr(error, name) for name in names if hasattr(error, name)})
    return fields


class Scenario:
    """One session and its steps."""

    def __init__(self, sdk, request, workplace):
        self.request = request
        self.workplace = workplace
        self.events = Events()
        self.session = sdk.new_session(request, self.events)
        self.result = {"req_ids": [], "sent": [], "marks": {}}

    async def run(self):
        raised, step = None, None
        try:
            for step in self.request["steps"]:
                await getattr(self, step["op"])(**{key: value for key, value in step.items() if key != "op"})
        except Exception as error:  # whatever the SDK raises is a result
            raised = {"at": step["op"], "t": self.events.now(), **describe(error)}
        self.result.update(raised=raised, events=self.events.list)
        self.result["capabilities"] = list(getattr(self.session, "capabilities", ()))
        try:
            async with asyncio.timeout(15):
                await self.session.close()
        except Exception as error:
            self.result["close_raised"] = describe(error)
        return self.result

    async def init(self):
        await self.session.init()

    async def start(self):
        self.result["connection_id"] = await self.session.start()

    async def audio(self, file, begin=0, stop=None, slices=(3200,), bytes_per_s=0, end="last", until_error=False):
        """Sends a part of a file, in slices of the sizes given (over and over), paced when bytes_per_s is set.

        `until_error` sends no more once the SDK has reported an error, as an application would.
        """
        with open(file, "rb") as opened:
            data = opened.read()[begin:stop]
        loop = asyncio.get_running_loop()
        began, position, turn = loop.time(), 0, 0
        req_id = None
        while position < len(data):
            size = slices[turn % len(slices)]
            piece = data[position : position + size]
            position += len(piece)
            turn += 1
            if bytes_per_s:  # a chunk is sent when its last sample has been spoken
                await asyncio.sleep(max(0, began + position / bytes_per_s - loop.time()))
            elif turn % 64 == 0:
                await asyncio.sleep(0)  # let the read loop have its turn
            if until_error and self.events.count("error"):
                return
            try:
                req_id = await self.session.send_audio(piece, end=end == "last" and position >= len(data))
            except Exception:
                await asyncio.sleep(0.3)  # the report of the same failure may be a moment behind
                if until_error and self.events.count("error"):
                    return
                raise
            self.result["sent"].append([self.events.now(), position])
        if end == "empty":
            req_id = await self.session.send_audio(b"", end=True)
        if req_id not in self.result["req_ids"]:
            self.result["req_ids"].append(req_id)

    async def wait(self, what, count=1, timeout_s=20):
        await self.events.wait(what, count, timeout_s)

    async def interrupt(self):
        self.result["interrupted"] = await self.session.interrupt()
        self.result["interrupted_at"] = self.events.now()

    async def pause(self):
        await self.session.pause()

    async def resume(self):
        await self.session.resume()

    async def sleep(self, s):
        await asyncio.sleep(s)

    async def close(self):
        self.result["errors_before_close"] = self.events.count("error")
        await self.session.close()
        await asyncio.sleep(0.2)

    async def mark(self, name):
        """Tells the driver that the scenario has come this far, and waits for its word."""
        self.result["marks"][name] = self.events.now()
        await self.workplace.ask(self.request["id"], name)


class Workplace:
    """Standard input and output."""

    def __init__(self, name):
        self.sdk = Sdk(name)
        self.waiting = {}
        self.running = set()

    async def run(self):
        reader = asyncio.StreamReader(limit=1 << 24)
        loop = asyncio.get_running_loop()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        self.say({"ready": self.sdk.name})
        while line := await reader.readline():
            request = json.loads(line)
            if "go" in request:
                self.waiting.pop(request["go"]).set_result(None)
                continue
            task = asyncio.create_task(self.scenario(request))
            self.running.add(task)
            task.add_done_callback(self.running.discard)

    async def scenario(self, request):
        try:
            result = await Scenario(self.sdk, request, self).run()
        except Exception as error:
            result = {"broken": describe(error)}
        self.say({"id": request["id"], "result": result})

    async def ask(self, scenario, name):
        self.waiting[scenario] = asyncio.get_running_loop().create_future()
        self.say({"id": scenario, "mark": name})
        await self.waiting[scenario]

    def say(self, message):
        sys.stdout.write(json.dumps(message) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(Workplace(sys.argv[1]).run())
