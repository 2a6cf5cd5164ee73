"""What an operator does, as the SDK sees it."""

import asyncio

from harness.report import Suite, expect

from .attributes import UPDATED
from .channels import MESSAGE, room_of, say
from .delivery import RECEIVED
from .frames import got

suite = Suite()


@suite.case("S33 kick from a channel: 601, told to all and to the one kicked")
async def kick_from_channel(place):
    name, [(ann, room), (bob, theirs)] = await room_of(place, "ann", "bob")
    await place.operate("POST", f"/channels/{name}/kick", {"account": bob.account})
    for channel in (room, theirs):
        expect((await channel.next("onChannelUserLeaved"))[0], bob.account, "who left")
    notices = [content for _, content in got((await bob.sockets())[0], "notify") if "channel_user_leave" in str(content)]
    assert '"code":601' in notices[-1][3].replace(" ", ""), notices
    await say(theirs, "still here?")
    await say(room, "no")
    expect((await room.next(MESSAGE))[2], "no", "the next message")
    expect(await bob.status(), 2, "status")
    await bob.join(name)


@suite.case("S33 code 102 for Web: the operator ends a login")
async def kick_login(place):
    ann = await place.login("ann")
    await place.operate("POST", f"/accounts/{ann.account}/kick", {"reason": "interop"})
    expect(await ann.next("onLogout"), [102], "onLogout")
    (connection,) = await ann.sockets()
    (_, close), = got(connection, "close")
    expect((close["code"], close["name"], close["retryable"]), (100, "LOGOUT_E_OTHER", False), "close")
    await ann.nothing_but(["onLoginSuccess", "onLogout"])
    await place.login(account=ann.account)


@suite.case("S33 messages from the system, also to one who is offline")
async def system_messages(place):
    name, [(ann, room)] = await room_of(place, "ann")
    await place.operate("POST", f"/accounts/{ann.account}/messages", {"msg": "to you  ünï"})
    expect(await ann.next(RECEIVED), ["system", 0, "to you  ünï"], "message")
    await place.operate("POST", f"/channels/{name}/messages", {"msg": "to all"})
    expect(await room.next(MESSAGE), ["system", 0, "to all"], "channel message")
    absent = place.name("bob")
    await place.operate("POST", f"/accounts/{absent}/messages", {"msg": "later", "ttl_s": 60})
    bob = await place.login(account=absent)
    expect(await bob.next(RECEIVED), ["system", 0, "later"], "message after the login")


@suite.case("S33 lists and counts")
async def lists(place):
    name, [(ann, _), (bob, _)] = await room_of(place, "ann", "bob")
    first, second = sorted([ann.account, bob.account])
    users = f"/channels/{name}/users"
    expect(await place.operate("GET", users), {"users": [first, second]}, "users")
    expect(await place.operate("GET", f"{users}?limit=1"), {"users": [first], "next": first}, "first page")
    expect(await place.operate("GET", f"{users}?limit=1&after={first}"), {"users": [second]}, "last page")
    expect(await place.operate("GET", f"/channels/{name}/count"), {"count": 2}, "count of the channel")
    assert name in await names(place, "channels"), "the channel is in no page"
    assert {first, second} <= set(await names(place, "accounts")), "the accounts are in no page"
    assert (await place.operate("GET", "/accounts/count"))["count"] >= 2, "count of accounts"


async def names(place, what):
    """All pages of a list."""
    found, after = [], ""
    while after is not None:
        page = await place.operate("GET", f"/{what}?limit=50&after={after}")
        found += page[what]
        after = page.get("next")
    return found


@suite.case("S33 what cannot be done says why")
async def refusals(place):
    name, [(ann, _)] = await room_of(place, "ann")
    for method, path, body, status, code in (
        ("POST", f"/channels/{name}/kick", {"account": place.name("nobody")}, 404, None),
        ("POST", f"/accounts/{place.name('nobody')}/kick", {}, 404, None),
        ("POST", f"/accounts/{ann.account}/messages", {"msg": "x" * 8197}, 413, 1005),
        ("PUT", f"/channels/{name}/attributes/_member_num", {"value": "7"}, 422, 1004),
        ("PUT", f"/channels/{name}/attributes/a", {"value": "x" * 8097}, 413, 1005),
    ):
        found = await place.operate(method, path, body, expected=(status,))
        if code:
            expect(found["code"], code, f"code of {method} {path}")
        assert found["name"] and found["reason"] and isinstance(found["retryable"], bool), found


@suite.case("S33 attributes set by the operator reach the members")
async def attributes(place):
    name, [(ann, room)] = await room_of(place, "ann")
    await place.operate("PUT", f"/channels/{name}/attributes/topic", {"value": "tea"})
    expect(await room.next(UPDATED), ["topic", "tea", "update"], "set")
    await place.operate("DELETE", f"/channels/{name}/attributes/topic")
    expect(await room.next(UPDATED), ["topic", "", "del"], "delete")
    await place.operate("DELETE", f"/channels/{name}/attributes")
    expect(await room.next(UPDATED), ["", "", "clear"], "clear")
    await place.operate("PUT", f"/accounts/{ann.account}/attributes/mood", {"value": "fine"})
    expect((await ann.invoke("user_get_attr", account=ann.account, name="mood"))["value"], "fine", "user attribute")


@suite.case("S33 the operator ends a channel: 600 to all")
async def end_channel(place):
    name, members = await room_of(place, "ann", "bob")
    await place.operate("DELETE", f"/channels/{name}")
    for session, channel in members:
        await asyncio.sleep(0.2)
        assert [session.account] in [args[:1] for args in channel.all("onChannelUserLeaved")], "not told"
    expect((await members[0][0].invoke("channel_query_num", name=name))["num"], 0, "members")
