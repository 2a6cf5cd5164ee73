"""What a test says to the published SDK, and what the SDK calls back: the same for a Node process and for a page."""

import asyncio
import itertools

from harness.report import expect

SDK_VERSION = "1.4.0"
# Every code that an SDK passed to a callback, by where it runs.
codes_seen = {}


class Worker:
    """Something that runs `node/driver.js`; subclasses start it and carry the messages."""

    def __init__(self, name):
        self.name = name
        self.numbers = itertools.count(1)
        self.answers, self.watched, self.early = {}, {}, {}
        codes_seen.setdefault(name, set())

    async def ask(self, op, timeout_s=30, **fields):
        number = next(self.numbers)
        answer = self.answers[number] = asyncio.get_running_loop().create_future()
        await self.say({"number": number, "op": op, **fields})
        async with asyncio.timeout(timeout_s):
            return await answer

    def hear(self, message):
        if "answers" in message:
            answer = self.answers.pop(message["answers"])
            if answer.done():  # nobody waits for it any more
                return
            if "broken" in message:
                answer.set_exception(RuntimeError(f"{self.name}: {message['broken']}"))
            else:
                answer.set_result(message["result"])
        elif message["object"] in self.watched:
            self.watched[message["object"]].note(message["event"], message["args"])
        else:
            self.early.setdefault(message["object"], []).append((message["event"], message["args"]))

    def died(self):
        for answer in self.answers.values():
            if not answer.done():
                answer.set_exception(RuntimeError(f"the worker {self.name} died; see its log"))


class Watched:
    """An object of the SDK: what it called back, in order."""

    def __init__(self, worker, object_id):
        self.worker, self.id = worker, object_id
        self.events, self.taken = [], {}
        self.changed = asyncio.Event()
        worker.watched[object_id] = self
        for event, args in worker.early.pop(object_id, ()):
            self.note(event, args)

    def note(self, event, args):
        if event in ("onLoginFailed", "onLogout", "onChannelLeaved"):
            codes_seen[self.worker.name].add(args[0])
        elif event == "onLoginSuccess":
            codes_seen[self.worker.name].add(0)
        self.events.append((event, args))
        self.changed.set()

    def all(self, event):
        """The arguments of every such event so far."""
        return [args for name, args in self.events if name == event]

    async def next(self, event, timeout_s=10):
        """The arguments of the next such event that was not taken yet."""
        taken = self.taken.get(event, 0)
        self.taken[event] = taken + 1
        return (await self.count(event, taken + 1, timeout_s))[taken]

    async def count(self, event, count, timeout_s=10):
        """Waits until there were so many such events; their arguments."""
        try:
            async with asyncio.timeout(timeout_s):
                while len(found := self.all(event)) < count:
                    self.changed.clear()
                    await self.changed.wait()
        except TimeoutError:
            raise AssertionError(f"{self.id}: no {event} number {count} in {timeout_s} s, only {self.shown()}") from None
        return found

    async def nothing_but(self, events, quiet_s=0.7):
        """After a while, exactly these events came, by name and in order."""
        await asyncio.sleep(quiet_s)
        expect([name for name, _ in self.events], list(events), f"events of {self.id}")

    def shown(self):
        return str(self.events[-6:])[:400]

    async def do(self, method, *args, keep=None):
        return await self.worker.ask("do", object=self.id, method=method, args=args, keep=keep)

    async def ask(self, method, *args, timeout_s=15):
        """Calls a method whose last argument is a callback; what the callback got."""
        try:
            return await self.worker.ask("ask", timeout_s, object=self.id, method=method, args=args)
        except TimeoutError:
            raise AssertionError(f"{method} of {self.id} never called back") from None


class Session(Watched):
    """A login."""

    def __init__(self, worker, object_id, account):
        super().__init__(worker, object_id)
        self.account = account

    async def logged_in(self, timeout_s=10):
        """Waits for the next login to succeed; fails at once when it fails."""
        success = asyncio.ensure_future(self.next("onLoginSuccess", timeout_s))
        failure = asyncio.ensure_future(self.count("onLoginFailed", 1, timeout_s + 1))
        await asyncio.wait({success, failure}, return_when=asyncio.FIRST_COMPLETED)
        failure.cancel()
        if not success.done():
            success.cancel()
            raise AssertionError(f"the login of {self.account} failed with {failure.result()}")
        return success.result()[0]

    async def status(self):
        return await self.worker.ask("status", object=self.id)

    async def send(self, peer, text):
        """Sends to a peer; fails the test when the SDK says that it failed."""
        expect(await self.ask("messageInstantSend", name_of(peer), text), [False], f"sending to {name_of(peer)}")

    async def refused(self, peer, text):
        """Sends to a peer, which must fail."""
        expect(await self.ask("messageInstantSend", name_of(peer), text), [True], f"sending to {name_of(peer)}")

    async def join(self, name, joined=True):
        channel = Watched(self.worker, await self.do("channelJoin", name, keep="channel"))
        if joined:
            await channel.next("onChannelJoined")
        return channel

    async def invite(self, channel, peer, extra=""):
        return Watched(self.worker, await self.do("channelInviteUser2", channel, name_of(peer), extra, keep="call"))

    async def rung(self, timeout_s=10):
        """The next invitation: (call, channel, caller, extra)."""
        call, *about = await self.next("onInviteReceived", timeout_s)
        return Watched(self.worker, call), *about

    async def invoke(self, function, **args):
        """What `invoke` gives: the body of a success."""
        error, body = await self.ask("invoke", f"io.agora.signal.{function}", args)
        expect(error, "", f"error of {function}")
        return body

    async def invoke_fails(self, function, code, reason, **args):
        error, body = await self.ask("invoke", f"io.agora.signal.{function}", args)
        expect((error, body["code"], body["data"]["result"]), (reason, code, reason), f"failure of {function}")

    async def log_out(self):
        await self.do("logout")
        expect(await self.next("onLogout"), [101], "onLogout")

    async def sockets(self):
        """The connections that this account logged in on, oldest first."""
        return await self.worker.ask("sockets", account=self.account)

    async def closed(self, timeout_s=5):
        """How the newest connection that this account logged in on was closed: the WebSocket status."""
        async with asyncio.timeout(timeout_s):
            while (status := (await self.sockets())[-1]["closed"]) is None:
                await asyncio.sleep(0.05)
        return status


def name_of(peer):
    return peer.account if isinstance(peer, Session) else peer
