"""Every code on purpose: accounts, channels and peers named `fault:NAME` in test apps."""

import json

from harness.report import Suite, expect

from .frames import got
from .invitations import says
from .place import token

suite = Suite()

# What the login is refused with, and what the published SDK makes of it.
LOGINS = {
    "LOGIN_E_OTHER": (200, 201), "LOGIN_E_FAILED": (202, 201), "LOGIN_E_TOKENEXPIRED": (204, 204), "206": (206, 206),
    "LOGIN_E_TOKENWRONG": (206, 206), "LOGIN_E_TOKEN_KICKED": (207, 207), "LOGIN_E_ALREADY_LOGIN": (208, 201),
    "LOGIN_E_INVALID_USER": (209, 209), "LOGIN_E_OLDVERSION": (1004, 201), "NO_SUCH_CODE": (1004, 201),
}
LOGOUTS = {"LOGOUT_E_OTHER": (100, 102), "LOGOUT_E_KICKED": (103, 103), "LOGOUT_E_TOKENEXPIRED": (105, 102)}


@suite.case("faults: every code that a login can be refused with")
async def logins(place):
    for name, (code, reported) in LOGINS.items():
        session = await place.fails(reported, account=f"fault:{name}")
        # Close statuses end at 4999.
        expect(await session.closed(), min(4000 + code, 4999), f"close of {name}")
        body = json.loads(got((await session.sockets())[-1], "login_ret")[0][1][1])
        expect(body["code"], code, f"code of {name}")


@suite.case("faults: every code that a login can end with")
async def logouts(place):
    for name, (code, reported) in LOGOUTS.items():
        # Each subject logs in with an account of its own, or they would kick each other.
        session = await place.login(account=f"fault:{name}+{unlike(place)}ms")
        expect(await session.next("onLogout"), [reported], f"onLogout of {name}")
        expect(await session.closed(), 4000 + code, f"close of {name}")


def unlike(place):
    """A delay that makes the account another one than that of the other subject."""
    return {"node": 700, "chromium": 701}[place.worker.name]


@suite.case("faults: channels that cannot be joined")
async def joins(place):
    ann = await place.login("ann")
    for name, reason in (
        ("JOINCHANNEL_E_OTHER", "channel full"), ("300", "channel full"), ("GENERAL_E_FAILED", "server error"),
        ("GENERAL_E_LARGE_PARAM", "param too large"), ("GENERAL_E_NOT_LOGIN", "not login"),
    ):
        room = await ann.join(f"fault:{name}", joined=False)
        expect(await room.next("onChannelJoinFailed"), [reason], f"onChannelJoinFailed of {name}")
    room = await ann.join("fault:GENERAL_E_UNKNOWN", joined=False)
    (error,) = await room.next("onChannelJoinFailed")
    assert error.startswith("wrong resp:"), error


@suite.case("faults: channels that one is removed from")
async def removals(place):
    ann = await place.login("ann")
    for name in ("LEAVECHANNEL_E_OTHER", "LEAVECHANNEL_E_KICKED"):
        room = await ann.join(f"fault:{name}+{unlike(place)}ms")
        expect((await room.next("onChannelUserLeaved"))[0], ann.account, f"who left by {name}")


@suite.case("faults: peers that cannot be sent to")
async def sends(place):
    ann = await place.login("ann")
    for name in ("SENDMESSAGE_E_OTHER", "GENERAL_E", "GENERAL_E_FAILED", "GENERAL_E_LARGE_PARAM", "GENERAL_E_WRONG_PARAM"):
        await ann.refused(f"fault:{name}", "x")
    try:
        await ann.ask("messageInstantSend", "fault:SENDMESSAGE_E_TIMEOUT", "x", timeout_s=2)
    except AssertionError:
        return
    raise AssertionError("a send without an answer called back")


@suite.case("faults: peers that cannot be invited")
async def invites(place):
    ann = await place.login("ann")
    for name, reason in (("INVITE_E_OTHER", "rate limited"), ("INVITE_E_REINVITE", "reinvite"), ("INVITE_E_PEEROFFLINE", "peer offline")):
        call = await ann.invite(place.name("call"), f"fault:{name}")
        expect(await call.next("onInviteFailed"), [reason], f"onInviteFailed of {name}")
    for name, code, reason in (("INVITE_E_TIMEOUT", 704, "timeout"), ("INVITE_E_PEEROFFLINE+1s", 703, "peer offline")):
        call = await ann.invite(place.name("call"), f"fault:{name}")
        (extra,) = await call.next("onInviteFailed")
        says(extra, code, name.split("+")[0], reason, True)
    call = await ann.invite(place.name("call"), "fault:INVITE_E_NET")
    await call.nothing_but([], 1.5)


@suite.case("faults: queries and invoke")
async def queries(place):
    ann = await place.login("ann")
    await ann.invoke_fails("channel_query_num", 500, "server error", name="fault:QUERYUSERNUM_E_OTHER")
    for name, code, reason in (
        ("GENERAL_E", 1000, "rate limited"), ("GENERAL_E_FAILED", 1001, "server error"), ("GENERAL_E_NOT_LOGIN", 1003, "not login"),
        ("GENERAL_E_LARGE_PARAM", 1005, "param too large"),
    ):
        await ann.invoke_fails("user_get_attr", code, reason, account=f"fault:{name}", name="x")
        await ann.invoke_fails("user_query_user_status", code, reason, account=f"fault:{name}")
    error, _ = await ann.ask("invoke", "io.agora.signal.user_query_user_status", {"account": "fault:GENERAL_E_UNKNOWN"})
    assert error.startswith("wrong resp:"), error


@suite.case("faults: apps that are no test apps know none")
async def no_test_app(place):
    app, certificate = await place.new_app()
    account = "fault:LOGIN_E_TOKENEXPIRED"
    session = await place.login(account=account, app=app, token=token(account, app, certificate))
    await session.join("fault:JOINCHANNEL_E_OTHER")
    await session.send("fault:SENDMESSAGE_E_OTHER", "x")
