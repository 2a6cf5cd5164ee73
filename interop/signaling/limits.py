"""The last value that is allowed, and the first that is not."""

import asyncio
import json

from harness.report import Suite, expect

from .attributes import UPDATED
from .channels import MESSAGE, room_of, say
from .delivery import RECEIVED
from .frames import Raw, got
from .place import Limited, unique

suite = Suite()
MESSAGE_BYTES = 8196
VALUE_BYTES = 8096


async def failures(session):
    """(code, reason) of every call of the newest connection that failed."""
    bodies = [json.loads(text) for _, (_, _, text) in got((await session.sockets())[-1], "call2-ret")]
    return [(body["code"], body["reason"]) for body in bodies if body["result"] != "ok"]


@suite.case("S34 code 1005: a message of 8,196 bytes passes, 8,197 fail")
async def message_size(place):
    name, [(ann, room), (bob, theirs)] = await room_of(place, "ann", "bob")
    for fits in ("x" * MESSAGE_BYTES, "é" * (MESSAGE_BYTES // 2)):
        await ann.send(bob, fits)
        expect((await bob.next(RECEIVED))[2], fits, "message")
        await say(room, fits)
        expect((await theirs.next(MESSAGE))[2], fits, "channel message")
    for too_large in ("x" * (MESSAGE_BYTES + 1), "é" * (MESSAGE_BYTES // 2) + "x"):
        await ann.refused(bob, too_large)
        await say(room, too_large)
    expect(await failures(ann), [(1005, "msg too large")] * 4, "failures")
    await say(room, "end")
    expect((await theirs.next(MESSAGE))[2], "end", "the next channel message")
    expect(len(bob.all(RECEIVED)), 2, "messages")


@suite.case("S34 code 1005: an attribute of 8,096 bytes passes, 8,097 fail")
async def attribute_size(place):
    _, [(ann, room)] = await room_of(place, "ann")
    await room.ask("channelSetAttr", "a", "x" * VALUE_BYTES)
    expect((await room.next(UPDATED))[1], "x" * VALUE_BYTES, "value")
    await room.ask("channelSetAttr", "b", "x" * (VALUE_BYTES + 1))
    await ann.invoke("user_set_attr", name="a", value="x" * VALUE_BYTES)
    await ann.invoke_fails("user_set_attr", 1005, "param too large", name="a", value="x" * (VALUE_BYTES + 1))
    expect(await failures(ann), [(1005, "param too large")] * 2, "failures")
    expect(len(room.all(UPDATED)), 1, "updates")


@suite.case("S34 code 1005: names of 128 bytes pass, 129 fail")
async def name_size(place):
    ann = await place.login(account=place.name("a" * 100).ljust(128, "z"))
    name = place.name("room").ljust(128, "z")
    room = await ann.join(name)
    await room.ask("channelSetAttr", "n" * 128, "x")
    expect((await room.next(UPDATED))[0], "n" * 128, "name")
    await room.ask("channelSetAttr", "n" * 129, "x")
    await ann.send("p" * 128, "x")
    await ann.refused("p" * 129, "x")
    expect([code for code, _ in await failures(ann)], [1005, 1005], "failures")


@suite.case("S34 code 400: 60 messages a second pass, more are refused, the login stays")
async def messages_a_second(place):
    ann, bob = await place.logins("ann", "bob")
    await asyncio.sleep(1.1)
    results = await asyncio.gather(*(ann.ask("messageInstantSend", bob.account, f"{number}") for number in range(150)))
    passed = [number for number, (failed,) in enumerate(results) if not failed]
    assert 60 <= len(passed) <= 110, f"{len(passed)} of 150 passed"
    expect(set(await failures(ann)), {(400, "rate limited")}, "failures")
    found = await bob.count(RECEIVED, len(passed))
    expect([text for *_, text in found], [f"{number}" for number in passed], "what arrived")
    await asyncio.sleep(1.1)
    await ann.send(bob, "a second later")
    expect(await ann.status(), 2, "status")
    return {"passed": len(passed)}


@suite.case("S34 code 400: 200 messages a second into a channel")
async def channel_messages_a_second(place):
    name, members = await room_of(place, *["ann"] * 6)
    await asyncio.sleep(1.1)
    await asyncio.gather(*(say(channel, "x") for _, channel in members for _ in range(55)))
    refused = [failure for session, _ in members for failure in await failures(session)]
    passed = 330 - len(refused)
    assert 200 <= passed <= 329, f"{passed} of 330 passed"
    expect(set(refused), {(400, "rate limited")}, "failures")
    await members[0][1].count(MESSAGE, passed)
    return {"passed": passed}


@suite.case("S22 _setattr_limit: 10 changes a second of one attribute")
async def attribute_changes(place):
    _, [(ann, room)] = await room_of(place, "ann")
    await asyncio.gather(*(room.ask("channelSetAttr", "a", f"{number}") for number in range(30)))
    refused = await failures(ann)
    assert 8 <= len(refused) <= 20, f"{len(refused)} of 30 were refused"
    expect(set(refused), {(1000, "rate limited")}, "failures")
    await room.count(UPDATED, 30 - len(refused))


raw = Suite()


@raw.case("S34 a full channel: 300, and one may come when another leaves")
async def full_channel(server):
    async with Limited(server.binary, channel_members_max=2) as small:
        ann, bob, cay = [await Raw.login(small) for _ in range(3)]
        name = unique("room")
        await ann.works("channel_join", name=name)
        await bob.works("channel_join", name=name)
        body = await cay.fails("channel_join", 300, "channel full", name=name)
        expect(body["retryable"], True, "retryable")
        await ann.works("channel_leave", name=name)
        await cay.works("channel_join", name=name)


@raw.case("S34 a full server: 202, and one may come when another logs out")
async def full_server(server):
    async with Limited(server.binary, logins_max=2) as small:
        ann, _ = [await Raw.login(small) for _ in range(2)]
        late = await Raw.open(small)
        body = await late.log_in(small.app_id)
        expect((body["code"], body["reason"], body["retryable"]), (202, "server full", True), "login_ret")
        expect(await late.closed(), 4202, "close")
        await ann.works("user_logout")
        await Raw.login(small)
