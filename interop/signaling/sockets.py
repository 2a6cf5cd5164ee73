"""What the SDK hides: frames byte for byte, and clients that misbehave."""

import asyncio
import json
import zlib

from harness import http, places
from harness.report import Suite, expect
from harness.websocket import BINARY, TEXT

from .frames import Raw, failure_is_sound
from .place import Limited, signaling, token, unique

suite = Suite()


@suite.case("S02 /getaddr: 200, open CORS and a usable address for any app")
async def getaddr(server):
    for query in ("?vid=dev-app", "?vid=no-such-app", "?vid=", "", "?vid=%00%ff", "?other=1"):
        answer = await http.request("GET", f"{server.http}/getaddr{query}", headers={"Origin": "https://app.example.com"})
        expect((answer.status, answer.headers["access-control-allow-origin"]), (200, "*"), f"answer to {query!r}")
        body = answer.json()
        expect(body["web"], [[signaling(server)]], "web")
        assert body["visavis"]["version"], body
        assert "wx_web" not in body, "an address for WeChat, which knows wss only"


@suite.case("S02 /getaddr names the host that was asked, and nothing that is no host")
async def getaddr_host(server):
    for host, wanted in (("signal.example.com:8080", "ws://signal.example.com:8080/signaling"), ('x"><script>', None)):
        answer = await http.request("GET", f"{server.http}/getaddr", headers={"Host": host})
        if wanted:
            expect(answer.json()["web"], [[wanted]], "web")
        else:
            assert answer.status == 400 or "script" not in answer.body.decode(), answer.body


@suite.case("S02 /getaddr of a server with a public address: wss, and an address for WeChat")
async def getaddr_public(server):
    async with Public(server.binary) as public:
        body = (await http.request("GET", f"{public.http}/getaddr?vid=x")).json()
        expect(body["web"], [["wss://signal.example.com/signaling"]], "web")
        host, port = body["wx_web"][0].split("/")[0].split(":")
        expect((host, port), ("signal.example.com", "443"), "wx_web")


class Public(Limited):
    """A server behind a proxy that speaks TLS."""

    def prepare(self):
        command = super().prepare()
        config = places.CACHE / "run" / f"{self.name}.toml"
        config.write_text('public_url = "https://signal.example.com"\n' + config.read_text())
        return command


@suite.case("telemetry: OPTIONS and POST are 204 with open CORS")
async def telemetry(server):
    for method, body in (("OPTIONS", None), ("POST", b'{"key":"secret-telemetry-token"}'), ("POST", b"no json")):
        answer = await http.request(method, f"{server.http}/signaling/telemetry", body, {
            "Origin": "https://app.example.com", "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type",
        })
        expect((answer.status, answer.body, answer.headers["access-control-allow-origin"]), (204, b"", "*"), f"answer to {method}")


@suite.case("an upgrade at / is signaling too")
async def upgrade_at_root(server):
    raw = await Raw.login(server, path="/")
    await raw.lives()


@suite.case("S03 a connection that never logs in is closed after 30 s")
async def never_logs_in(server):
    raw = await Raw.open(server)
    began = asyncio.get_running_loop().time()
    await raw.closed(40)
    took = asyncio.get_running_loop().time() - began
    assert 28 < took < 35, f"after {took:.1f} s"


@suite.case("S05 silence ends a connection; any frame keeps it")
async def silence(server):
    async with Limited(server.binary, silence_max_s=2) as impatient:
        quiet, lively = await Raw.login(impatient), await Raw.login(impatient)
        waiting = asyncio.create_task(quiet.closed(6))
        for number in range(5):
            await asyncio.sleep(0.9)
            await lively.emit("ping", number)
            expect(await lively.until("pong"), number, "pong")
        assert (await waiting) is not None, "dropped without a close frame"
        await lively.lives()


@suite.case("S05 pong echoes the number, whatever it is")
async def pings(server):
    raw = await Raw.login(server)
    for number in (1, 1, 7, 3, 0, -5, 2**53, 1.5, None):
        await raw.emit("ping", number)
        expect(await raw.until("pong"), number, "pong")


@suite.case("S06 failures carry code, name, reason, retryable and data.result")
async def failure_members(server):
    raw = await Raw.login(server)
    body = await raw.fails("no_such_function", 1004, "unsupported method name")
    expect((body["name"], body["retryable"]), ("GENERAL_E_WRONG_PARAM", False), "members")


@suite.case("S06 every call has one reply, also many at once")
async def one_reply_each(server):
    raw = await Raw.login(server)
    numbers = [await raw.begin("user_query_user_status", account=unique("x")) for _ in range(80)]
    seen = [(await raw.until("call2-ret"))[0] for _ in numbers]
    expect(sorted(seen), numbers, "replies")
    await raw.lives()
    expect([notice for notice in raw.notices if notice[0] == "call2-ret"], [], "more replies")


@suite.case("S07 what is unknown is ignored")
async def unknown_frames(server):
    raw = await Raw.login(server)
    for text in (
        '["no_such_event", {}]', '["set_flag", {"binary": 7, "x": []}]', '["set_flag", {}]', '["login_ret", ["", "{}"]]',
        '["notify", 1]', '["pong", 1]', '["x"]', '["x", 1, 2]', "hello", "{}", "[]", "[[]]", "7", "null", "", "[" * 60_000,
        '["call2"]', '["call2", []]', '["call2", {}]', '["call2", [1, 2, 3]]', '["call2", ["x", {}, {}]]', '["login"]', '["login", 1]',
    ):
        await raw.text(text)
        await raw.lives()
    expect(raw.notices, [], "what it was answered")
    body = await raw.call("user_query_user_status", account="x", unknown={"a": 1})
    expect(body["result"], "ok", "a call with an unknown member")


@suite.case("S07 what is no frame, too long or binary costs its own connection")
async def bad_frames(server):
    witness = await Raw.login(server)
    for what, payload, opcode in (
        ("a frame over 64 KiB", json.dumps(["ping", "x" * 66_000]).encode(), TEXT),
        ("binary", b'["ping",1]', BINARY),
        ("deflated", zlib.compress(b'["ping",1]'), BINARY),
        ("text that is not UTF-8", b'["\xff"]', TEXT),
    ):
        raw = await Raw.login(server)
        await raw.socket.send(payload, opcode)
        status = await raw.closed(5)
        assert status is not None, f"{what}: dropped without a close frame"
        await witness.lives()


@suite.case("S07 a frame of 64 KiB is taken")
async def long_frame(server):
    raw = await Raw.login(server)
    frame = json.dumps(["unknown", ""])
    await raw.text(json.dumps(["unknown", "x" * (65_536 - len(frame))]))
    await raw.lives()


@suite.case("S08 code 1003: before the login, with a wrong or an old line")
async def wrong_lines(server):
    raw = await Raw.open(server)
    raw.line = "0" * 32
    body = await raw.call("user_query_user_status", account="x")
    expect((body["code"], body["name"]), (1003, "GENERAL_E_NOT_LOGIN"), "before the login")
    failure_is_sound(body)
    await raw.log_in(server.app_id)
    first = raw.line
    again = await Raw.login(server, raw.account)
    for line in (first, "", "0" * 32, None, 7):
        again_line, again.line = again.line, line
        body = await again.call("user_query_user_status", account="x")
        expect((body["code"], body["reason"]), (1003, "wrong line"), f"with the line {line!r}")
        again.line = again_line
    await again.works("user_query_user_status", account="x")


@suite.case("code 208: a second login on one connection; the first stays")
async def second_login(server):
    raw = await Raw.login(server)
    line = raw.line
    body = await raw.log_in(server.app_id)
    expect((body["result"], body["code"], body["reason"]), ("failed", 208, "already login"), "login_ret")
    raw.line = line
    await raw.works("user_query_user_status", account="x")


@suite.case("code 100: line_login is answered with close, wrong line")
async def line_login(server):
    raw = await Raw.open(server)
    await raw.emit("line_login", {"line": "0" * 32})
    body = await raw.until("close")
    expect((body["code"], body["name"], body["reason"]), (100, "LOGOUT_E_OTHER", "wrong line"), "close")
    expect(await raw.closed(), 4100, "status")


@suite.case("S29 kick and close come before the new login_ret")
async def kick_first(server):
    old = await Raw.login(server)
    new = await Raw.open(server, old.account)
    await new.log_in(server.app_id)
    body = await old.until("kick")
    expect((body["code"], body["name"], body["retryable"]), (103, "LOGOUT_E_KICKED", False), "kick")
    expect(await old.closed(), 4103, "status")


@suite.case("S31 the four token vectors, and every byte of one changed")
async def token_vectors(server):
    app, certificate = "970CA35de60c44645bbae8a215061b33", "5CFd2fd1755d40ecb72977518be15d3b"
    for account, app_id, secret, expires, digest in (
        ("2882341273", app, certificate, 1514219634, "82539e1f3973bcfe3f0d0c8993e6c051"),
        ("TestAccount", app.lower(), certificate.lower(), 1446455471, "4815d52c4fd440bac35b981c12798774"),
        ("user", app, certificate, 600, "8d4e710823888475bd41bdca4ad9d792"),
        ("ünï", app, certificate, 4102444800, "92dc472f2664b213586877d300f54ade"),
    ):
        expect(token(account, app_id, secret, expires=expires), f"1:{app_id}:{expires}:{digest}", f"token of {account}")
    account = unique("tom")
    good = token(account, server.app_id, server.settings["app_certificate"])
    answered = []
    for at in range(len(good)):
        raw = await Raw.open(server, account)
        body = await raw.log_in(server.app_id, good[:at] + chr(ord(good[at]) ^ 1) + good[at + 1 :])
        answered.append(body["code"])
        raw.socket.drop()
    expect(set(answered), {206}, "codes of the changed tokens")
    raw = await Raw.open(server, account)
    expect((await raw.log_in(server.app_id, good))["result"], "ok", "the token itself")


@suite.case("S35 clients without sdk get no extra members, events or kinds")
async def nothing_extra(server):
    ann, ours = await Raw.login(server), await Raw.open(server)
    body = await ours.log_in(server.app_id, sdk="visavis/0.0", caps=["multi_channel", "no_such_thing"])
    assert "multi_channel" in body["caps"] and "no_such_thing" not in body["caps"], f"caps {body['caps']}"
    again = await Raw.open(server, ann.account)
    body = await again.log_in(server.app_id)
    assert set(body) <= {"result", "uid", "line", "config_msg_set", "config_inst_msg_with_msgid"}, f"login_ret {body}"


@suite.case("a flood costs the flooder alone")
async def flood(server):
    witness = await Raw.login(server)
    flooder = await Raw.login(server)
    frames = json.dumps(["ping", 1]).encode()
    for _ in range(5000):
        flooder.socket.write(frames, TEXT)
    for _ in range(20):
        began = asyncio.get_running_loop().time()
        await witness.lives()
        assert asyncio.get_running_loop().time() - began < 1, "another login waited"
    assert await flooder.closed() is not None, "the flooder was dropped without a close frame"


@suite.case("a reader that reads nothing is closed, the channel goes on")
async def slow_reader(server):
    name = unique("room")
    talker = await Raw.login(server)
    await talker.works("channel_join", name=name)
    slow = await Raw.open(server, receive_buffer_bytes=4096)
    await slow.log_in(server.app_id)
    await slow.begin("channel_join", name=name)
    sent = 0
    async with asyncio.timeout(60):
        # Until the others are told that it left.
        while not any(name == "notify" and "channel_user_leave" in str(content) for name, content in talker.notices):
            await talker.works("channel_sendmsg", name=name, msg="x" * 8000)
            sent += 1
            talker.notices = talker.notices[-50:]
            await asyncio.sleep(0.02)
    await talker.lives()
    return {"messages": sent}


@suite.case("binary frames when the server may deflate")
async def deflated(server):
    async with Limited(server.binary, deflate="true") as deflating:
        raw = await Raw.login(deflating)
        plain = await Raw.login(deflating)
        await raw.emit("set_flag", {"binary": 1})
        name = unique("room")
        for one in (raw, plain):
            await one.works("channel_join", name=name)
        await plain.works("channel_sendmsg", name=name, msg="x" * 8000)
        while True:
            opcode, payload = await raw.socket.receive()
            text = zlib.decompress(payload) if opcode == BINARY else payload
            if b"channel_msg" in text:
                break
        expect(opcode, BINARY, "opcode of a long frame")
        expect(json.loads(text)[0], "notify", "what it holds")


@suite.case("S36 the log holds neither tokens nor messages")
async def nothing_in_the_log(server):
    raw = await Raw.open(server)
    secret = token(raw.account, server.app_id, server.settings["app_certificate"])
    await raw.log_in(server.app_id, secret)
    await raw.works("user_sendmsg", peer=raw.account, flag="v1:E:60", t="instant", content="sentinel-of-a-message")
    await raw.fails("user_sendmsg", 400, "wrong msg lvl", peer=raw.account, flag="x", t="instant", content="sentinel-of-a-message")
    await raw.text('["call2", ["sentinel-of-a-frame", 9')
    await raw.lives()
    log = server.log()
    for what in (secret, secret.rsplit(":", 1)[1], "sentinel-of", "secret-telemetry-token", raw.line):
        assert what not in log, f"the log holds {what}"
