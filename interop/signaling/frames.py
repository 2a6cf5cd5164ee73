"""The frames that an SDK sent and got, as its connection saw them; and a client that sends what no SDK would."""

import asyncio
import itertools
import json

from harness.report import expect
from harness.websocket import TEXT, Closed, Socket

from .place import NO_TOKEN, signaling, unique

MEMBERS = ("code", "name", "reason", "retryable")


def sent(connection, event=None):
    """What the SDK sent: (event, content), in order."""
    return pick(connection, "out", event)


def got(connection, event=None):
    """What the SDK got, batches opened."""
    return pick(connection, "in", event)


def pick(connection, wanted, event):
    found = []
    for direction, _, text in connection["frames"]:
        if direction == wanted and text.startswith("["):
            frame = json.loads(text)
            found += frame[1] if frame[0] == "multi" else [frame]
    return [(name, content) for name, content in found if event in (None, name)]


def replies_are_sound(connection):
    """Every call got exactly one reply, with err "" and, in a failure, the promised members; how many calls there were."""
    calls = {content[1]: content for _, content in sent(connection, "call2")}
    replies = got(connection, "call2-ret")
    answered = {number for _, (number, *_) in replies}
    expect(len(answered), len(replies), "distinct replies")
    on_purpose = {number for number, call in calls.items() if "fault:" in str(call)}
    assert answered <= set(calls), "a reply to no call"
    if connection["closed"] is None:
        expect(sorted(set(calls) - answered - on_purpose), [], f"calls of {connection['account']} without a reply")
    for _, (number, error, text) in replies:
        expect(error, "", f"err of the reply to call {number}")
        if number in on_purpose:
            continue
        body = json.loads(text)
        if body["result"] != "ok":
            failure_is_sound(body)
            expect(body["data"]["result"], body["reason"], "data.result")
    return len(calls)


def failure_is_sound(body):
    """The members that every failure carries."""
    assert isinstance(body["code"], int) and body["name"] and body["reason"], f"a failure without members: {body}"
    assert isinstance(body["retryable"], bool), f"retryable of {body}"


class Raw:
    """A connection by hand."""

    def __init__(self, socket, account):
        self.socket, self.account = socket, account
        self.numbers = itertools.count(1)
        self.line = None
        self.notices = []

    @classmethod
    async def open(cls, server, account=None, path=None, **fields):
        url = signaling(server)
        if path is not None:
            url = url.rsplit("/", 1)[0] + path
        return cls(await Socket.open(url, **fields), account or unique("raw"))

    @classmethod
    async def login(cls, server, account=None, path=None, **fields):
        """A connection that is logged in."""
        raw = await cls.open(server, account, path)
        body = await raw.log_in(server.app_id, **fields)
        expect(body["result"], "ok", f"login of {raw.account}: {body}")
        return raw

    async def log_in(self, app, token=NO_TOKEN, **fields):
        """Sends `login`; the body of `login_ret`."""
        await self.emit("login", {
            "vid": app, "account": self.account, "uid": 0, "token": token, "device": "websdk", "ip": "", **fields,
        })
        error, text = await self.until("login_ret")
        expect(error, "", "err of login_ret")
        body = json.loads(text)
        self.line = body.get("line")
        return body

    async def emit(self, event, content):
        await self.text(json.dumps([event, content]))

    async def text(self, text):
        await self.socket.send(text.encode(), TEXT)

    async def receive(self, timeout_s=10):
        """The next frame: [event, content]."""
        opcode, payload = await self.socket.receive(timeout_s)
        expect(opcode, TEXT, "opcode of a frame")
        return json.loads(payload)

    async def until(self, event, timeout_s=10):
        """The content of the next frame of this kind; notifications on the way are kept."""
        async with asyncio.timeout(timeout_s):
            while True:
                name, content = await self.receive(None)
                if name == event:
                    return content
                self.notices.append((name, content))

    async def begin(self, function, **args):
        """Sends a call and does not wait; its number."""
        number = next(self.numbers)
        await self.emit("call2", [function, number, {"line": self.line, **args}])
        return number

    async def reply(self, number, timeout_s=10):
        """The body of the reply to a call; replies may come in any order."""
        async with asyncio.timeout(timeout_s):
            while True:
                answered, error, text = await self.until("call2-ret", timeout_s)
                if answered == number:
                    expect(error, "", "err of a reply")
                    return json.loads(text)
                self.notices.append(("call2-ret", [answered, error, text]))

    async def call(self, function, **args):
        return await self.reply(await self.begin(function, **args))

    async def works(self, function, **args):
        body = await self.call(function, **args)
        expect(body["result"], "ok", f"{function}: {body}")
        return body

    async def fails(self, function, code, reason, **args):
        body = await self.call(function, **args)
        failure_is_sound(body)
        expect((body["result"], body["code"], body["reason"], body["data"]), ("failed", code, reason, {"result": reason}), function)
        return body

    async def closed(self, timeout_s=10):
        """Waits for the server's close; its status. Frames on the way are kept."""
        try:
            async with asyncio.timeout(timeout_s):
                while True:
                    self.notices.append(tuple(await self.receive(None)))
        except Closed as closed:
            return closed.code

    async def lives(self):
        """The connection still answers."""
        await self.emit("ping", 4711)
        expect(await self.until("pong"), 4711, "pong")

    async def messages(self, timeout_s=5, **args):
        """One page of peer messages: (version, the packed parts)."""
        body = await self.works("user_getmsg", **{"ver_clear": 0, "max": 30, **args})
        return [(version, packed.split(" ", 7)) for version, packed in body["msgs"]]
