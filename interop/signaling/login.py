"""Discovery, logins, and how logins end: every numeric code that the SDK can report."""

import asyncio
import json
import re

from harness.report import Suite, expect

from .clients import SDK_VERSION
from .frames import got, sent
from .network import Discovery
from .place import NO_TOKEN, signaling, token

suite = Suite()


@suite.case("S01 a login, frame by frame")
async def frames_of_a_login(place):
    expect(await place.worker.ask("version"), SDK_VERSION, "version of the SDK")
    session = await place.begin("ann")
    uid = await session.logged_in()
    await asyncio.sleep(0.3)
    (connection,) = await session.sockets()
    login = {"vid": place.server.app_id, "account": session.account, "uid": 0, "token": NO_TOKEN, "device": "websdk", "ip": ""}
    (_, (error, text)), *_ = got(connection)
    expect(error, "", "err of login_ret")
    body = json.loads(text)
    expect((body["result"], body["uid"]), ("ok", uid), "login_ret")
    assert 0 < uid < 1 << 31, f"uid {uid}"
    assert re.fullmatch("[0-9a-f]{32}", body["line"]), f"line {body['line']}"
    assert not body.get("config_msg_set") and not body.get("config_inst_msg_with_msgid"), f"config_* of {body}"
    expect(
        sent(connection),
        [
            ("login", login), ("set_flag", {"binary": 1}), ("ping", 1),
            ("call2", ["user_getmsg", 1, {"line": body["line"], "ver_clear": 0, "max": 30}]),
        ],
        "frames sent",
    )
    expect([name for name, _ in got(connection)], ["login_ret", "pong", "call2-ret"], "frames received")
    expect(await session.status(), 2, "status")


@suite.case("S01 the uid is stable for an account; the line is new")
async def stable_uid(place):
    session = await place.begin("ann")
    uid = await session.logged_in()
    await session.log_out()
    again = await place.begin(account=session.account)
    expect(await again.logged_in(), uid, "uid of the next login")
    first, second = await again.sockets()
    lines = [json.loads(got(connection, "login_ret")[0][1][1])["line"] for connection in (first, second)]
    assert lines[0] != lines[1], "the line of a login that ended is given again"


@suite.case("S02 logs in through discovery")
async def through_discovery(place):
    await place.login("dora", url="")


@suite.case("S02 discovery knows no app, the login says so: 201")
async def unknown_app(place):
    for app in ("no-such-app", ""):
        session = await place.fails(201, word="dora", app=app, url="")
        await refusal(session, 202, "rejected : unknown app")


@suite.case("an address without a path serves too")
async def at_the_root(place):
    await place.login("dora", url=signaling(place.server).replace("/signaling", "/"))


@suite.case("S03 discovery opens two sockets, one logs in")
async def two_sockets(place):
    async with place.line() as line, Discovery({"web": [[line.url]], "visavis": {"version": "0"}}) as discovery:
        session = await place.login("dora", url="", discovery=[discovery.base])
        await asyncio.sleep(0.5)
        both = [connection for connection in await place.worker.ask("sockets") if connection["url"].startswith(line.url)]
        expect(sorted(connection["account"] or "" for connection in both), ["", session.account], "accounts of the sockets")
        (idle,) = (connection for connection in both if connection["account"] is None)
        expect((idle["opened"], idle["frames"]), (True, []), "the other socket")
        assert idle["closed"] is not None, "the other socket stays open"
        expect(await session.status(), 2, "status")


async def refusal(session, code, reason):
    """The last connection got a `login_ret` that says why, then a close that says it too."""
    connection = (await session.sockets())[-1]
    (_, (error, text)), *more = got(connection)
    expect((error, more), ("", []), "err, and what follows login_ret")
    body = json.loads(text)
    expect((body["result"], body["code"], body["reason"]), ("failed", code, reason), f"login_ret for {session.account!r}")
    assert body["name"] and isinstance(body["retryable"], bool), body
    expect(await session.closed(), 4000 + code, f"close after {reason}")


@suite.case("S04 code 206: every wrong token says why, then closes")
async def wrong_tokens(place):
    app, certificate = await place.new_app()
    other, other_certificate = await place.new_app()
    account = place.name("tom")
    good = token(account, app, certificate)
    for wrong, reason in (
        ("", "TokenErrorRequired"),
        (None, "TokenErrorRequired"),
        (NO_TOKEN, "TokenErrorRequired"),
        ("garbage", "TokenErrorFormat"),
        (f"006{app}IAB", "TokenErrorFormat"),
        (token(account, app, certificate, version="2"), "TokenErrorVersion"),
        (token(account, other, other_certificate), "TokenErrorAppId"),
        (token(account, app, other_certificate), "TokenErrorSignature"),
        (token("someone", app, certificate), "TokenErrorSignature"),
        (good[:-1] + ("0" if good[-1] != "0" else "1"), "TokenErrorSignature"),
    ):
        session = await place.fails(206, account=account, app=app, token=wrong)
        await refusal(session, 206, reason)
    await place.login(account=account, app=app, token=good)


@suite.case("S04 code 204: a token that expired")
async def expired_token(place):
    app, certificate = await place.new_app()
    account = place.name("tom")
    session = await place.fails(204, account=account, app=app, token=token(account, app, certificate, -10))
    await refusal(session, 204, "TokenErrorExpired")
    # Expiry is told only to those who have a token that was good.
    await place.fails(206, account=account, app=app, token=token("someone", app, certificate, -10))


@suite.case("S04 code 209: every account that is none says why")
async def wrong_accounts(place):
    for account, reason in (
        ("", "wrong account : empty"),
        ("with space", "wrong account : with space"),
        ("x" * 129, "wrong account : too long"),
        ("é" * 65, "wrong account : too long"),
        ("notify", "wrong account : reserved"),
        ("system", "wrong account : reserved"),
        ("-", "wrong account : reserved"),
        ("be\x07ll", "wrong account"),
    ):
        session = await place.fails(209, account=account)
        if account in ("with space", "be\x07ll", "x" * 129, "é" * 65):  # nobody else tries these
            await refusal(session, 209, reason)
    await place.login(account=place.name("x" * 120))
    await place.login(account=place.name("ünï-漢字"))


@suite.case("code 207: the holder of an older token comes back")
async def held_by_renewed(place):
    app, certificate = await place.new_app()
    account = place.name("ken")
    older, newer = token(account, app, certificate, 300), token(account, app, certificate, 600)
    first = await place.login(account=account, app=app, token=older)
    second = await place.login(account=account, app=app, token=newer)
    expect(await first.next("onLogout"), [103], "onLogout of the first")
    third = await place.fails(207, account=account, app=app, token=older)
    await refusal(third, 207, "kick")
    expect(await second.status(), 2, "status of the second")
    await second.log_out()
    await place.login(account=account, app=app, token=older)


@suite.case("code 201: disabled apps, blocked accounts")
async def shut_out(place):
    blocked = place.name("tom")
    app, _ = await place.new_app(noTokenAllowed=True, blockedAccounts=[blocked])
    await refusal(await place.fails(201, account=blocked, app=app), 202, "account blocked")
    await place.login("tom", app=app)
    app, _ = await place.new_app(noTokenAllowed=True, disabled=True)
    await refusal(await place.fails(201, word="tom", app=app), 202, "app disabled")


@suite.case("code 102: the token ends and the app ends logins then")
async def token_ends(place):
    for expiry, ends in (("kick", True), ("keep", False)):
        app, certificate = await place.new_app(tokenExpiry=expiry)
        account = place.name("tom")
        session = await place.login(account=account, app=app, token=token(account, app, certificate, 2))
        if not ends:
            await session.nothing_but(["onLoginSuccess"], 3)
            continue
        expect(await session.next("onLogout"), [102], "onLogout")
        (connection,) = await session.sockets()
        expect(got(connection, "close")[0][1]["code"], 105, "close")


@suite.case("a token that expired meanwhile is good for coming back after a drop, not for a login")
async def grace(place):
    app, certificate = await place.new_app()
    account = place.name("tom")
    short = token(account, app, certificate, 2)
    async with place.line() as line:
        session = await place.login(account=account, app=app, token=short, url=line.url)
        await asyncio.sleep(2.5)
        line.drop()
        await session.logged_in()
    async with place.line() as line:
        other = place.name("tom")
        await place.fails(204, account=other, app=app, token=token(other, app, certificate, -1), url=line.url)


@suite.case("S29 code 103: a second login kicks the first")
async def kicked(place):
    first = await place.login("kim")
    second = await place.login(account=first.account)
    expect(await first.next("onLogout"), [103], "onLogout of the first")
    expect(await first.status(), 0, "status of the first")
    await asyncio.sleep(0.5)
    old, new = await second.sockets()
    kicks = [(at, json.loads(text)[1]) for _, at, text in old["frames"] if text.startswith('["kick"')]
    expect(len(kicks), 1, "kicks")
    expect((kicks[0][1]["code"], kicks[0][1]["name"]), (103, "LOGOUT_E_KICKED"), "argument of kick")
    answered = next(at for _, at, text in new["frames"] if text.startswith('["login_ret"'))
    # Two connections may be read in any order: what was sent first can be seen 100 ms later, not more.
    assert kicks[0][0] <= answered + 100, "the new login was answered before the old one was kicked"
    expect(old["closed"], 4103, "close of the old connection")
    assert new["closed"] is None, "the new connection was closed"
    expect(got(new, "kick"), [], "kicks of the new connection")
    await second.nothing_but(["onLoginSuccess"])


@suite.case("code 101: logout; others may then log in without a kick")
async def logged_out(place):
    session = await place.login("lou")
    await session.log_out()
    expect(await session.status(), 0, "status")
    again = await place.login(account=session.account)
    expect(got((await again.sockets())[-1], "kick"), [], "kicks")
    await session.nothing_but(["onLoginSuccess", "onLogout"])


@suite.case("code 102: the network is gone and retries are used up")
async def retries_used_up(place):
    async with place.line() as line:
        session = await place.login("ned", url=line.url, retries=3, retryTime=5000)
        line.cut()
        expect(await session.next("onLogout", 15), [102], "onLogout")
        expect(await session.status(), 0, "status")


@suite.case("code 201: nothing listens")
async def nothing_listens(place):
    async with place.line() as line:
        url = line.url
    await place.fails(201, word="ned", url=url)


@suite.case("code 201: discovery is dead")
async def discovery_is_dead(place):
    async with place.line() as line:
        base = line.url.replace("ws://", "http://").removesuffix("/signaling")
    await place.fails(201, word="ned", url="", discovery=[base])


@suite.case("code 100: WeChat, and the server's address is not wss")
async def wechat_without_address(place):
    await place.fails(100, word="wei", url="", wechat=True)


@suite.case("WeChat: logs in without asking for binary frames")
async def wechat(place):
    address = signaling(place.server).removeprefix("ws://")
    async with Discovery({"web": [], "wx_web": [address]}) as discovery:
        session = await place.login("wei", url="", wechat=True, discovery=[discovery.base])
    (connection,) = await session.sockets()
    expect([name for name, _ in sent(connection)][:3], ["login", "ping", "call2"], "frames sent")


@suite.case("a drop: logged in again by itself, second onLoginSuccess")
async def reconnects(place):
    async with place.line() as line:
        session = await place.login("rita", url=line.url)
        for _ in range(3):
            line.drop()
            await session.logged_in()
        await session.nothing_but(["onLoginSuccess"] * 4)
        expect(await session.status(), 2, "status")


@suite.case("S30 the server restarts: 1012, and clients are back by themselves")
async def restart(place):
    async with place.own_server() as server:
        sessions = [await place.begin("rita", server=server) for _ in range(3)]
        uids = [await session.logged_in() for session in sessions]
        await server.stop()
        for session in sessions:
            expect(await session.closed(), 1012, "how the server left")
            expect(got((await session.sockets())[-1], "close"), [], "close events")
        await server.start()
        expect([await session.logged_in(20) for session in sessions], uids, "uids after the restart")
        for session in sessions:
            await session.nothing_but(["onLoginSuccess"] * 2, 0.2)


@suite.case("S30 the server is killed: clients are back by themselves")
async def killed(place):
    async with place.own_server() as server:
        session = await place.login("rita", server=server)
        server.kill()
        await server.process.wait()
        await server.start()
        await session.logged_in(20)
        await session.nothing_but(["onLoginSuccess"] * 2, 0.2)


@suite.case("S32 two apps with equal names never meet")
async def two_apps(place):
    (app, certificate), (other, other_certificate) = await place.new_app(), await place.new_app()
    channel = place.name("room")
    pairs = []
    for which, secret in ((app, certificate), (other, other_certificate)):
        pair = []
        for account in ("twin", "sister"):
            session = await place.login(account=account, app=which, token=token(account, which, secret))
            pair.append((session, await session.join(channel)))
        pairs.append(pair)
    ((ann, room), (sister, _)), ((other_ann, other_room), _) = pairs
    expect(len((await other_room.next("onChannelUserList"))[0]), 1, "users at the first join of the other app")
    await room.ask("messageChannelSend", "hello")
    await ann.send(sister, "psst")
    expect(await sister.next("onMessageInstantReceive"), [ann.account, 0, "psst"], "message in the same app")
    await ann.invoke("user_set_attr", name="mood", value="fine")
    expect((await other_ann.invoke("user_get_attr", account=ann.account, name="mood"))["value"], "", "attribute in the other app")
    expect((await other_ann.invoke("channel_query_num", name=channel))["num"], 2, "members in the other app")
    expect(other_room.all("onMessageChannelReceive"), [], "messages in the other app")
    expect(pairs[1][1][0].all("onMessageInstantReceive"), [], "peer messages in the other app")


@suite.case("telemetry: the SDK's report is taken, with open CORS")
async def telemetry(place):
    async with place.line() as line:
        await place.login("tess", url=line.url)
    address = f"{place.server.http}/signaling/telemetry"
    for _ in range(30):
        reports = [seen for seen in await place.worker.ask("requests") if seen["url"] == address]
        if any(seen["status"] is not None for seen in reports):
            break
        await asyncio.sleep(0.1)
    expect({(seen["method"], seen["status"]) for seen in reports if seen["status"] is not None}, {("POST", 204)}, "reports")
