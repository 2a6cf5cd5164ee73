"""Attributes of channels and users, and what `invoke` can ask."""

import asyncio
import json

from harness.report import Suite, expect

from .channels import MESSAGE, room_of, say
from .frames import Raw
from .place import unique

suite = Suite()
UPDATED = "onChannelAttrUpdated"


@suite.case("S21 set, delete and clear are told once to all, the setter included")
async def changes(place):
    name, members = await room_of(place, "ann", "bob")
    room = members[0][1]
    for method, args, wanted in (
        ("channelSetAttr", ("topic", "tea"), ["topic", "tea", "update"]),
        ("channelSetAttr", ("topic", ""), ["topic", "", "update"]),
        ("channelSetAttr", ("ünï", "漢字 and  spaces"), ["ünï", "漢字 and  spaces", "update"]),
        ("channelDelAttr", ("topic",), ["topic", "", "del"]),
        ("channelClearAttr", (), ["", "", "clear"]),
    ):
        expect(await room.ask(method, *args), [], f"callback of {method}")
        for session, channel in members:
            expect(await channel.next(UPDATED), wanted, f"{method} as {session.account} saw it")
    await asyncio.sleep(0.5)
    for _, channel in members:
        expect(len(channel.all(UPDATED)), 5, "updates")
    cay = await place.login("cay")
    late = await cay.join(name)
    await asyncio.sleep(0.3)
    expect(late.all(UPDATED), [], "attributes after a clear")


@suite.case("S22 _auto_update_num pushes _member_num")
async def member_number(place):
    name, [(ann, room)] = await room_of(place, "ann")
    await room.ask("channelSetAttr", "_auto_update_num", "1")
    bob = await place.login("bob")
    await bob.join(name)
    await until_told(room, ["_member_num", "2", "update"])
    await bob.log_out()
    await until_told(room, ["_member_num", "1", "update"])


async def until_told(channel, wanted, timeout_s=6):
    async with asyncio.timeout(timeout_s):
        while (found := await channel.next(UPDATED, timeout_s)) != wanted:
            pass
    return found


@suite.case("S22 _channel_ttl destroys attributes that long after the last leave")
async def channel_ttl(place):
    name, [(ann, room)] = await room_of(place, "ann")
    await room.ask("channelSetAttr", "_channel_ttl", "2")
    await room.ask("channelSetAttr", "topic", "tea")
    await room.ask("channelLeave")
    again = await ann.join(name)
    await until_told(again, ["topic", "tea", "update"])
    await again.ask("channelLeave")
    await asyncio.sleep(3.5)
    last = await ann.join(name)
    await asyncio.sleep(0.3)
    expect([update for update in last.all(UPDATED) if update[0] == "topic"], [], "attributes")


@suite.case("S22 _sendmsg_limit: what is over it does not arrive, the login stays")
async def send_limit(place):
    _, [(ann, room), (_, theirs)] = await room_of(place, "ann", "bob")
    await room.ask("channelSetAttr", "_sendmsg_limit", "3")
    for number in range(10):
        await say(room, f"{number}")
    await asyncio.sleep(0.3)
    assert 3 <= len(theirs.all(MESSAGE)) <= 6, f"{len(theirs.all(MESSAGE))} of 10 arrived"
    await asyncio.sleep(1.1)
    before = len(theirs.all(MESSAGE))
    await say(room, "later")
    expect((await theirs.count(MESSAGE, before + 1))[-1][2], "later", "a message after a second")


@suite.case("attributes of a channel survive a restart")
async def attributes_survive(place):
    async with place.own_server() as server:
        ann = await place.login("ann", server=server)
        name = place.name("room")
        room = await ann.join(name)
        await room.ask("channelSetAttr", "topic", "tea")
        await ann.invoke("user_set_attr", name="mood", value="fine")
        await room.next(UPDATED)
        await server.stop()
        await server.start()
        await ann.logged_in(20)
        again = await ann.join(name)
        expect(await again.next(UPDATED), ["topic", "tea", "update"], "attribute")
        expect((await ann.invoke("user_get_attr", account=ann.account, name="mood"))["value"], "fine", "user attribute")


@suite.case("S23 invoke: attributes of users")
async def user_attributes(place):
    ann, bob = await place.logins("ann", "bob")
    expect((await bob.invoke("user_get_attr", account=ann.account, name="mood"))["value"], "", "an attribute that is not set")
    for name, value in (("mood", "fine"), ("ünï", ""), ("mood", "漢字  x")):
        body = await ann.invoke("user_set_attr", name=name, value=value)
        expect(body["result"], "ok", "user_set_attr")
    body = await bob.invoke("user_get_attr", account=ann.account, name="mood")
    expect({key: body[key] for key in ("account", "name", "value")}, {"account": ann.account, "name": "mood", "value": "漢字  x"}, "one")
    body = await bob.invoke("user_get_attr_all", account=ann.account)
    expect(body["account"], ann.account, "account")
    attributes = json.loads(body["json"]) if isinstance(body["json"], str) else body["json"]
    expect(attributes, {"mood": "漢字  x", "ünï": ""}, "all")


@suite.case("S23 invoke: who is logged in, who is in a channel")
async def queries(place):
    name, members = await room_of(place, "ann", "bob")
    (ann, _), (bob, _) = members
    expect((await ann.invoke("user_query_user_status", account=bob.account))["status"], 1, "status of one who is there")
    expect((await ann.invoke("user_query_user_status", account=place.name("nobody")))["status"], 0, "status of nobody")
    expect((await ann.invoke("channel_query_num", name=name))["num"], 2, "num")
    expect((await ann.invoke("channel_query_num", name=place.name("empty")))["num"], 0, "num of an empty channel")
    expect((await ann.invoke("channel_query_user_isin", name=name, account=bob.account))["isin"], 1, "isin")
    expect((await ann.invoke("channel_query_user_isin", name=name, account="nobody"))["isin"], 0, "isin of nobody")
    body = await ann.invoke("channel_query_userlist", name=name)
    wanted = sorted([session.account, session.all("onLoginSuccess")[0][0]] for session, _ in members)
    expect((body["num"], sorted(body["list"])), (2, wanted), "user list")
    await bob.log_out()
    expect((await ann.invoke("user_query_user_status", account=bob.account))["status"], 0, "status after logout")
    body = await ann.invoke("channel_query_userlist_all", name=name)
    expect((body["num"], body["list"]), (1, [wanted[0]] if wanted[0][0] == ann.account else [wanted[1]]), "whole user list")


@suite.case("S23 invoke: attributes of channels")
async def channel_attributes(place):
    name, [(ann, room)] = await room_of(place, "ann")
    await ann.invoke("channel_set_attr", channel=name, name="a", value="1")
    expect(await room.next(UPDATED), ["a", "1", "update"], "set")
    await ann.invoke("channel_del_attr", channel=name, name="a")
    expect(await room.next(UPDATED), ["a", "", "del"], "delete")
    await ann.invoke("channel_clear_attr", channel=name)
    expect(await room.next(UPDATED), ["", "", "clear"], "clear")
    bob = await place.login("bob")
    await bob.invoke_fails("channel_set_attr", 1001, "not in channel", channel=name, name="a", value="1")
    await ann.invoke_fails("channel_set_attr", 1004, "wrong param name", channel=name, name="_member_num", value="9")


@suite.case("S23 code 1004: invoke of what does not exist")
async def unknown_function(place):
    ann = await place.login("ann")
    for function in ("no_such_function", "user_ext_call", "push_sendmsg", "appmsg_send", "appmsg_send2"):
        await ann.invoke_fails(function, 1004, "unsupported method name")
    for function in ("pstn_invite", "pstn_dtmf"):
        await ann.invoke_fails(function, 700, "pstn not supported")


@suite.case("code 1000: the whole user list twice in a second")
async def whole_list_twice(place):
    name, [(ann, _)] = await room_of(place, "ann")
    first = await ann.invoke("channel_query_userlist_all", name=name)
    expect(first["num"], 1, "num")
    await ann.invoke_fails("channel_query_userlist_all", 1000, "rate limited", name=name)
    await asyncio.sleep(1.1)
    await ann.invoke("channel_query_userlist_all", name=name)


raw = Suite()


@raw.case("S23 calls of native clients")
async def native_calls(server):
    ann, bob = await Raw.login(server), await Raw.login(server)
    nobody = unique("nobody")
    body = await ann.works("user_query_user_status2", accounts=[bob.account, nobody])
    expect(body["list"], [[bob.account, 1], [nobody, 0]], "list")
    for is_foreground in (0, 1):
        await ann.works("user_setfg", isfg=is_foreground)


@raw.case("code 1004: parameters that are missing or of another type")
async def missing_parameters(server):
    ann = await Raw.login(server)
    for function, args in (
        ("channel_join", {}), ("channel_join", {"name": ""}), ("user_query_user_status", {}), ("user_set_attr", {"name": "a b", "value": ""}),
        ("channel_sendmsg", {"name": "x y", "msg": ""}), ("user_sendmsg", {"peer": "", "flag": "v1:E:1", "t": "instant", "content": ""}),
        ("user_getmsg", {"ver_clear": "x", "max": 30}), ("voip_invite", {"channelName": "c", "extra": ""}),
    ):
        body = await ann.call(function, **args)
        expect((body["result"], body["code"], body["name"], body["retryable"]), ("failed", 1004, "GENERAL_E_WRONG_PARAM", False), f"{function} {args}")
        assert body["reason"].startswith("wrong param "), f"{function}: {body['reason']}"
