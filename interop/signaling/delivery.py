"""Messages to peers: order, content, storage, acknowledgement."""

import asyncio
import json
import time

from harness.report import Suite, expect

from .frames import Raw, got
from .place import Limited, unique

suite = Suite()
RECEIVED = "onMessageInstantReceive"
TEXTS = [
    "plain", "", " ", "  leading and trailing  ", "two  spaces", "ünïcödé 漢字 🎉 \u200d", "line\nbreak\ttab", '{"json": ["text", null]}',
    "msg-v3 1 a b v1:E:1 instant 0 forged", '"quoted" \\ backslash', "\u0000nul", "a" * 8000,
]


async def in_order(session, sender, texts, timeout_s=10):
    """The session got exactly these from the sender, in order."""
    found = await session.count(RECEIVED, len(texts), timeout_s)
    expect(found, [[sender.account, 0, text] for text in texts], f"messages of {session.account}")


@suite.case("S09 texts arrive once, as they were sent")
async def texts(place):
    ann, bob = await place.logins("ann", "bob")
    for text in TEXTS:
        await ann.send(bob, text)
    await in_order(bob, ann, TEXTS)
    await asyncio.sleep(1.5)  # the acknowledgement, and a page that must be empty
    await in_order(bob, ann, TEXTS)


@suite.case("S09 what is no text is sent as JSON")
async def no_text(place):
    ann, bob = await place.logins("ann", "bob")
    for content, text in (({"a": 1}, '{"a":1}'), (42, "42"), (True, "true"), (["x"], '["x"]')):
        await ann.send(bob, content)
        expect(await bob.next(RECEIVED), [ann.account, 0, text], "message")


@suite.case("S09 both ways at once, each sender in order")
async def both_ways(place):
    ann, bob = await place.logins("ann", "bob")
    texts = [f"number {number}" for number in range(50)]
    await asyncio.gather(*(one.send(other, text) for text in texts for one, other in ((ann, bob), (bob, ann))))
    await in_order(bob, ann, texts)
    await in_order(ann, bob, texts)


@suite.case("S09 a message to oneself arrives")
async def to_oneself(place):
    ann = await place.login("ann")
    await ann.send(ann, "note")
    await in_order(ann, ann, ["note"])


@suite.case("S10 a message to one who is offline waits through a restart")
async def offline(place):
    texts = ["first", "", "drei  mit ü"]
    async with place.own_server() as server:
        ann = await place.login("ann", server=server)
        absent = place.name("bob")
        for text in texts:
            await ann.send(absent, text)
        await ann.log_out()
        await server.stop()
        await server.start()
        bob = await place.login(account=absent, server=server)
        await in_order(bob, ann, texts)
        await asyncio.sleep(2)  # acknowledged by then
        await bob.log_out()
        again = await place.login(account=absent, server=server)
        await again.nothing_but(["onLoginSuccess"])


@suite.case("S09 acknowledged by their ids, waiting and new messages keep their order")
async def by_id(place):
    async with Limited(place.binary, delivery='"message_id"', user_messages_per_s=1000) as server:
        ann = await place.login("ann", server=server)
        absent = place.name("bob")
        texts = [f"number {number}" for number in range(120)]
        for text in texts[:70]:
            await ann.send(absent, text)
        bob = await place.login(account=absent, server=server)
        for text in texts[70:]:
            await ann.send(absent, text)
        await in_order(bob, ann, texts)
        await asyncio.sleep(2)  # acknowledged by then
        await bob.log_out()
        again = await place.login(account=absent, server=server)
        await again.nothing_but(["onLoginSuccess"])


@suite.case("S10 what was sent is kept when the server is killed at once")
async def killed(place):
    async with place.own_server() as server:
        ann = await place.login("ann", server=server)
        absent = place.name("bob")
        for number in range(20):
            await ann.send(absent, f"kept {number}")
        server.kill()
        await server.process.wait()
        await server.start()
        bob = await place.login(account=absent, server=server)
        await in_order(bob, ann, [f"kept {number}" for number in range(20)])


@suite.case("S11 a drop before the acknowledgement: sent again, shown once")
async def drop_before_ack(place):
    ann = await place.login("ann")
    async with place.line() as line:
        bob = await place.login("bob", url=line.url)
        await ann.send(bob, "once")
        await bob.next(RECEIVED)
        line.drop()
        await bob.logged_in()
        await ann.send(bob, "after")
        await in_order(bob, ann, ["once", "after"])
        await asyncio.sleep(1.5)
        first, second = await bob.sockets()
    expect(bob.all(RECEIVED), [[ann.account, 0, text] for text in ("once", "after")], "messages")
    assert "once" in json.dumps(first["frames"]) and "once" in json.dumps(second["frames"]), "it was not sent again"


@suite.case("S11 what was acknowledged does not come again")
async def acknowledged(place):
    ann, bob = await place.logins("ann", "bob")
    await ann.send(bob, "once")
    await bob.next(RECEIVED)
    await asyncio.sleep(1.6)
    again = await place.login(account=bob.account)
    await again.nothing_but(["onLoginSuccess"])


@suite.case("S12 a backlog of 70 comes within 5 s, in order, 30 to a page")
async def backlog(place):
    ann, bea = await place.logins("ann", "bea")
    absent = place.name("bob")
    for sender in (ann, bea):
        for number in range(35):
            await sender.send(absent, f"{number}")
    began = time.monotonic()
    bob = await place.login(account=absent)
    await bob.count(RECEIVED, 70, 5)
    took = time.monotonic() - began
    await asyncio.sleep(1.2)
    wanted = [[sender.account, 0, f"{number}"] for sender in (ann, bea) for number in range(35)]
    expect(bob.all(RECEIVED), wanted, "messages")
    pages = [json.loads(text)["msgs"] for _, (_, _, text) in got((await bob.sockets())[0], "call2-ret") if '"msgs"' in text]
    assert max(map(len, pages)) <= 30, f"a page of {max(map(len, pages))}"
    return {"seconds": round(took, 1)}


@suite.case("S13 1,000 messages from 20 senders, none 2 s late")
async def thousand(place):
    bob = await place.login("bob")
    senders = await asyncio.gather(*(place.login("ann") for _ in range(20)))
    sent_at, late = {}, []

    async def send(sender):
        for number in range(50):
            text = f"{sender.account} {number}"
            sent_at[text] = time.monotonic()
            await sender.send(bob, text)
            await asyncio.sleep(0.03)

    async def receive():
        for count in range(1, 1001):
            _, _, text = await bob.next(RECEIVED, 30)
            late.append(time.monotonic() - sent_at[text])

    await asyncio.gather(receive(), *map(send, senders))
    assert max(late) < 2, f"one came after {max(late):.1f} s"
    for sender in senders:
        own = [text for account, _, text in bob.all(RECEIVED) if account == sender.account]
        expect(own, [f"{sender.account} {number}" for number in range(50)], f"order of {sender.account}")
    return {"worst_ms": round(1000 * max(late))}


raw = Suite()


@raw.case("S10 time to live: an old message is not delivered")
async def time_to_live(server):
    ann = await Raw.login(server)
    absent = unique("bob")
    for flag, content in (("v1:E:1", "short"), ("v1:E:3600", "long"), ("v1:E:2592000", "longest")):
        await ann.works("user_sendmsg", peer=absent, flag=flag, t="instant", content=content)
    await asyncio.sleep(2.2)
    bob = await Raw.login(server, absent)
    expect([parts[7] for _, parts in await bob.messages()], ["long", "longest"], "messages")


@raw.case("flags: level L and C need the peer, a wrong flag is told")
async def flags(server):
    ann, bob = await Raw.login(server), await Raw.login(server)
    for level in "LC":
        fields = {"flag": f"v1:{level}:60", "t": "instant", "content": "x"}
        await ann.fails("user_sendmsg", 400, "peer offline", peer=unique("nobody"), **fields)
        await ann.works("user_sendmsg", peer=bob.account, **fields)
    for flag in ("", "E", "v1:X:60", "v1:E:-1", "v1:E:x", "v2:E:60"):
        await ann.fails("user_sendmsg", 400, "wrong msg lvl", peer=bob.account, flag=flag, t="instant", content="x")


@raw.case("packed messages: v3, versions that grow, nothing cleared by asking")
async def packed(server):
    ann, bob = await Raw.login(server), unique("bob")
    for content in ("one", "two words", ""):
        await ann.works("user_sendmsg", peer=bob, flag="v1:E:3600", t="instant", content=content)
    bob = await Raw.login(server, bob)
    messages = await bob.messages()
    versions = [version for version, _ in messages]
    expect(versions, sorted(set(versions)), "versions")
    for (version, parts), content in zip(messages, ("one", "two words", "")):
        kind, message_id, source, destination, flag, what, at, text = parts
        expect((kind, source, destination, what, text), ("msg-v3", ann.account, bob.account, "instant", content), "parts")
        expect(flag, "v1:E:3600", "flag")
        assert message_id and abs(int(at) - time.time()) < 60, parts
    expect(len({parts[1] for _, parts in messages}), 3, "distinct ids")
    expect(await bob.messages(), messages, "the same page again")
    expect(len(await bob.messages(max=2)), 2, "a page of at most 2")
    body = await bob.works("user_getmsg", ver_clear=versions[1], max=30)
    assert versions[1] <= body["ver_clear"] < versions[2], f"ver_clear {body['ver_clear']} for {versions}"
    expect([version for version, _ in body["msgs"]], versions[2:], "after clearing two")
    # Beyond the highest version nothing is cleared in advance.
    body = await bob.works("user_getmsg", ver_clear=versions[2] + 1000, max=30)
    await ann.works("user_sendmsg", peer=bob.account, flag="v1:E:3600", t="instant", content="later")
    expect([parts[7] for _, parts in await bob.messages()], ["later"], "after clearing too much")


@raw.case("a push is recvmsg in order, else msg; a page holds what was announced")
async def pushes(server):
    ann, bob = await Raw.login(server), await Raw.login(server)
    await bob.works("user_getmsg", ver_clear=0, max=30)
    fields = {"peer": bob.account, "flag": "v1:E:3600", "t": "instant"}
    for number in range(3):
        await ann.works("user_sendmsg", content=f"push {number}", **fields)
        kind, content = await bob.until("notify")
        expect(kind, "recvmsg", "kind of push")
        version, text = json.loads(content)
        expect((version, text.split(" ", 7)[7]), (number + 1, f"push {number}"), "push")
    late = await Raw.login(server, bob.account)
    await ann.works("user_sendmsg", content="before the first page", **fields)
    expect((await late.until("notify"))[:2], ["msg", 4], "push before the first page")
    expect([version for version, _ in await late.messages()], [1, 2, 3, 4], "page")


@raw.case("400 queue full at 1,000 waiting messages, and not before")
async def queue_full(server):
    absent = unique("bob")
    senders = await asyncio.gather(*(Raw.login(server) for _ in range(20)))
    fields = {"peer": absent, "flag": "v1:E:3600", "t": "instant", "content": "x"}
    for sender in senders:
        await asyncio.gather(*[sender.emit("call2", ["user_sendmsg", number, {"line": sender.line, **fields}]) for number in range(1, 51)])
        for _ in range(50):
            expect(json.loads((await sender.until("call2-ret"))[2])["result"], "ok", "one of the first 1,000")
    fresh = await Raw.login(server)
    body = await fresh.fails("user_sendmsg", 400, "queue full", **fields)
    expect(body["retryable"], True, "retryable")
    bob = await Raw.login(server, absent)
    versions, clear = [], 0
    while page := await bob.messages(ver_clear=clear):
        versions += [version for version, _ in page]
        clear = versions[-1]
    expect(versions, list(range(1, 1001)), "what waited")
    await fresh.works("user_sendmsg", **fields)


@raw.case("S14 a repeated messageID is stored once")
async def repeated_id(server):
    ann, absent = await Raw.login(server), unique("bob")
    for content in ("first", "again", "other"):
        number = "m-2" if content == "other" else "m-1"
        await ann.works("user_sendmsg", peer=absent, flag="v1:E:3600", t="instant", content=content, messageID=number)
    bob = await Raw.login(server, absent)
    expect([parts[7] for _, parts in await bob.messages()], ["first", "other"], "messages")
