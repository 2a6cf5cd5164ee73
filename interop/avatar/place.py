"""What every SDK test is given: an SDK, a server, and an app of its own."""

from harness.server import OtherConsole, Server, ServeServer


class Place:
    """One SDK in front of one server, as one app."""

    def __init__(self, sdk, worker, server, binary, app_id=None, api_key=None):
        self.sdk, self.worker, self.server, self.binary = sdk, worker, server, binary
        self.app_id = app_id or server.app_id
        self.api_key = api_key or server.api_key

    @property
    def text_rule(self):
        return self.sdk.family == "text-rule"

    async def session(self, steps, on_mark=None, server=None, **fields):
        """Runs one session of the SDK; `fields` replace its settings."""
        server = server or self.server
        scenario = {
            "console": server.console,
            "ingress": server.ingress,
            "app_id": self.app_id if server is self.server else server.app_id,
            "api_key": self.api_key if server is self.server else server.api_key,
            "avatar_id": server.avatar_id,
            "steps": steps,
            **fields,
        }
        return await self.worker.run(scenario, on_mark)

    async def with_token(self, token, steps=None, **fields):
        """A session that presents a token of our choice."""
        async with OtherConsole(token) as other:
            return await self.session(steps or CONNECT, console=other.console, **fields)

    async def token(self, **fields):
        fields.setdefault("api_key", self.api_key)
        return await self.server.token(self.sdk.token_path, **fields)

    async def new_app(self, credits=1_000_000, **limits):
        """(app id, API key) of a fresh app."""
        return await new_app(self.server, credits, self.sdk.environment, **limits)

    def own_server(self, **sessions):
        """Another server: `visavis serve` with these limits of its sessions, or else `visavis dev`."""
        name = f"{self.sdk.environment}-own"
        return ServeServer(self.binary, name, sessions) if sessions else Server(self.binary, name)


CONNECT = [{"op": "init"}, {"op": "start"}]


def speak(clip, **fields):
    """The step that sends a clip in chunks of 100 ms, as fast as it goes."""
    return {"op": "audio", "file": str(clip.path), "slices": [clip.chunk_bytes(100)], **fields}


def speak_in_real_time(clip, **fields):
    return speak(clip, bytes_per_s=clip.bytes_per_s, **fields)


def wait(what, count=1, timeout_s=20):
    return {"op": "wait", "what": what, "count": count, "timeout_s": timeout_s}


def sleep(seconds):
    return {"op": "sleep", "s": seconds}


CLOSE = {"op": "close"}


async def new_app(server, credits, name, **limits):
    """(app id, API key) of a fresh app."""
    made = await server.admin("POST", "/v1/apps", {"name": f"interop {name}", **limits})
    app_id = made["appId"]
    key = await server.admin("POST", f"/v1/apps/{app_id}/api-keys", {})
    if credits:
        grant = {"appId": app_id, "amount": str(credits), "note": "interop"}
        await server.admin("POST", "/v2/billing/credits/grants", grant)
    return app_id, key["apiKey"]
