"""What every test is given: the SDK somewhere, a server, and names that no other test uses."""

import hashlib
import itertools
import socket
import time

from harness import places
from harness.report import expect
from harness.server import ServeServer, Server

from .clients import Session
from .network import Line

_numbers = itertools.count(1)
NO_TOKEN = "_no_need_token"


class Place:
    """One worker in front of one server."""

    def __init__(self, worker, server, binary):
        self.worker, self.server, self.binary = worker, server, binary

    def name(self, word):
        """A name for an account or channel that no other test has."""
        return unique(word)

    async def begin(self, word="user", account=None, token=NO_TOKEN, server=None, app=None, url=None, **fields):
        """Starts a login and does not wait for it. `url=""` asks discovery."""
        server = server or self.server
        account = self.name(word) if account is None else account
        fields = {"retries": 10, "retryTime": 300_000, "discovery": [server.http], **fields}
        made = await self.worker.ask(
            "login", account=account, token=token, app=server.app_id if app is None else app,
            url=signaling(server) if url is None else url, telemetry=f"{server.http}/signaling/telemetry", **fields,
        )
        return Session(self.worker, made, account)

    async def login(self, word="user", **fields):
        """A session that is logged in."""
        session = await self.begin(word, **fields)
        await session.logged_in()
        return session

    async def logins(self, *words):
        return [await self.login(word) for word in words]

    async def fails(self, code, **fields):
        """A login that must fail with this code; the session."""
        session = await self.begin(**fields)
        expect(await session.next("onLoginFailed"), [code], f"onLoginFailed of {session.account!r}")
        expect(await session.status(), 0, "status")
        return session

    def line(self, server=None):
        """A line of one's own to the server."""
        return Line(server or self.server)

    def own_server(self):
        return Durable(self.binary, f"{self.worker.name}-durable")

    async def new_app(self, **fields):
        """(app id, certificate) of a fresh app, whose logins need tokens unless its settings say otherwise."""
        return await new_app(self.server, **fields)

    async def operate(self, method, path, body=None, app=None, **fields):
        """A call of the operator API of signaling."""
        return await self.server.admin(method, f"/v1/signaling/apps/{app or self.server.app_id}{path}", body, **fields)


class Durable(Server):
    """`visavis dev` that keeps its data and its port, so that it can be started again."""

    def __init__(self, binary, name):
        super().__init__(binary, name)
        with socket.socket() as plug:
            plug.bind(("127.0.0.1", 0))
            self.listen = f"127.0.0.1:{plug.getsockname()[1]}"
        self.data = places.CACHE / "run" / f"{self.name}-{time.time_ns()}"

    def prepare(self):
        super().prepare()
        return ["dev", "--listen", self.listen, "--data-dir", str(self.data), "--ready-file", str(self.ready_file)]

    async def start(self):
        """Starts it (again)."""
        await self.__aenter__()


def unique(word):
    return f"{word}-{next(_numbers)}"


def signaling(server):
    return server.settings["signaling"]


async def new_app(server, **settings):
    app = (await server.admin("POST", "/v1/apps", {"name": "interop signaling"}))["appId"]
    path = f"/v1/signaling/apps/{app}"
    if settings:
        before = await server.admin("GET", f"{path}/settings")
        await server.admin("PUT", f"{path}/settings", {**before, **settings})
    return app, (await server.admin("GET", f"{path}/certificate"))["certificate"]


def token(account, app, certificate, expires_in_s=600, expires=None, **changed):
    """A token as an application makes it."""
    expires = int(time.time()) + expires_in_s if expires is None else expires
    digest = hashlib.md5(f"{account}{app}{certificate}{expires}".encode()).hexdigest()
    parts = {"version": "1", "app": app, "expires": expires, "digest": digest, **changed}
    return f"{parts['version']}:{parts['app']}:{parts['expires']}:{parts['digest']}"


class Limited(ServeServer):
    """`visavis serve` with these limits of its signaling, and an app that needs no tokens."""

    def __init__(self, binary, **limits):
        super().__init__(binary, "limited", {})
        self.limits = limits

    def prepare(self):
        command = super().prepare()
        config = places.CACHE / "run" / f"{self.name}.toml"
        lines = [f"{key} = {value}" for key, value in self.limits.items()]
        config.write_text(config.read_text() + "\n".join(["[signaling]", *lines]) + "\n")
        return command

    async def ready(self, timeout_s=15):
        await super().ready(timeout_s)
        self.settings["signaling"] = self.ingress.replace("/v2/driveningress", "/signaling")
        self.app_id, _ = await new_app(self, noTokenAllowed=True)
