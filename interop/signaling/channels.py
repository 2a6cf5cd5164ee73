"""Channels: joining, leaving, messages, who is told what."""

import asyncio
import json

from harness.report import Suite, expect

from .frames import Raw, got
from .place import Limited, unique

suite = Suite()
MESSAGE = "onMessageChannelReceive"


async def room_of(place, *words):
    """(channel name, [(session, channel), …]), joined one after another."""
    name = place.name("room")
    members = []
    for word in words:
        session = await place.login(word)
        members.append((session, await session.join(name)))
    return name, members


async def say(channel, text):
    """Sends and waits for the SDK's callback, which says nothing about the outcome."""
    expect(await channel.ask("messageChannelSend", text), [], "callback")


@suite.case("S15 join: the list, each attribute once; others are told, oneself is not")
async def join(place):
    name, [(ann, room)] = await room_of(place, "ann")
    for attribute, value in (("topic", "tea"), ("mood", "ünï")):
        await room.ask("channelSetAttr", attribute, value)
        await room.next("onChannelAttrUpdated")
    bob = await place.login("bob")
    theirs = await bob.join(name)
    (users,) = await theirs.next("onChannelUserList")
    expect(sorted(account for account, _ in users), sorted([ann.account, bob.account]), "user list")
    expect({account: uid for account, uid in users}[bob.account], bob.all("onLoginSuccess")[0][0], "own uid in the list")
    await theirs.count("onChannelAttrUpdated", 2)
    expect(await room.next("onChannelUserJoined"), [bob.account, bob.all("onLoginSuccess")[0][0]], "who joined")
    await theirs.nothing_but(["onChannelJoined", "onChannelUserList", "onChannelAttrUpdated", "onChannelAttrUpdated"])
    expect(sorted(theirs.all("onChannelAttrUpdated")), [["mood", "ünï", "update"], ["topic", "tea", "update"]], "attributes")
    expect(room.all("onChannelUserJoined"), [[bob.account, bob.all("onLoginSuccess")[0][0]]], "joins told")


@suite.case("S16 a message reaches every member and the sender, after the reply")
async def message(place):
    _, members = await room_of(place, "ann", "bob", "cay")
    (ann, room), *_ = members
    texts = ["hello", "", "  ünï  漢字 ", '{"a":1}', "x" * 8000]
    for text in texts:
        await say(room, text)
    for session, channel in members:
        found = await channel.count(MESSAGE, len(texts))
        expect([[account, text] for account, _, text in found], [[ann.account, text] for text in texts], f"seen by {session.account}")
        expect({uid for _, uid, _ in found}, {ann.all("onLoginSuccess")[0][0]}, "uid")
    frames = got((await ann.sockets())[0])
    reply = next(at for at, (event, content) in enumerate(frames) if event == "call2-ret" and content[0] == 3)
    echo = next(at for at, (event, content) in enumerate(frames) if event == "notify" and "channel_msg" in str(content))
    assert reply < echo, "the echo came before the reply"


@suite.case("frames that the server deflates are inflated by the SDK")
async def deflated(place):
    async with Limited(place.binary, deflate="true") as server:
        ann = await place.login("ann", server=server)
        room = await ann.join(place.name("room"))
        for text in ("short", "ünï 漢字 🎉 " * 300):
            await say(room, text)
            expect((await room.next(MESSAGE))[2], text, "message")
        frames = (await ann.sockets())[0]["frames"]
        assert any(text.startswith("binary") for direction, _, text in frames if direction == "in"), "no frame was binary"


@suite.case("frames that the server batches are taken apart by the SDK, in their order")
async def batched(place):
    async with Limited(place.binary, multi="true", deflate="true", user_messages_per_s=1000, channel_messages_per_s=1000) as server:
        ann, bob = await place.login("ann", server=server), await place.login("bob", server=server)
        name = place.name("room")
        rooms = [await session.join(name) for session in (ann, bob)]
        texts = ["ünï 漢字 🎉 " * 300 if number % 25 == 0 else f"number {number}" for number in range(100)]
        await asyncio.gather(*(say(room, text) for text in texts for room in rooms))
        for room in rooms:
            found = await room.count(MESSAGE, 2 * len(texts))
            for session in (ann, bob):
                expect([text for account, _, text in found if account == session.account], texts, f"messages of {session.account}")
        await asyncio.gather(*(ann.send(bob, text) for text in texts))
        found = await bob.count("onMessageInstantReceive", len(texts))
        expect([text for _, _, text in found], texts, "messages to an account")
        arrived = [text for session in (ann, bob) for direction, _, text in (await session.sockets())[0]["frames"] if direction == "in"]
        batches = sum(text.startswith('["multi"') for text in arrived)
        assert batches, "no frame was a batch"
        assert any(text.startswith("binary") for text in arrived), "no frame was binary"
        return {"batches": batches, "frames": len(arrived)}


@suite.case("S16 each sender's messages stay in order")
async def order(place):
    _, members = await room_of(place, "ann", "bob", "cay")
    texts = [f"{number}" for number in range(40)]
    await asyncio.gather(*(say(channel, text) for text in texts for _, channel in members))
    for _, channel in members:
        found = await channel.count(MESSAGE, 120)
        for session, _ in members:
            expect([text for account, _, text in found if account == session.account], texts, f"order of {session.account}")


@suite.case("S17 joining a second channel leaves the first")
async def second_channel(place):
    name, [(ann, room), (bob, theirs)] = await room_of(place, "ann", "bob")
    other = await bob.join(place.name("other"))
    expect(await room.next("onChannelUserLeaved"), [bob.account, bob.all("onLoginSuccess")[0][0]], "who left")
    await say(room, "gone?")
    await room.next(MESSAGE)
    await asyncio.sleep(0.4)
    expect(other.all(MESSAGE) + theirs.all(MESSAGE), [], "messages of the channel left")
    expect((await bob.invoke("channel_query_user_isin", name=name, account=bob.account))["isin"], 0, "isin")


@suite.case("S18 from a busy channel into another: nothing of it is missed")
async def from_a_busy_channel(place):
    busy, [(ann, room), (bob, _)] = await room_of(place, "ann", "bob")
    quiet, [(cay, calm)] = await room_of(place, "cay")
    talking = asyncio.create_task(chatter(room))
    await asyncio.sleep(0.3)
    theirs = await bob.join(quiet)
    for number in range(30):
        await say(calm, f"quiet {number}")
    while (await theirs.next(MESSAGE))[2] != "quiet 29":
        pass
    talking.cancel()
    # The SDK shows late messages of the first channel on the newest object.
    mine = [text for account, _, text in theirs.all(MESSAGE) if account == cay.account]
    expect(mine, [f"quiet {number}" for number in range(30)], "messages of the second channel")


async def chatter(channel):
    """About 50 messages a second."""
    number = 0
    while True:
        await channel.do("messageChannelSend", f"busy {number}")
        number += 1
        await asyncio.sleep(0.02)


@suite.case("S19 leave: told to others, 0 to oneself; a late leave touches nothing")
async def leave(place):
    name, [(ann, room), (bob, theirs)] = await room_of(place, "ann", "bob")
    await theirs.do("channelLeave")
    expect(await theirs.next("onChannelLeaved"), [0], "onChannelLeaved")
    expect((await room.next("onChannelUserLeaved"))[0], bob.account, "who left")
    expect(theirs.all("onChannelUserLeaved"), [], "told to the leaver")
    second = place.name("other")
    other = await bob.join(second)
    await theirs.do("channelLeave")  # of the channel left before: the SDK answers on the newest object
    expect(await other.next("onChannelLeaved"), [0], "onChannelLeaved")
    expect((await bob.invoke("channel_query_user_isin", name=second, account=bob.account))["isin"], 1, "isin")
    await say(other, "still here")
    expect((await other.next(MESSAGE))[2], "still here", "message")
    expect(len(room.all("onChannelUserLeaved")), 1, "leaves told in the first channel")


@suite.case("a message after leaving reaches nobody")
async def message_after_leaving(place):
    _, [(ann, room), (bob, theirs)] = await room_of(place, "ann", "bob")
    await theirs.ask("channelLeave")
    await say(theirs, "from outside")
    await say(room, "inside")
    expect((await room.next(MESSAGE))[2], "inside", "the first message")


@suite.case("joining again: list and attributes again, no second join told")
async def join_again(place):
    name, [(ann, room), (bob, _)] = await room_of(place, "ann", "bob")
    again = await bob.join(name)
    expect(len((await again.next("onChannelUserList"))[0]), 2, "users")
    await say(room, "both?")
    await again.next(MESSAGE)
    expect((len(room.all("onChannelUserJoined")), len(room.all("onChannelUserLeaved"))), (1, 0), "joins and leaves told")
    expect(len(again.all(MESSAGE)), 1, "copies")


@suite.case("S20 a reconnected SDK is in no channel; others see it leave")
async def reconnected(place):
    name, [(ann, room)] = await room_of(place, "ann")
    async with place.line() as line:
        bob = await place.login("bob", url=line.url)
        theirs = await bob.join(name)
        line.drop()
        await bob.logged_in()
        expect((await room.next("onChannelUserLeaved"))[0], bob.account, "who left")
        expect((await bob.invoke("channel_query_user_isin", name=name, account=bob.account))["isin"], 0, "isin")
        await say(room, "not for bob")
        await room.next(MESSAGE)
        again = await bob.join(name)
        await say(room, "for bob")
        expect((await again.next(MESSAGE))[2], "for bob", "message after joining again")
        expect(theirs.all(MESSAGE), [], "messages before joining again")
        # A `channel2` before the first join on a connection would throw inside the SDK.
        second = (await bob.sockets())[1]
        joined = next(at for at, frame in enumerate(second["frames"]) if '"channel_join"' in frame[2])
        early = [frame for frame in second["frames"][:joined] if '"channel2"' in frame[2]]
        expect(early, [], "channel events before the join")


@suite.case("logout leaves the channel")
async def logout_leaves(place):
    _, [(ann, room), (bob, _)] = await room_of(place, "ann", "bob")
    await bob.log_out()
    expect((await room.next("onChannelUserLeaved"))[0], bob.account, "who left")


@suite.case("a channel name that is no text becomes one")
async def name_is_no_text(place):
    ann = await place.login("ann")
    number = 420_000_000 + int(place.name("room").split("-")[1])
    room = await ann.join(number)
    expect(len((await room.next("onChannelUserList"))[0]), 1, "users")
    expect((await ann.invoke("channel_query_num", name=str(number)))["num"], 1, "num")


@suite.case("code 300: reserved channels; 1004 and 1005: names that are none")
async def bad_names(place):
    ann = await place.login("ann")
    for name, code in (
        ("__agora_user_online", 300), ("_agora_user_online", 300), ("__agora_channel_event", 300), ("_agora_channel_event", 300),
        ("", 1004), ("with space", 1004), ("x" * 129, 1005),
    ):
        room = await ann.join(name, joined=False)
        (reason,) = await room.next("onChannelJoinFailed")
        assert reason, f"no reason for {name!r}"
        bodies = [text for _, (_, _, text) in got((await ann.sockets())[0], "call2-ret") if '"failed"' in text]
        assert f'"code":{code}' in bodies[-1].replace(" ", ""), f"{name!r}: {bodies[-1]}"
    await ann.join(place.name("x" * 118))


@suite.case("the list of a large channel holds 200, the count is complete")
async def large_channel(place):
    name = place.name("crowd")

    async def member():
        raw = await Raw.login(place.server)
        await raw.works("channel_join", name=name)
        return raw

    crowd = []
    for _ in range(5):
        crowd += await asyncio.gather(*(member() for _ in range(42)))
    ann = await place.login("ann")
    room = await ann.join(name)
    (users,) = await room.next("onChannelUserList")
    expect((len(users), len({account for account, _ in users})), (200, 200), "users listed")
    body = await ann.invoke("channel_query_userlist", name=name)
    expect((body["num"], len(body["list"])), (211, 200), "channel_query_userlist")
    body = await ann.invoke("channel_query_userlist_all", name=name)
    expect((body["num"], len(body["list"])), (211, 211), "channel_query_userlist_all")
    for raw in crowd:
        raw.socket.drop()


raw = Suite()


@raw.case("S16 from outside: not in channel; with force it goes")
async def from_outside(server):
    ann, bob, name = await Raw.login(server), await Raw.login(server), unique("room")
    await ann.works("channel_join", name=name)
    await bob.fails("channel_sendmsg", 400, "not in channel", name=name, msg="x")
    await bob.works("channel_sendmsg", name=name, msg="forced", force=True)
    notice = await ann.until("notify")
    assert notice[0] == "channel2" and '"forced"' in notice[3], notice


@raw.case("S17 several channels for who says so")
async def several_channels(server):
    ann, bob = await Raw.login(server, sdk="visavis/0.0", caps=["multi_channel"]), await Raw.login(server)
    names = [unique("room"), unique("room")]
    for name in names:
        await ann.works("channel_join", name=name)
    for name in names:
        await bob.works("channel_join", name=name)
        await bob.works("channel_sendmsg", name=name, msg=f"to {name}")
    seen = []
    while len(seen) < 2:
        notice = await ann.until("notify")
        if "channel_msg" in notice[3].split(" ")[4]:
            seen.append(notice[3])
    assert all(f"to {name}" in packed for name, packed in zip(names, seen)), seen


@raw.case("channel events: v2, numbers that grow, leaves say why")
async def channel_events(server):
    ann, bob, name = await Raw.login(server), await Raw.login(server), unique("room")
    await ann.works("channel_join", name=name)
    await bob.works("channel_join", name=name)
    await bob.works("channel_sendmsg", name=name, msg="hi")
    await bob.works("channel_set_attr", channel=name, name="a", value="1")
    bob.socket.drop()
    notices = [await ann.until("notify") for _ in range(4)]
    numbers = [notice[2] for notice in notices]
    expect(numbers, sorted(set(numbers)), "numbers")
    parts = [notice[3].split(" ", 6) for notice in notices]
    expect([part[4] for part in parts], ["channel_user_join", "channel_msg", "channel_attr_update", "channel_user_leave"], "types")
    for part in parts:
        expect((part[0], part[1], part[2], part[3]), ("msg-v2", "notify", "-", "v1:E:180"), "parts")
    bodies = [json.loads(part[6]) for part in parts]
    assert all(body["account"] == bob.account and body["channel"] == name and body["uid"] > 0 for body in bodies), bodies
    expect((bodies[3]["code"], bodies[3]["name"]), (604, "LEAVECHANNEL_E_DISCONN"), "why")
