"""Every code on purpose: accounts, channels and peers named `fault:NAME` in test apps."""

import asyncio

from harness.report import Suite, expect

suite = Suite()

# What the published SDK reports of each code that a login can end in.
LOGINS = {
    "LOGIN_E_OTHER": 201, "LOGIN_E_FAILED": 201, "LOGIN_E_TOKENEXPIRED": 204, "LOGIN_E_TOKENWRONG": 206,
    "LOGIN_E_TOKEN_KICKED": 207, "LOGIN_E_INVALID_USER": 209,
}
LOGOUTS = {"LOGOUT_E_OTHER": 102, "LOGOUT_E_KICKED": 103, "LOGOUT_E_TOKENEXPIRED": 102}


@suite.case("faults: accounts that cannot log in")
async def logins(place):
    for name, code in LOGINS.items():
        await place.fails(code, account=f"fault:{name}")


@suite.case("faults: accounts whose login ends")
async def logouts(place):
    for name, code in LOGOUTS.items():
        session = await place.begin(account=f"fault:{name}")
        expect(await session.next("onLogout"), [code], f"onLogout of {name}")


@suite.case("faults: channels that cannot be joined")
async def joins(place):
    ann = await place.login("ann")
    for name in ("JOINCHANNEL_E_OTHER", "GENERAL_E_WRONG_PARAM", "GENERAL_E_LARGE_PARAM"):
        room = await ann.join(f"fault:{name}", joined=False)
        (reason,) = await room.next("onChannelJoinFailed")
        assert reason, name


@suite.case("faults: peers that cannot be sent to")
async def sends(place):
    ann = await place.login("ann")
    for name in ("SENDMESSAGE_E_OTHER", "GENERAL_E_LARGE_PARAM", "GENERAL_E_WRONG_PARAM"):
        await ann.refused(f"fault:{name}", "x")


@suite.case("faults: peers that cannot be invited")
async def invitations(place):
    ann = await place.login("ann")
    calls = {}
    for name in ("INVITE_E_OTHER", "INVITE_E_REINVITE", "INVITE_E_PEEROFFLINE", "INVITE_E_TIMEOUT"):
        calls[name] = await ann.invite(place.name("call"), f"fault:{name}")
    await asyncio.gather(*(call.next("onInviteFailed") for call in calls.values()))
