"""How calls end by themselves: time-outs, races, sides that vanish, restarts."""

import asyncio
import time

from harness.report import Suite, expect

from .frames import Raw, got
from .invitations import ended, ends, ringing, says

suite = Suite()


@suite.case("S25 code 704: it rang and nobody answered for 20 s")
async def unanswered(place):
    began = time.monotonic()
    _, _, mine, theirs = await ringing(place)
    (extra,) = await mine.next("onInviteFailed", 25)
    assert 18 < time.monotonic() - began < 23, f"after {time.monotonic() - began:.1f} s"
    says(extra, 704, "INVITE_E_TIMEOUT", "timeout", True)
    (extra,) = await theirs.next("onInviteEndByPeer")
    says(extra, 704, "INVITE_E_TIMEOUT", "timeout", True)
    await theirs.do("channelInviteAccept", "")  # too late: nothing visible
    await ended(mine, theirs, "onInviteFailed", "onInviteEndByPeer")
    expect(mine.all("onInviteAcceptedByPeer"), [], "late accepts")


@suite.case("S25 code 704: logged in, but its client never rang")
async def never_acked(place):
    ann, mute = await place.login("ann"), await Raw.login(place.server)
    call = await ann.invite(place.name("call"), mute.account, '{"_timeout":2}')
    began = time.monotonic()
    (extra,) = await call.next("onInviteFailed")
    assert 1.5 < time.monotonic() - began < 4, f"after {time.monotonic() - began:.1f} s"
    says(extra, 704, "INVITE_E_TIMEOUT", "timeout", True)


@suite.case("S26 code 703: nobody came within 20 s, and a later login is not rung")
async def nobody_came(place):
    ann = await place.login("ann")
    absent = place.name("bob")
    began = time.monotonic()
    call = await ann.invite(place.name("call"), absent)
    (extra,) = await call.next("onInviteFailed", 25)
    assert 18 < time.monotonic() - began < 23, f"after {time.monotonic() - began:.1f} s"
    says(extra, 703, "INVITE_E_PEEROFFLINE", "peer offline", True)
    bob = await place.login(account=absent)
    await bob.nothing_but(["onLoginSuccess"], 1.5)
    expect(ends(call), ["onInviteFailed"], "endings of the caller")


@suite.case("S26 code 703: at once with _require_peer_online")
async def require_online(place):
    ann, bob = await place.logins("ann", "bob")
    began = time.monotonic()
    call = await ann.invite(place.name("call"), place.name("nobody"), '{"_require_peer_online":1}')
    expect(await call.next("onInviteFailed"), ["peer offline"], "onInviteFailed")
    assert time.monotonic() - began < 1, f"after {time.monotonic() - began:.1f} s"
    call = await ann.invite(place.name("call"), bob, '{"_require_peer_online":1}')
    await call.next("onInviteReceivedByPeer")


@suite.case("S26 _timeout 5 is about 5 s; _timeout 0 is the default")
async def own_timeout(place):
    ann = await place.login("ann")
    began = time.monotonic()
    default = await ann.invite(place.name("call"), place.name("nobody"), '{"_timeout":0}')
    call = await ann.invite(place.name("call"), place.name("nobody"), '{"_timeout":5}')
    (extra,) = await call.next("onInviteFailed")
    assert 4.5 < time.monotonic() - began < 7, f"after {time.monotonic() - began:.1f} s"
    says(extra, 703, "INVITE_E_PEEROFFLINE", "peer offline", True)
    expect(ends(default), [], "endings with the default")


@suite.case("S27 the callee logs in 10 s later: it rings, and may still be answered 15 s after")
async def callee_comes_later(place):
    ann = await place.login("ann")
    absent = place.name("bob")
    call = await ann.invite(place.name("call"), absent)
    await asyncio.sleep(10)
    bob = await place.login(account=absent)
    theirs, *_ = await bob.rung()
    await call.next("onInviteReceivedByPeer")
    await asyncio.sleep(15)
    await theirs.do("channelInviteAccept", "")
    await call.next("onInviteAcceptedByPeer")
    await ended(call, theirs, None, None)


@suite.case("S25 bye races accept, 20 times: one ending on each side")
async def bye_races_accept(place):
    caller, callee = await place.logins("ann", "bob")
    for _ in range(20):
        _, _, mine, theirs = await ringing(place, "", caller, callee)
        await asyncio.gather(mine.do("channelInviteEnd", ""), theirs.do("channelInviteAccept", ""))
        await theirs.next("onInviteEndByPeer")
        expect((ends(mine), ends(theirs)), (["onInviteEndByMyself"], ["onInviteEndByPeer"]), "endings")
        assert len(mine.all("onInviteAcceptedByPeer")) <= 1, "accepted twice"


@suite.case("S25 refuse races bye, 20 times: one ending on each side")
async def refuse_races_bye(place):
    caller, callee = await place.logins("ann", "bob")
    for _ in range(20):
        _, _, mine, theirs = await ringing(place, "", caller, callee)
        await asyncio.gather(theirs.do("channelInviteRefuse", ""), mine.do("channelInviteEnd", ""))
        await asyncio.sleep(0.2)
        # Whoever was first at the server: an ending that one made oneself is not followed by the other's.
        told = len([name for name in ends(mine) if name != "onInviteEndByMyself"]) + len(ends(theirs))
        assert told <= 1, f"told {ends(mine)} and {ends(theirs)}"


@suite.case("after accept one side logs out: 700 peer logout")
async def peer_logs_out(place):
    for who in ("caller", "callee"):
        caller, callee, mine, theirs = await ringing(place)
        await theirs.do("channelInviteAccept", "")
        await mine.next("onInviteAcceptedByPeer")
        leaver, left = (caller, theirs) if who == "caller" else (callee, mine)
        await leaver.log_out()
        (extra,) = await left.next("onInviteEndByPeer")
        says(extra, 700, "INVITE_E_OTHER", "peer logout", False)
        expect(len(ends(left)), 1, "endings")


@suite.case("code 702: after accept one side vanishes for 30 s")
async def peer_vanishes(place):
    async with place.line() as line:
        ann = await place.login("ann", url=line.url, retries=1)
        _, _, mine, theirs = await ringing(place, caller=ann)
        await theirs.do("channelInviteAccept", "")
        await mine.next("onInviteAcceptedByPeer")
        began = time.monotonic()
        line.cut()
        (extra,) = await theirs.next("onInviteEndByPeer", 40)
        assert 28 < time.monotonic() - began < 35, f"after {time.monotonic() - began:.1f} s"
        says(extra, 702, "INVITE_E_NET", "peer disconnected", True)


@suite.case("after accept a short drop ends nothing")
async def short_drop(place):
    async with place.line() as line:
        ann = await place.login("ann", url=line.url)
        _, _, mine, theirs = await ringing(place, caller=ann)
        await theirs.do("channelInviteAccept", "")
        await mine.next("onInviteAcceptedByPeer")
        line.drop()
        await ann.logged_in()
        await ended(mine, theirs, None, None, 2)


@suite.case("a second device: the newest login rings, the caller sees one ack")
async def second_device(place):
    _, callee, mine, _ = await ringing(place)
    newest = await place.login(account=callee.account)
    theirs, *_ = await newest.rung()
    await theirs.do("channelInviteAccept", "")
    await mine.next("onInviteAcceptedByPeer")
    expect(len(mine.all("onInviteReceivedByPeer")), 1, "acks")
    await ended(mine, theirs, None, None, 0.3)


@suite.case("the server restarts while it rings: one ending on each side")
async def restart_while_ringing(place):
    async with place.own_server() as server:
        caller, callee = [await place.login(word, server=server) for word in ("ann", "bob")]
        await caller.invite(place.name("call"), callee)
        await callee.rung()
        await server.stop()
        await server.start()
        for session in (caller, callee):
            await session.count("onLoginSuccess", 2, 20)
        # The SDK forgets its calls when it reconnects, so the invitation rings anew and can be answered.
        theirs, *_ = await callee.rung()
        await theirs.do("channelInviteRefuse", "")
        await asyncio.sleep(0.5)
        expect(ends(theirs), [], "endings at the callee")
        messages = got((await caller.sockets())[-1])
        assert "voip_invite_refuse" in str(messages), "the caller's connection was not told of the refusal"
