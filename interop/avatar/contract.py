"""The wire contract seen byte for byte, without any SDK."""

import json
import struct

from harness import http, speech, wire
from harness.report import Suite, expect
from harness.websocket import BINARY, PING, PONG, TEXT, Closed, Refused, Socket

from . import frames

suite = Suite()
DIALECTS = {"text-rule": "/v1/console/session-tokens", "close-code": "/v1/auth/session-token"}
UNDECODABLE = bytes.fromhex("7b226d657373616765223a22496e76616c69642073657373696f6e20746f6b656e227d0a")


async def connect(server, dialect="text-rule", query_auth=False, token=None, app_id=None, avatar_id=None, **query):
    token = token if token is not None else await server.token(DIALECTS[dialect])
    app_id = app_id or server.app_id
    if query_auth:
        return await Socket.open(server.socket_url(avatar_id, appId=app_id, sessionKey=token, **query))
    return await Socket.open(server.socket_url(avatar_id, **query), {"X-App-ID": app_id, "X-Session-Key": token})


async def configured(server, sample_rate=16000, **fields):
    """A session that has been confirmed: (socket, connection id)."""
    socket = await connect(server, **fields)
    await socket.send(wire.configure(sample_rate))
    message = wire.decode((await socket.receive())[1])
    expect(message.type, wire.pb.MESSAGE_SERVER_CONFIRM_SESSION, "the first reply")
    assert message.server_confirm_session.connection_id, "an empty connection_id"
    return socket, message.server_confirm_session.connection_id


async def error_then_close(socket, timeout_s=10):
    """(ServerError, close code), passing over animation."""
    error = None
    try:
        while True:
            opcode, payload = await socket.receive(timeout_s)
            expect(opcode, BINARY, "opcode of a server message")
            message = wire.decode(payload)
            if message.type == wire.pb.MESSAGE_SERVER_ERROR:
                assert error is None, "two ServerErrors"
                error = message.server_error
    except Closed as closed:
        assert error is not None, f"closed with {closed.code} and no ServerError"
        assert closed.code is not None, "the connection dropped without a close frame"
        assert len(closed.reason.encode()) <= 123, "the close reason is too long"
        return error, closed.code
    finally:
        socket.drop()


async def animation_of(socket, req_id, timeout_s=20):
    """Every message of a request, to its end."""
    messages = []
    while True:
        message = wire.decode((await socket.receive(timeout_s))[1])
        if message.type == wire.pb.MESSAGE_SERVER_ERROR:
            raise AssertionError(f"ServerError {message.server_error.code} {message.server_error.message}")
        body = message.server_response_animation
        if body.req_id == req_id:
            messages.append(body)
            if body.end:
                return frames.Animation(req_id, messages)


async def still_serves(server):
    """A whole session, to show that a misbehaving peer cost nobody else anything."""
    clip = speech.clip(16000, "espeak-ng", limit_s=0.5, silence_s=0.2)
    socket, _ = await configured(server)
    await socket.send(wire.audio("check", clip.read(), end=True))
    frames.complete(await animation_of(socket, "check"), clip.seconds)
    expect(await socket.close(), 1000, "the answer to a close")


def extended(error):
    """X01: the structured error beside the published fields."""
    for field in ("code_name", "phase", "title", "detail", "doc_url"):
        assert getattr(error, field), f"ServerError.{field} is empty"
    return error


@suite.case("P01 the golden bytes decode, and are what we encode")
async def golden_bytes(_server):
    confirm = bytes.fromhex("08021a100a0e707974686f6e2d636f6e6669726d")
    expect(wire.decode(confirm).server_confirm_session.connection_id, "python-confirm", "confirm")
    error = wire.decode(bytes.fromhex(
        "08042a5e0a03636964120372696418a21f221a73657373696f6e2074696d65206c696d69742072656163686564a2061773657373696f6e4475"
        "726174696f6e4578636565646564aa0611776562736f636b65745f72756e74696d65c00601c806e807"
    )).server_error
    expect((error.code, error.code_name, error.retryable, error.retry_after_ms), (4002, "sessionDurationExceeded", True, 1000), "error")
    expect(wire.audio("req-42", b"\1\2\xff", True).hex(), "0803220f0a067265712d343210011a030102ff", "audio")


@suite.case("X04 each token endpoint has its dialect; both answers have both keys")
async def dialects(server):
    import base64
    import time

    for dialect, path in DIALECTS.items():
        body = {"expireAt": int(time.time()) + 60}
        answer = await http.request("POST", server.http + path, body, {"X-Api-Key": server.api_key})
        expect(answer.status, 200, "status")
        fields = answer.json()
        expect(fields["sessionToken"], fields["session_token"], "the two keys")
        assert "errors" not in fields
        claims = fields["sessionToken"].split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
        expect(claims["dialect"], dialect, "dialect")
        expect(claims["exp"], body["expireAt"], "exp")


@suite.case("E03 the refusal of an undecodable token is 36 bytes")
async def exact_refusal(server):
    for header in ({"X-Session-Key": "garbage", "X-App-ID": "none"}, {"X-Session-Key": ""}, {}, {"X-Session-Key": "a.b.c"}):
        for url in (server.socket_url("no-such-avatar"), server.socket_url("")):
            try:
                await Socket.open(url, header)
                raise AssertionError("the upgrade was accepted")
            except Refused as refused:
                answer = refused.answer
            expect((answer.status, answer.body), (400, UNDECODABLE), f"refusal of {header}")
            expect(answer.headers.get("content-length"), "36", "Content-Length")
            expect(answer.headers.get("connection", "").lower(), "close", "Connection")


@suite.case("X02 X03 P04 every HTTP error has the one shape")
async def http_errors(server):
    token = await server.token(DIALECTS["text-rule"])
    answers = []
    for url, headers in (
        (server.socket_url("no-such-avatar"), {"X-App-ID": server.app_id, "X-Session-Key": token}),
        (server.socket_url(), {"X-App-ID": "other", "X-Session-Key": token}),
        (server.socket_url(""), {"X-App-ID": server.app_id, "X-Session-Key": token}),
    ):
        try:
            await Socket.open(url, headers)
            raise AssertionError("the upgrade was accepted")
        except Refused as refused:
            answers.append(refused.answer)
            expect(refused.answer.headers.get("connection", "").lower(), "close", "Connection")
    expect([answer.status for answer in answers], [404, 400, 422], "statuses")
    for path in DIALECTS.values():
        for key, body in (("wrong", {"expireAt": 1}), (server.api_key, {"expireAt": 1}), (server.api_key, b"{"), (server.api_key, {})):
            answers.append(await http.request("POST", server.http + path, body, {"X-Api-Key": key, "Content-Type": "application/json"}))
    answers.append(await http.request("GET", server.http + "/v1/apps"))
    for answer in answers:
        one_shape(answer)


def one_shape(answer):
    text = answer.body.decode()
    assert 400 <= answer.status < 600, f"HTTP {answer.status}"
    assert len(answer.body) <= 1024, f"a body of {len(answer.body)} bytes"
    expect(int(answer.headers["content-length"]), len(answer.body), "Content-Length")
    assert "unauthorized" not in text.lower(), f"says unauthorized: {text}"
    body = json.loads(text)
    first = body["errors"][0]
    expect(body["status"], answer.status, "status member")
    for member in ("status", "code", "title", "detail", "message"):
        expect(first[member], body[member], f"errors[0].{member} against {member}")
    expect(body["message"], body["detail"], "message against detail")
    for member in ("type", "instance", "code_name", "phase", "doc_url"):
        assert body[member], f"{member} is empty"
    assert isinstance(body["retryable"], bool) and isinstance(body["retry_after_ms"], int)
    assert body["code"] not in ("UNAUTHENTICATED", "UNAVAILABLE"), body["code"]


@suite.case("E28 an upgrade without an avatar id")
async def without_avatar(server):
    for dialect in DIALECTS:
        try:
            await connect(server, dialect, avatar_id="")
            raise AssertionError("the upgrade was accepted")
        except Refused as refused:
            expect(refused.answer.status, 422, "status")
            one_shape(refused.answer)


@suite.case("E21 a first frame that is not ClientConfigureSession")
async def first_frames(server):
    wrong = [
        ("text", b"hello", TEXT),
        ("garbage", b"\xff\xff\xff\xff", BINARY),
        ("empty", b"", BINARY),
        ("audio", wire.audio("r", b"\0\0"), BINARY),
        ("interrupt", wire.interrupt("r"), BINARY),
        ("type without body", b"\x08\x01", BINARY),
    ]
    wordings = ("expected ClientConfigureSession message", "failed to unmarshal initial message", "unexpected message type")
    for dialect in DIALECTS:
        for what, payload, opcode in wrong:
            socket = await connect(server, dialect)
            await socket.send(payload, opcode)
            error, close = await error_then_close(socket)
            expect((error.code, close), (0, 1000), f"{what}: code and close")
            expect(extended(error).code_name, "protocolError", f"{what}: code_name")
            expect(error.phase, "websocket_handshake", f"{what}: phase")
            assert error.message.startswith(wordings), f"{what}: {error.message}"


@suite.case("E21 a second ClientConfigureSession")
async def second_configure(server):
    socket, _ = await configured(server)
    await socket.send(wire.configure())
    error, close = await error_then_close(socket)
    expect((error.code, extended(error).code_name, error.phase, close), (0, "protocolError", "websocket_runtime", 1000), "error")
    assert error.message.startswith("unexpected message type"), error.message


@suite.case("E16 both kinds of egress, or a kind without its settings")
async def egress_kinds(server):
    pb = wire.pb
    livekit = pb.LiveKitEgressConfig(url="wss://livekit.example.com", room_name="r", publisher_id="p", api_token="t")
    agora = pb.AgoraEgressConfig(channel_name="c", publisher_id="p")
    for fields in (
        dict(egress_type=pb.EGRESS_TYPE_LIVEKIT, livekit_egress=livekit, agora_egress=agora),
        dict(egress_type=pb.EGRESS_TYPE_LIVEKIT),
        dict(egress_type=pb.EGRESS_TYPE_AGORA),
    ):
        socket = await connect(server)
        await socket.send(wire.configure(**fields))
        error, close = await error_then_close(socket)
        expect((error.code, extended(error).code_name, close), (3, "invalidEgressConfig", 1000), f"{error.message}")
        assert error.message.startswith(("livekit_egress", "agora_egress")), error.message


@suite.case("X06 the close code after an error, by dialect and authentication")
async def close_codes(server):
    for dialect in DIALECTS:
        for query_auth in (False, True):
            token = await server.token(DIALECTS[dialect], expire_in_s=2)
            socket = await connect(server, dialect, query_auth, token)
            await socket.send(wire.configure())
            error, close = await error_then_close(socket)
            expect((error.code, extended(error).code_name), (4010, "sessionTokenExpired"), "error")
            wanted = 1000 if dialect == "text-rule" and not query_auth else 4010
            expect(close, wanted, f"close code for {dialect}, {'query' if query_auth else 'header'} authentication")


@suite.case("P03 unknown query members are ignored")
async def unknown_query(server):
    for query_auth in (False, True):
        socket, _ = await configured(server, query_auth=query_auth, colour="blue")
        expect(await socket.close(), 1000, "close")


@suite.case("P05 pings are answered")
async def pings(server):
    socket, _ = await configured(server)
    await socket.send(b"are you there", PING)
    expect(await socket.frame(), (PONG, b"are you there"), "answer to a ping")
    expect(await socket.close(), 1000, "close")


@suite.case("P06 P07 requests follow one another; an empty end ends")
async def requests_follow(server):
    clip = speech.clip(16000, "espeak-ng", limit_s=0.5, silence_s=0.2)
    socket, connection_id = await configured(server)
    for req_id in ("first", "second"):
        await socket.send(wire.audio(req_id, clip.read()))
        await socket.send(wire.audio(req_id, b"", end=True))
        animation = await animation_of(socket, req_id)
        frames.complete(animation, clip.seconds)
        expect({message.connection_id for message in animation.messages}, {connection_id}, "connection_id")
    await socket.send(wire.audio("first", clip.read(), end=True))  # for an ended request: ignored
    await socket.send(wire.audio("third", clip.read(), end=True))
    frames.complete(await animation_of(socket, "third"), clip.seconds)
    expect(await socket.close(), 1000, "close")


@suite.case("P08 Ogg Opus cut at every byte position")
async def opus_at_every_byte(server):
    path, clip = speech.ogg_opus(24000, "flite", limit_s=0.4)
    stream = path.read_bytes()
    pb = wire.pb
    socket = await connect(server)
    await socket.send(wire.configure(24000, audio_format=pb.AUDIO_FORMAT_OGG_OPUS))
    await socket.receive()
    for size in (1, 2, 3, 27, 28, len(stream)):
        req_id = f"by-{size}"
        for at in range(0, len(stream), size):
            socket.write(wire.audio(req_id, stream[at : at + size]))
        await socket.send(wire.audio(req_id, b"", end=True))
        frames.complete(await animation_of(socket, req_id), clip.seconds)
    step = max(1, len(stream) // 40)
    for at in range(1, len(stream), step):
        req_id = f"at-{at}"
        await socket.send(wire.audio(req_id, stream[:at]))
        await socket.send(wire.audio(req_id, stream[at:], end=True))
        frames.complete(await animation_of(socket, req_id), clip.seconds)
    expect(await socket.close(), 1000, "close")


@suite.case("P09 pre-emption in the middle of a request")
async def preempted(server):
    clip = speech.clip(16000, "espeak-ng", limit_s=1.0, silence_s=0.2)
    socket, _ = await configured(server)
    await socket.send(wire.audio("old", clip.read()))
    await socket.send(wire.audio("new", clip.read(), end=True))
    seen, body = [], None
    while body is None or not (body.req_id == "new" and body.end):
        body = wire.decode((await socket.receive())[1]).server_response_animation
        seen.append((body.req_id, body.end))
    first_new = [req_id for req_id, _ in seen].index("new")
    assert all(req_id == "new" for req_id, _ in seen[first_new:]), "frames of the old request after those of the new"
    expect(await socket.close(), 1000, "close")


@suite.case("P13 a close is answered with 1000; one without a code too")
async def closes(server):
    socket, _ = await configured(server)
    expect(await socket.close(), 1000, "close 1000")
    socket, _ = await configured(server)
    await socket.send(b"", 8)
    try:
        await socket.receive()
        raise AssertionError("the connection stayed open")
    except Closed as closed:
        assert closed.code in (1000, 1005), f"answered {closed.code}"
    socket, _ = await configured(server)
    await socket.send(struct.pack("!H", 4999) + b"bye", 8)
    try:
        await socket.receive()
    except Closed as closed:
        assert closed.code is not None, "dropped without a close frame"
