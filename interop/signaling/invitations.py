"""Calls: ringing, answers, hanging up, and what is refused."""

import asyncio
import json

from harness.report import Suite, expect

from .frames import Raw, got
from .place import unique

suite = Suite()
ENDS = ("onInviteRefusedByPeer", "onInviteFailed", "onInviteEndByPeer", "onInviteEndByMyself")


async def ringing(place, extra="", caller=None, callee=None):
    """A caller and a callee, and their two ends of a call that rings."""
    caller, callee = caller or await place.login("ann"), callee or await place.login("bob")
    channel = place.name("call")
    mine = await caller.invite(channel, callee, extra)
    theirs, where, who, received = await callee.rung()
    expect((where, who, received), (channel, caller.account, extra), "what the callee got")
    await mine.next("onInviteReceivedByPeer")
    return caller, callee, mine, theirs


def ends(call):
    return [name for name, _ in call.events if name in ENDS]


async def ended(mine, theirs, caller_end, callee_end, quiet_s=0.7):
    """Both ends saw these endings and no other."""
    await asyncio.sleep(quiet_s)
    expect((ends(mine), ends(theirs)), ([caller_end] if caller_end else [], [callee_end] if callee_end else []), "endings")


def says(extra, code, name, reason, retryable):
    body = json.loads(extra)
    expect({key: body[key] for key in ("code", "name", "reason", "retryable")},
           {"code": code, "name": name, "reason": reason, "retryable": retryable}, "extra of the server")


EXTRAS = ("", '{"a":"ünï  漢字"}', '{"text":"' + "x" * 8000 + '"}', "[1, 2]")


@suite.case("S24 accept: extra unchanged, then the callee hangs up")
async def accepted(place):
    caller, callee = await place.logins("ann", "bob")
    for extra in EXTRAS:
        _, _, mine, theirs = await ringing(place, extra, caller, callee)
        await theirs.do("channelInviteAccept", extra)
        expect(await mine.next("onInviteAcceptedByPeer"), [extra], "extra of accept")
        await theirs.do("channelInviteEnd", extra)
        expect(await mine.next("onInviteEndByPeer"), [extra], "extra of bye")
    await ended(mine, theirs, "onInviteEndByPeer", "onInviteEndByMyself")


@suite.case("S24 refuse: extra unchanged")
async def refused(place):
    caller, callee = await place.logins("ann", "bob")
    for extra in (*EXTRAS, '{"reason":"busy"}'):
        _, _, mine, theirs = await ringing(place, extra, caller, callee)
        await theirs.do("channelInviteRefuse", extra)
        expect(await mine.next("onInviteRefusedByPeer"), [extra], "extra of refuse")
    await ended(mine, theirs, "onInviteRefusedByPeer", None)


@suite.case("S25 the caller hangs up while it rings")
async def caller_cancels(place):
    _, _, mine, theirs = await ringing(place)
    await mine.do("channelInviteEnd", '{"reason":"cancelled"}')
    expect(await theirs.next("onInviteEndByPeer"), ['{"reason":"cancelled"}'], "extra")
    await ended(mine, theirs, "onInviteEndByMyself", "onInviteEndByPeer")


@suite.case("S25 the caller hangs up after accept")
async def caller_ends(place):
    _, _, mine, theirs = await ringing(place)
    await theirs.do("channelInviteAccept", "")
    await mine.next("onInviteAcceptedByPeer")
    await mine.do("channelInviteEnd", "")
    await theirs.next("onInviteEndByPeer")
    await ended(mine, theirs, "onInviteEndByMyself", "onInviteEndByPeer")


@suite.case("S25 the callee hangs up while it rings")
async def callee_ends(place):
    _, _, mine, theirs = await ringing(place)
    await theirs.do("channelInviteEnd", "")
    await mine.next("onInviteEndByPeer")
    await ended(mine, theirs, "onInviteEndByPeer", "onInviteEndByMyself")


@suite.case("S25 the caller hangs up before it reached the callee: nothing there, ever")
async def cancelled_unseen(place):
    ann = await place.login("ann")
    absent = place.name("bob")
    call = await ann.invite(place.name("call"), absent)
    await asyncio.sleep(0.3)
    await call.do("channelInviteEnd", "")
    await asyncio.sleep(0.3)
    bob = await place.login(account=absent)
    await bob.nothing_but(["onLoginSuccess"], 1.5)
    expect(ends(call), ["onInviteEndByMyself"], "endings of the caller")


@suite.case("S28 DTMF before and after accept, both ways")
async def dtmf(place):
    _, _, mine, theirs = await ringing(place)
    for answered in (False, True):
        for one, other in ((mine, theirs), (theirs, mine)):
            for digit in "1*#":
                await one.do("channelInviteDTMF", digit)
                (extra,) = await other.next("onInviteMsg")
                expect(json.loads(extra), {"msgtype": "dtmf", "msgdata": digit}, "message")
        if not answered:
            await theirs.do("channelInviteAccept", "")
            await mine.next("onInviteAcceptedByPeer")


@suite.case("code 701: a second invitation while one is pending; the first goes on")
async def reinvite(place):
    ann, bob = await place.logins("ann", "bob")
    channel = place.name("call")
    first = await ann.invite(channel, bob)
    theirs, *_ = await bob.rung()
    second = await ann.invite(channel, bob)
    expect(await second.next("onInviteFailed"), ["reinvite"], "onInviteFailed")
    # From here the SDK tells everything on the newer object of the same pair.
    await theirs.do("channelInviteAccept", "")
    await second.next("onInviteAcceptedByPeer")
    expect((ends(first), len(bob.all("onInviteReceived"))), ([], 1), "endings of the first, and rings")
    third = await ann.invite(place.name("call"), bob)
    await third.next("onInviteReceivedByPeer")


@suite.case("code 701: both call each other; the first at the server wins")
async def glare(place):
    ann, bob = await place.logins("ann", "bob")
    channel = place.name("call")
    both = await asyncio.gather(ann.invite(channel, bob), bob.invite(channel, ann))
    await asyncio.sleep(1)
    failures = [call.all("onInviteFailed") for call in both]
    expect(sorted(failures), [[], [["glare"]]], "failures")
    winner, loser = (ann, bob) if failures[1] else (bob, ann)
    theirs, *_ = await loser.rung()
    expect(winner.all("onInviteReceived"), [], "rings at the winner")
    await theirs.do("channelInviteAccept", "")
    await (both[0] if winner is ann else both[1]).next("onInviteAcceptedByPeer")


@suite.case("code 1004: oneself, extra that is no JSON, wishes out of range")
async def wrong_invitations(place):
    ann, bob = await place.logins("ann", "bob")
    for peer, extra in ((ann, ""), (bob, "no json"), (bob, '{"_timeout":31}'), (bob, '{"_timeout":-1}'), (bob, '{"_require_peer_online":2}')):
        call = await ann.invite(place.name("call"), peer, extra)
        (reason,) = await call.next("onInviteFailed")
        assert reason.startswith("wrong param "), f"{extra}: {reason}"
    expect(bob.all("onInviteReceived"), [], "rings")
    bodies = [text for _, (_, _, text) in got((await ann.sockets())[0], "call2-ret") if '"failed"' in text]
    expect([json.loads(text)["code"] for text in bodies], [1004] * 5, "codes")


@suite.case("code 700: answers to a call that is over change nothing")
async def late_answers(place):
    _, callee, mine, theirs = await ringing(place)
    await mine.do("channelInviteEnd", "")
    await theirs.next("onInviteEndByPeer")
    for method in ("channelInviteAccept", "channelInviteRefuse", "channelInviteDTMF"):
        await theirs.do(method, "1")
    await asyncio.sleep(0.5)
    bodies = [json.loads(text) for _, (_, _, text) in got((await callee.sockets())[0], "call2-ret")]
    late = [(body["code"], body["reason"]) for body in bodies if body["result"] != "ok"]
    expect(late, [(700, "no such invitation")] * 3, "replies")
    await ended(mine, theirs, "onInviteEndByMyself", "onInviteEndByPeer", 0)


raw = Suite()


@raw.case("voip messages: content is JSON with channel, peer, extra, peeruid")
async def content(server):
    ann, bob, channel = await Raw.login(server), await Raw.login(server), unique("call")
    await ann.works("voip_invite", channelName=channel, peer=bob.account, extra="")
    ((version, parts),) = await bob.messages()
    expect((parts[4], parts[5], parts[2]), ("v1:E:30", "voip_invite", ann.account), "flag, type, source")
    body = json.loads(parts[7])
    expect((body["channel"], body["peer"], body["extra"]), (channel, ann.account, ""), "content")
    assert isinstance(body["peeruid"], int), body
    await bob.works("voip_invite_ack", channelName=channel, peer=ann.account, extra="")
    await bob.works("voip_invite_accept", channelName=channel, peer=ann.account, extra='{"x":1}')
    kinds = [(parts[5], json.loads(parts[7])["peer"]) for _, parts in await ann.messages()]
    expect(kinds, [("voip_invite_ack", bob.account), ("voip_invite_accept", bob.account)], "what the caller got")


@raw.case("code 1005: an extra of more than 8 KB")
async def large_extra(server):
    ann, bob = await Raw.login(server), await Raw.login(server)
    for size, fits in ((8192, True), (8193, False)):
        extra = json.dumps("x" * (size - 2))
        args = {"channelName": unique("call"), "peer": bob.account, "extra": extra}
        if fits:
            await ann.works("voip_invite", **args)
        else:
            await ann.fails("voip_invite", 1005, "msg too large", **args)
