"""The real binary under test."""

import asyncio
import itertools
import json
import os
import re
import shutil
import signal
import time

from . import http, places

_numbers = itertools.count(1)


class Server:
    """`visavis dev` on a port of its own."""

    def __init__(self, binary, name="dev"):
        self.binary = binary
        self.name = f"{name}-{next(_numbers)}"

    def prepare(self):
        """The command line."""
        self.ready_file = places.cached("run", f"{self.name}.json")
        self.ready_file.unlink(missing_ok=True)
        return ["dev", "--listen", "127.0.0.1:0", "--ready-file", str(self.ready_file)]

    def settings_when_ready(self):
        """What a program needs to reach the server; raises while it is not ready."""
        return json.loads(self.ready_file.read_text())

    async def __aenter__(self):
        self.log_path = places.cached("logs", f"server-{self.name}.log")
        command = self.prepare()
        environment = {key: value for key, value in os.environ.items() if not key.startswith("VISAVIS_")}
        with open(self.log_path, "w") as log:
            self.process = await asyncio.create_subprocess_exec(
                str(self.binary), *command,
                stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log, env=environment,
            )
        await self.ready()
        return self

    async def __aexit__(self, *_):
        await self.stop()

    async def ready(self, timeout_s=15):
        loop = asyncio.get_running_loop()
        began = loop.time()
        while loop.time() - began < timeout_s:
            if self.process.returncode is not None:
                raise RuntimeError(f"the server ended with {self.process.returncode}: {self.log()[-2000:]}")
            try:
                settings = self.settings_when_ready()
                break
            except (FileNotFoundError, LookupError, json.JSONDecodeError):
                await asyncio.sleep(0.02)
        else:
            raise RuntimeError(f"the server was not ready after {timeout_s} s: {self.log()[-2000:]}")
        self.ready_s = loop.time() - began
        self.settings = settings
        self.http = settings["http"]
        self.console = settings["console"]
        self.ingress = settings["ingress"]
        self.app_id = settings["app_id"]
        self.api_key = settings["api_key"]
        self.avatar_id = settings["avatar_id"]

    async def stop(self, signum=signal.SIGINT, timeout_s=15):
        """Ends it as Ctrl-C would; returns its exit status."""
        if self.process.returncode is None:
            self.process.send_signal(signum)
            try:
                await asyncio.wait_for(self.process.wait(), timeout_s)
            except TimeoutError:
                self.process.kill()
                await self.process.wait()
                raise RuntimeError(f"the server did not end within {timeout_s} s of the signal") from None
        return self.process.returncode

    def kill(self):
        """Ends it as a crash would."""
        self.process.kill()

    @property
    def alive(self):
        return self.process.returncode is None

    def resident_bytes(self):
        """Memory of the server's process, from the kernel."""
        with open(f"/proc/{self.process.pid}/status") as status:
            for line in status:
                if line.startswith("VmRSS:"):
                    return int(line.split()[1]) * 1024
        raise RuntimeError("no VmRSS")

    def log(self):
        return self.log_path.read_text(errors="replace")

    def socket_url(self, avatar_id=None, **query):
        """The WebSocket's address; `avatar_id=""` leaves the id out."""
        avatar_id = self.avatar_id if avatar_id is None else avatar_id
        fields = {**({"id": avatar_id} if avatar_id else {}), **query}
        text = "&".join(f"{key}={value}" for key, value in fields.items())
        return f"{self.ingress}/websocket" + (f"?{text}" if text else "")

    async def token(self, path, api_key=None, expire_in_s=600):
        """A session token from the endpoint at `path`; which one decides its dialect."""
        answer = await http.request(
            "POST", self.http + path, {"expireAt": int(time.time()) + expire_in_s},
            {"X-Api-Key": api_key or self.api_key},
        )
        if answer.status != 200:
            raise RuntimeError(f"token call: HTTP {answer.status} {answer.body!r}")
        return answer.json()["sessionToken"]

    async def admin(self, method, path, body=None, expected=(200, 201, 204)):
        """A call of the console API."""
        headers = {"Authorization": f"Bearer {self.settings['admin_token']}"}
        answer = await http.request(method, self.http + path, body, headers)
        if answer.status not in expected:
            raise RuntimeError(f"{method} {path}: HTTP {answer.status} {answer.body!r}")
        return answer.json() if answer.body.strip() else {}


class ServeServer(Server):
    """`visavis serve` with a configuration file and one app, on a port of its own."""

    ADMIN_TOKEN = "interop-admin-token"

    def __init__(self, binary, name, sessions):
        super().__init__(binary, name)
        self.sessions = sessions

    def prepare(self):
        data = places.cached("run", self.name, "data")
        shutil.rmtree(data, ignore_errors=True)
        config = places.cached("run", f"{self.name}.toml")
        lines = [f'listen = "127.0.0.1:0"\ndata_dir = "{data}"\nadmin_token = "{self.ADMIN_TOKEN}"\n[sessions]']
        lines += [f"{key} = {value}" for key, value in self.sessions.items()]
        config.write_text("\n".join(lines) + "\n")
        return ["serve", "--config", str(config)]

    def settings_when_ready(self):
        line = next(line for line in self.log().splitlines() if '"ready"' in line) if '"ready"' in self.log() else None
        if line is None:
            raise LookupError("not ready")
        address = re.search(r"127\.0\.0\.1:\d+", line)[0]
        return {
            "http": f"http://{address}",
            "console": f"http://{address}/v1/console",
            "ingress": f"ws://{address}/v2/driveningress",
            "app_id": "", "api_key": "", "avatar_id": "vera", "admin_token": self.ADMIN_TOKEN,
        }

    async def ready(self, timeout_s=15):
        await super().ready(timeout_s)
        self.app_id = (await self.admin("POST", "/v1/apps", {"name": "interop"}))["appId"]
        self.api_key = (await self.admin("POST", f"/v1/apps/{self.app_id}/api-keys", {}))["apiKey"]


class OtherConsole:
    """A token service of another make, which hands out one token: unmodified SDKs can then present any token."""

    def __init__(self, token):
        self.body = json.dumps({"sessionToken": token, "session_token": token}).encode()

    async def __aenter__(self):
        self.server = await asyncio.start_server(self.answer, "127.0.0.1", 0)
        port = self.server.sockets[0].getsockname()[1]
        self.console = f"http://127.0.0.1:{port}/v1/console"
        return self

    async def __aexit__(self, *_):
        self.server.close()

    async def answer(self, reader, writer):
        try:
            _, headers, _ = await http.read_lines(reader)
            await reader.readexactly(int(headers.get("content-length", 0)))
            head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(self.body)}\r\nConnection: close\r\n\r\n"
            writer.write(head.encode() + self.body)
            await writer.drain()
        finally:
            writer.close()
