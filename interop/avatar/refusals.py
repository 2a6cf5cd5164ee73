"""Every failure with a natural cause, and what each SDK must make of it.

The ids are those of the conformance checklist of the wire specification:
cause, what is emitted, and what each family of SDKs reports.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import time

from harness import speech
from harness.report import Skip, Suite, expect

from .errors import RUNTIME, check, connect, connect_close, server_error, token_call
from .place import CLOSE, CONNECT, sleep, speak, speak_in_real_time, wait

suite = Suite()


@suite.case("E01 token expired before the upgrade")
async def e01(place):
    token = await place.token(expire_in_s=1)
    await asyncio.sleep(2.1)
    check(
        place, await place.with_token(token),
        text_rule=connect("sessionTokenExpired", 401, "session token expired"),
        close_code=connect_close("sessionTokenInvalid", 401, False),
    )


@suite.case("E02 token expires in a running session")
async def e02(place):
    clip = speech.clip(16000, "flite")
    steps = [*CONNECT, speak_in_real_time(clip, stop=32000, end="no"), wait("error", 1, 8), sleep(0.4), CLOSE]
    result = await place.session(steps, expire_in_s=3)
    check(
        place, result, at="reported",
        text_rule=server_error("sessionTokenExpired", 4010, "token is expired", RUNTIME),
        close_code=server_error("sessionTokenInvalid", 4010, "token is expired", RUNTIME, retryable=False),
    )


@suite.case("E03 a token that is none, whatever the app and avatar")
async def e03(place):
    for token in ("garbage", "a.b.c", "é" * 10):
        result = await place.with_token(token, app_id="no-such-app", avatar_id="no-such-avatar", query_auth="é" in token)
        check(
            place, result,
            text_rule=connect(
                "sessionTokenInvalid", 400, "Invalid session token", raw_body='{"message":"Invalid session token"}\n'
            ),
            close_code=connect_close("connectionFailed", 400, True),
        )


@suite.case("E04 a token with a wrong signature")
async def e04(place):
    head, body, signature = (await place.token()).split(".")
    forged = ".".join([head, body, signature[:10][::-1] + signature[10:]])
    check(
        place, await place.with_token(forged),
        text_rule=connect("sessionTokenInvalid", 400, "Invalid session token"),
        close_code=connect_close("sessionTokenInvalid", 401, False),
    )


@suite.case("E05 wrong API key")
async def e05(place):
    check(
        place, await place.session(CONNECT, api_key="wrong-key"),
        text_rule=token_call("sessionTokenExpired", 401, "invalid api key"),
        close_code=token_call("sessionTokenInvalid", 401, "invalid api key", retryable=False),
    )


@suite.case("E06 app deleted before the upgrade")
async def e06(place):
    app_id, api_key = await place.new_app()
    token = await place.server.token(place.sdk.token_path, api_key)
    await place.server.admin("DELETE", f"/v1/apps/{app_id}")
    check(
        place, await place.with_token(token, app_id=app_id),
        text_rule=connect("appIDUnrecognized", 404, "app id unrecognized"),
        close_code=connect_close("sessionTokenInvalid", 403, False),
    )


@suite.case("E07 app deleted before the token call")
async def e07(place):
    app_id, api_key = await place.new_app()
    await place.server.admin("DELETE", f"/v1/apps/{app_id}")
    result = await place.session(CONNECT, app_id=app_id, api_key=api_key)
    check(
        place, result,
        text_rule=token_call("appIDUnrecognized", 403, "app id unrecognized"),
        close_code=token_call("appIDUnrecognized", 403, "app id unrecognized", retryable=False),
    )


@suite.case("E08 another app's id")
async def e08(place):
    for app_id in (place.server.app_id, "no-such-app"):
        for query_auth in (False, True):
            check(
                place, await place.session(CONNECT, app_id=app_id, query_auth=query_auth),
                text_rule=connect("appIDMismatch", 400, "App ID mismatch"),
                ws12={"code": "sessionTokenInvalid"},
                close_code=connect_close("sessionTokenInvalid", 403, False),
            )


@suite.case("E09 unknown avatar")
async def e09(place):
    detail = "Avatar not found: no-such-avatar"
    check(
        place, await place.session(CONNECT, avatar_id="no-such-avatar"),
        text_rule=connect("avatarNotFound", 404, detail),
        ws12={"code": "appIDUnrecognized"},
        close_code=server_error("serverError", 0, detail, retryable=False),
    )


@suite.case("E10 an app that never had credits")
async def e10(place):
    app_id, api_key = await place.new_app(credits=0)
    result = await place.session(CONNECT, app_id=app_id, api_key=api_key)
    wanted = token_call("billingRequired", 402)
    check(place, result, text_rule=wanted, close_code={**wanted, "retryable": False})
    detail = result.raised["server_detail"]
    assert detail.startswith("session denied: "), f"wording: {detail}"


@suite.case("E13 credits run out in a session; E12 none left at the next")
async def e13_e12(place):
    app_id, api_key = await place.new_app(credits=2)
    clip = speech.clip(16000, "flite")
    steps = [*CONNECT, speak_in_real_time(clip, until_error=True), wait("error", 1, 12), sleep(0.4), CLOSE]
    result = await place.session(steps, app_id=app_id, api_key=api_key)
    check(
        place, result, at="reported",
        text_rule=server_error("creditsExhausted", 4001, "credits exhausted", RUNTIME),
        close_code=server_error("creditsExhausted", 4001, "credits exhausted", RUNTIME, retryable=False, close_code=4001),
    )
    check(
        place, await place.session(CONNECT, app_id=app_id, api_key=api_key), row="E12",
        text_rule=connect("creditsExhausted", 402, "session denied: credits exhausted"),
        ws12={"code": "billingRequired"},
        close_code=server_error("creditsExhausted", 4001, "credits exhausted", retryable=False, close_code=4001),
    )


@suite.case("E14 the session's longest duration; E19 no audio")
async def e14_e19(place):
    clip = speech.clip(16000, "flite")
    async with place.own_server(duration_max_s=4, idle_timeout_s=2) as server:
        steps = [*CONNECT, speak_in_real_time(clip, until_error=True), wait("error", 1, 8), sleep(0.4), CLOSE]
        check(
            place, await place.session(steps, server=server), at="reported",
            text_rule=server_error("sessionDurationExceeded", 4002, "session time limit reached", RUNTIME),
            close_code=server_error(
                "sessionDurationExceeded", 4002, "session time limit reached", RUNTIME, retryable=True, close_code=4002
            ),
        )
        check(
            place, await place.session([*CONNECT, wait("error", 1, 6), sleep(0.4), CLOSE], server=server), at="reported", row="E19",
            text_rule=server_error("idleTimeout", 0, "no audio input for 2s", RUNTIME),
            close_code=server_error("serverError", 0, "no audio input for 2s", RUNTIME, retryable=False),
        )


@suite.case("E15 unsupported sample rate")
async def e15(place):
    for rate in (11025, 96000, 1):
        detail = f"unsupported sample rate: {rate}"
        check(
            place, await place.session(CONNECT, sample_rate=rate),
            text_rule=server_error("unsupportedSampleRate", 0, detail),
            close_code=server_error("serverError", 0, detail, retryable=False),
        )


NOT_A_TOKEN = "unauthorized: livekit_egress.api_token is no LiveKit access token"
LIVEKIT = {"url": "wss://livekit.example.com", "room_name": "room", "publisher_id": "face"}


@suite.case("E16 an egress field missing")
async def e16(place):
    cases = [
        ({"livekit": {**LIVEKIT, "url": ""}}, "livekit_egress.url"),
        ({"livekit": {**LIVEKIT, "url": "ftp://example.com", "api_token": livekit_token()}}, "livekit_egress.url"),
        ({"livekit": {**LIVEKIT, "room_name": "", "api_token": livekit_token()}}, "livekit_egress.room_name"),
        ({"livekit": LIVEKIT}, "livekit_egress.api_token"),
        ({"agora": {"channel_name": ""}}, "agora_egress.channel_name"),
    ]
    for fields, begins in cases:
        result = await place.session(CONNECT, **fields)
        check(
            place, result,
            text_rule=server_error("invalidEgressConfig", 3),
            close_code=server_error("serverError", 3, retryable=False),
        )
        detail = result.raised["server_detail"]
        assert detail.startswith(begins), f"wording: {detail}"


@suite.case("E17 a LiveKit token that is none")
async def e17(place):
    result = await place.session(CONNECT, livekit={**LIVEKIT, "api_token": "garbage"})
    check(
        place, result,
        text_rule=server_error("invalidEgressConfig", 16, NOT_A_TOKEN),
        close_code=server_error("serverError", 16, NOT_A_TOKEN, retryable=False),
    )


@suite.case("E18 egress is not set up")
async def e18(place):
    detail = "egress client is not configured on server"
    for fields in ({"livekit": {**LIVEKIT, "api_token": livekit_token()}}, {"agora": {"channel_name": "room", "publisher_id": "face"}}):
        check(
            place, await place.session(CONNECT, **fields),
            text_rule=server_error("egressUnavailable", 14, detail),
            close_code=server_error("serverError", 14, detail, retryable=False),
        )


def livekit_token():
    """An access token as an application would make it."""
    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=")

    grants = {"roomJoin": True, "room": "room", "canPublish": True, "canPublishData": True}
    now = int(time.time())
    claims = {"iss": "devkey", "sub": "face", "kind": "agent", "nbf": now - 10, "exp": now + 600, "video": grants}
    signed = part({"alg": "HS256", "typ": "JWT"}) + b"." + part(claims)
    signature = hmac.new(b"secret" * 8, signed, hashlib.sha256).digest()
    return (signed + b"." + base64.urlsafe_b64encode(signature).rstrip(b"=")).decode()


@suite.case("E20 the server is told to stop while a session runs")
async def e20(place):
    clip = speech.clip(16000, "flite")
    async with place.own_server() as server:
        async def stop(_mark):
            await server.stop()

        steps = [*CONNECT, speak(clip, end="no"), wait("frame"), {"op": "mark", "name": "stop"}, sleep(0.5), CLOSE]
        result = await place.session(steps, on_mark=stop, server=server)
        expect(server.process.returncode, 0, "exit status of the server")
    assert result.raised is None, f"raised {result.raised}"
    if not result.errors:
        raise Skip("the server closes live sessions with 1001, without an error")
    check(
        place, result, at="reported",
        text_rule=server_error("upstreamError", 4503, None, RUNTIME),
        close_code=server_error("upstreamError", 4503, None, RUNTIME, retryable=True, close_code=4503),
    )
    detail = result.errors[0]["server_detail"]
    assert detail.startswith("driven server request failed"), f"wording: {detail}"


@suite.case("E22 nothing listens")
async def e22(place):
    closed = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = closed.sockets[0].getsockname()[1]
    closed.close()
    await closed.wait_closed()
    wanted = {"code": "connectionFailed", "phase": "websocket_connect", "http_status": None}
    check(
        place, await place.session(CONNECT, ingress=f"ws://127.0.0.1:{port}/v2/driveningress"),
        text_rule=wanted, close_code={**wanted, "retryable": True},
    )
    check(
        place, await place.session(CONNECT, console=f"http://127.0.0.1:{port}/v1/console"),
        text_rule={"code": "connectionFailed", "phase": "session_token"},
        close_code={"code": "connectionFailed", "phase": "session_token", "retryable": True},
    )


@suite.case("E23 the server's process is killed")
async def e23(place):
    clip = speech.clip(16000, "flite")
    async with place.own_server() as server:
        async def kill(_mark):
            server.kill()
            await server.process.wait()

        steps = [*CONNECT, speak(clip, end="no"), wait("frame"), {"op": "mark", "name": "kill"}, wait("error", 1, 5), CLOSE]
        result = await place.session(steps, on_mark=kill, server=server)
    wanted = {"code": "connectionClosed", "phase": RUNTIME}
    check(place, result, at="reported", text_rule=wanted, close_code={**wanted, "retryable": True})


@suite.case("E26 expireAt in the past or too far ahead")
async def e26(place):
    for expire_in_s in (-60, 24 * 3600 + 60):
        result = await place.session(CONNECT, expire_in_s=expire_in_s)
        wanted = token_call("invalidRequest", 400, server_code="INVALID_ARGUMENT")
        check(place, result, text_rule=wanted, close_code={**wanted, "retryable": False})
    detail = result.raised["server_detail"]
    assert detail, "no detail"


@suite.case("E27 a field out of range")
async def e27(place):
    result = await place.session(CONNECT, bitrate=-5)
    check(
        place, result,
        text_rule=server_error("invalidRequest", 3),
        close_code=server_error("serverError", 3, retryable=False),
    )
    detail = result.raised["server_detail"].lower()
    assert "bitrate" in detail and not any(word in detail for word in ("livekit", "agora", "egress")), f"wording: {detail}"


@suite.case("E30 too many sessions of one app")
async def e30(place):
    app_id, api_key = await place.new_app(concurrencyMax=1)
    as_app = {"app_id": app_id, "api_key": api_key}
    held = []

    async def second(_mark):
        held.append(await place.session(CONNECT, **as_app))

    (await place.session([*CONNECT, {"op": "mark", "name": "second"}, CLOSE], on_mark=second, **as_app)).clean()
    check(
        place, held[0],
        text_rule=server_error("serverError", 4003),
        close_code=server_error("concurrencyLimit", 4003, retryable=False, close_code=4003),
    )
    detail = held[0].raised["server_detail"]
    assert detail.startswith("concurrency limit reached"), f"wording: {detail}"
    # The place is free again.
    (await place.session([*CONNECT, CLOSE], **as_app)).clean()
