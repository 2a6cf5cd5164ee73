"""Every code on purpose: by the avatar id, by the API key, and by `POST /v1/faults` in a live session.

The expectations are written by hand from the conformance checklist of the wire specification:
the row that has the fault's cause, or else the rules by which the family classifies.
"""

import asyncio
from dataclasses import dataclass

from harness import http, speech
from harness.report import Suite, expect

from . import frames
from .errors import RUNTIME, check, connect, connect_close, server_error, token_call
from .place import CLOSE, CONNECT, new_app, sleep, speak, wait

suite = Suite()
# What needs no SDK.
raw = Suite()


@dataclass(frozen=True)
class Fault:
    """One code in one phase, and what each family must report."""

    code: str
    place: str
    row: str  # of the checklist; empty where its rules alone say what is reported
    text_rule: dict
    close_code: dict
    ws12: dict | None = None

    @property
    def name(self):
        return f"fault:{self.code}@{self.place}"


def final(error):
    return {**error, "retryable": False}


def refused(code, place, row, status, detail, close_code, ws12=None):
    """A refusal over HTTP, in the text-rule dialect at least."""
    return Fault(
        code, place, row, connect(code, status, detail, server_code=code), close_code, {"code": ws12} if ws12 else None
    )


def at_token(code, row, status, detail, text_rule=None, close_code=None, server_code=None):
    wanted = {"http_status": status, "server_detail": detail, "server_code": server_code or code}
    text_rule = {"code": text_rule or code, "phase": "session_token", **wanted}
    close_code = {"code": close_code or code, "phase": "session_token", **wanted}
    return Fault(code, "token", row, text_rule, final(close_code))


def said(code, place, row, number, detail, text_rule=None, close_code="serverError", retryable=False):
    """A ServerError, in both dialects."""
    phase = f"websocket_{place}"
    extra = {"close_code": number} if number >= 4000 else {}
    return Fault(
        code, place, row,
        server_error(text_rule or code, number, detail, phase),
        server_error(close_code, number, detail, phase, retryable=retryable, **extra),
    )


def lost(code, place, row, phase, **fields):
    """A connection that fails: nothing is emitted."""
    wanted = {"code": code, "phase": phase, "http_status": None, "server_code": None, **fields}
    return Fault(code, place, row, wanted, {**wanted, "retryable": True})


NO_PLAN = "session denied: on purpose"
FULL = "concurrency limit reached: on purpose"
ENGINE = "driven server request failed: on purpose"

FAULTS = [
    refused(
        "sessionTokenExpired", "connect", "E01", 401, "session token expired",
        connect_close("sessionTokenInvalid", 401, False),
    ),
    said("sessionTokenExpired", "runtime", "E02", 4010, "token is expired", close_code="sessionTokenInvalid"),
    refused(
        "sessionTokenInvalid", "connect", "E04", 400, "Invalid session token",
        connect_close("sessionTokenInvalid", 401, False),
    ),
    at_token("sessionTokenInvalid", "E05", 401, "invalid api key", text_rule="sessionTokenExpired"),
    refused(
        "appIDUnrecognized", "connect", "E06", 404, "app id unrecognized",
        connect_close("sessionTokenInvalid", 403, False),
    ),
    at_token("appIDUnrecognized", "E07", 403, "app id unrecognized"),
    refused(
        "appIDMismatch", "connect", "E08", 400, "App ID mismatch",
        connect_close("sessionTokenInvalid", 403, False), ws12="sessionTokenInvalid",
    ),
    refused(
        "avatarNotFound", "connect", "E09", 404, "Avatar not found: on purpose",
        final(server_error("serverError", 0, "Avatar not found: on purpose")), ws12="appIDUnrecognized",
    ),
    refused("billingRequired", "connect", "E11", 402, NO_PLAN, final(server_error("serverError", 0, NO_PLAN))),
    at_token("billingRequired", "E10", 402, NO_PLAN),
    said("creditsExhausted", "runtime", "E13", 4001, "credits exhausted", close_code="creditsExhausted"),
    refused(
        "creditsExhausted", "connect", "E12", 402, "session denied: credits exhausted",
        final(server_error("creditsExhausted", 4001, "credits exhausted", close_code=4001)), ws12="billingRequired",
    ),
    said(
        "sessionDurationExceeded", "runtime", "E14", 4002, "session time limit reached",
        close_code="sessionDurationExceeded", retryable=True,
    ),
    said(
        "concurrencyLimit", "handshake", "E30", 4003, FULL,
        text_rule="serverError", close_code="concurrencyLimit",
    ),
    at_token("concurrencyLimit", "E31", 429, FULL, text_rule="invalidRequest"),
    said("unsupportedSampleRate", "handshake", "E15", 0, "unsupported sample rate: 11025"),
    said("invalidEgressConfig", "handshake", "E16", 3, "livekit_egress.url is refused on purpose"),
    said(
        "invalidEgressConfig", "runtime", "E17", 16, "unauthorized: livekit_egress.api_token is refused on purpose",
    ),
    said("egressUnavailable", "handshake", "E18", 14, "egress client is not configured on server"),
    said("egressUnavailable", "runtime", "E18", 14, "failed to create egress connection: on purpose"),
    said("idleTimeout", "runtime", "E19", 0, "no audio input for 0s"),
    said("upstreamError", "runtime", "E20", 4503, ENGINE, close_code="upstreamError", retryable=True),
    said("upstreamError", "handshake", "E20", 4503, ENGINE, close_code="upstreamError", retryable=True),
    said("protocolError", "handshake", "E21", 0, "expected ClientConfigureSession message"),
    said("protocolError", "runtime", "E21", 0, "unexpected message type: on purpose"),
    Fault(
        "protocolError", "token", "",  # an answer of 200 without a token
        {"code": "protocolError", "phase": "session_token", "server_code": None},
        {"code": "protocolError", "phase": "session_token", "server_code": None, "retryable": False},
    ),
    lost("connectionFailed", "connect", "E22", "websocket_connect"),
    lost("connectionFailed", "token", "E22", "session_token"),
    lost("connectionClosed", "runtime", "E23", RUNTIME),
    lost("connectionClosed", "handshake", "E23", "websocket_handshake"),
    said("serverError", "runtime", "E24", 13, "internal error"),
    said("serverError", "handshake", "E24", 13, "internal error"),
    refused("serverError", "connect", "E25", 500, "internal error", connect_close("connectionFailed", 500, True)),
    at_token("serverError", "", 500, "internal error"),
    said("invalidRequest", "runtime", "E27", 3, "on purpose"),
    said("invalidRequest", "handshake", "E27", 3, "on purpose"),
    refused(
        "invalidRequest", "connect", "E28", 422, "query parameter id is missing: add ?id=AVATAR_ID",
        connect_close("connectionFailed", 422, True),
    ),
    at_token("invalidRequest", "E26", 400, "expire_at is refused on purpose", server_code="INVALID_ARGUMENT"),
    Fault(
        "unknown", "token", "E29",  # an answer of 201
        token_call("unknown", 201), final(token_call("invalidRequest", 201)),
    ),
]
CODES = list(dict.fromkeys(fault.code for fault in FAULTS))


@raw.case("every code can be had on purpose, and nowhere but where these tests look")
async def nothing_left_out(server):
    page = await http.request("GET", f"{server.http}/errors", headers={"Accept": "application/json"})
    listed = sorted(error["code"] for error in page.json()["errors"] if error["service"] == "avatar")
    expect(listed, sorted(CODES), "codes of the server")
    known = {fault.name for fault in FAULTS}
    for code in CODES:
        for place in ("token", "connect", "handshake", "runtime"):
            name = f"fault:{code}@{place}"
            if name not in known:
                answer = await http.request(
                    "POST", f"{server.http}/v1/auth/session-token", {"expireAt": 0}, {"X-Api-Key": name}
                )
                expect(answer.status, 400, name)
                assert f"{code} cannot occur there" in answer.json()["detail"], f"{name}: {answer.json()['detail']}"


async def provoke(place, fault):
    """Asks for a fault with what every SDK lets an application set, and checks what comes of it."""
    if fault.place == "token":
        at, result = "raised", await place.session(CONNECT, api_key=fault.name)
    elif fault.place == "runtime":
        steps = [*CONNECT, wait("error", 1, 10), sleep(0.3), CLOSE]
        at, result = "reported", await place.session(steps, avatar_id=fault.name)
    else:
        at, result = "raised", await place.session(CONNECT, avatar_id=fault.name)
    check(
        place, result, row=fault.name, at=at,
        text_rule=fault.text_rule, close_code=fault.close_code, ws12=fault.ws12,
    )


def every_place(code):
    faults = [fault for fault in FAULTS if fault.code == code]
    places = ", ".join(fault.place for fault in faults)

    @suite.case(f"fault:{code} at {places}")
    async def case(place):
        problems = await asyncio.gather(*(provoke(place, fault) for fault in faults), return_exceptions=True)
        wrong = [f"{fault.name}: {problem}" for fault, problem in zip(faults, problems) if problem is not None]
        assert not wrong, "; ".join(wrong)


for code in CODES:
    every_place(code)


@suite.case("fault: a name that is none says what is possible")
async def wrong_names(place):
    detail = "Avatar not found: fault: idleTimeout cannot occur there; it can @runtime"
    check(
        place, await place.session(CONNECT, avatar_id="fault:idleTimeout@connect"), row="a wrong avatar id",
        text_rule=connect("avatarNotFound", 404, detail), ws12={"code": "appIDUnrecognized"},
        close_code=final(server_error("serverError", 0, detail)),
    )
    detail = "fault: no such code; `visavis explain` knows them"
    wanted = token_call("invalidRequest", 400, detail)
    check(
        place, await place.session(CONNECT, api_key="fault:nonsense@token"), row="a wrong API key",
        text_rule=wanted, close_code=final(wanted),
    )


async def struck(place, fault, by, steps, **fields):
    """A session that speaks until a fault is armed for it, then takes `steps`.

    Each has an app or an avatar of its own, so that cases running at once do not strike one another.
    """
    app_id, api_key = await place.new_app(test=True)
    avatar_id = (await place.server.admin("POST", "/v2/console/avatars", {"appId": app_id, "name": "struck"}))["id"]

    async def arm(_mark):
        if by == "connectionId":
            open_now = (await place.server.admin("GET", "/v1/sessions"))["sessions"]
            target = next(session["connectionId"] for session in open_now if session["appId"] == app_id)
        else:
            target = {"appId": app_id, "avatarId": avatar_id}[by]
        armed = await place.server.admin("POST", "/v1/faults", {by: target, **fault})
        expect(armed["struck"], 1, "sessions struck")

    clip = speech.clip(16000, "flite", limit_s=0.5, silence_s=0.2)
    steps = [*CONNECT, speak(clip, end="no"), wait("frame"), {"op": "mark", "name": "arm"}, *steps]
    return await place.session(steps, on_mark=arm, app_id=app_id, api_key=api_key, avatar_id=avatar_id)


UNTIL_ERROR = [wait("error", 1, 10), sleep(0.3), CLOSE]


@suite.case("faults in a live session: a code, by connection, app and avatar")
async def live_code(place):
    for by in ("connectionId", "appId", "avatarId"):
        result = await struck(place, {"code": "creditsExhausted", "afterMs": 50}, by, UNTIL_ERROR)
        check(
            place, result, row="live: code creditsExhausted", at="reported",
            text_rule=server_error("creditsExhausted", 4001, "credits exhausted", RUNTIME),
            close_code=final(server_error("creditsExhausted", 4001, "credits exhausted", RUNTIME, close_code=4001)),
        )


@suite.case("faults in a live session: drop")
async def live_drop(place):
    wanted = {"code": "connectionClosed", "phase": RUNTIME}
    check(
        place, await struck(place, {"action": "drop"}, "connectionId", UNTIL_ERROR), row="live: drop", at="reported",
        text_rule=wanted, close_code={**wanted, "retryable": True},
    )


@suite.case("faults in a live session: close 4002 without a word")
async def live_close(place):
    fault = {"action": "close", "closeCode": 4002}
    check(
        place, await struck(place, fault, "appId", UNTIL_ERROR), row="live: close 4002", at="reported",
        text_rule={"code": "connectionClosed", "phase": RUNTIME, "close_code": 4002, "server_code": None},
        close_code={"code": "sessionDurationExceeded", "phase": RUNTIME, "close_code": 4002, "retryable": True},
    )


@suite.case("faults in a live session: garbage, and the session goes on")
async def live_garbage(place):
    clip = speech.clip(16000, "flite", limit_s=0.5, silence_s=0.2)
    steps = [wait("error", 1, 10), speak(clip), wait("end"), CLOSE]
    result = await struck(place, {"action": "garbage"}, "connectionId", steps)
    wanted = {"code": "protocolError", "phase": RUNTIME, "server_code": None}
    check(
        place, result, row="live: garbage", at="reported",
        text_rule=wanted, close_code=final(wanted),
    )
    frames.complete(frames.by_request(result)[result.req_ids[0]], 2 * clip.seconds)


@suite.case("faults are refused where the app is not a test app")
async def only_test_apps(place):
    app_id, api_key = await new_app(place.server, 1000, place.sdk.environment)
    as_app = {"app_id": app_id, "api_key": api_key}
    refusal = "faults are for test apps only"

    async def refused_to(target):
        answer = await place.server.admin("POST", "/v1/faults", {**target, "code": "creditsExhausted"}, expected=(400,))
        assert answer["detail"].startswith(refusal), f"wording: {answer['detail']}"
        expect(answer["code_name"], "invalidRequest", "code of the refusal")

    async def arm(_mark):
        open_now = (await place.server.admin("GET", "/v1/sessions"))["sessions"]
        own = [session for session in open_now if session["appId"] == app_id]
        expect([session["test"] for session in own], [False], "its sessions")
        await refused_to({"connectionId": own[0]["connectionId"]})
        await refused_to({"appId": app_id})

    clip = speech.clip(16000, "flite", limit_s=0.5, silence_s=0.2)
    steps = [*CONNECT, {"op": "mark", "name": "arm"}, speak(clip), wait("end"), CLOSE]
    (await place.session(steps, on_mark=arm, **as_app)).clean()
    detail = "Avatar not found: fault:… (faults on purpose are for test apps only)"
    check(
        place, await place.session(CONNECT, avatar_id="fault:creditsExhausted@connect", **as_app), row="no test app",
        text_rule=connect("avatarNotFound", 404, detail), ws12={"code": "appIDUnrecognized"},
        close_code=final(server_error("serverError", 0, detail)),
    )
