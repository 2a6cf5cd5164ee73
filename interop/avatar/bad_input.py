"""Peers that misbehave: each costs its own connection, and bounded memory, never the server."""

import asyncio
import os
import struct

from harness import speech, wire
from harness.report import Suite, expect
from harness.websocket import BINARY, PING, TEXT, Closed, Refused, Socket

from . import frames
from .contract import DIALECTS, animation_of, configured, connect, error_then_close, extended, still_serves
from .place import new_app

suite = Suite()
MIB = 1 << 20


async def outcome(socket, timeout_s=5):
    """How the server took it: ('error', ServerError, close), ('close', code) or ('open',)."""
    error = None
    try:
        while True:
            message = wire.decode((await socket.receive(timeout_s))[1])
            if message.type == wire.pb.MESSAGE_SERVER_ERROR:
                error = message.server_error
    except TimeoutError:
        return ("open",)
    except Closed as closed:
        return ("error", error, closed.code) if error else ("close", closed.code)


async def refused(socket, code_name, number, what):
    """A ServerError, then close 1000."""
    error, close = await error_then_close(socket)
    expect((extended(error).code_name, error.code, close), (code_name, number, 1000), f"{what}: '{error.message}'")
    return error


async def lives(socket, what):
    """The session goes on as if nothing had been."""
    clip = speech.clip(16000, "espeak-ng", limit_s=0.3, silence_s=0.1)
    await socket.send(wire.audio("afterwards", clip.read(), end=True))
    try:
        frames.complete(await animation_of(socket, "afterwards"), clip.seconds)
    except Closed as closed:
        raise AssertionError(f"{what}: closed with {closed.code}") from None
    expect(await socket.close(), 1000, f"{what}: close")


@suite.case("text frames and unknown message types are ignored")
async def ignored_frames(server):
    for what, payload, opcode in (
        ("text", b"hello", TEXT),
        ("an unknown type", b"\x08\x63", BINARY),
        ("an unknown field", wire.audio("r", b"") + bytes.fromhex("fa0601ff"), BINARY),
    ):
        socket, _ = await configured(server)
        await socket.send(payload, opcode)
        await lives(socket, what)


@suite.case("undecodable frames in a session are refused")
async def garbage_in_session(server):
    for garbage in (b"\xff\xff\xff\xff", os.urandom(64) + b"\xff", b"\x12\x7f\x01"):
        socket, _ = await configured(server)
        await socket.send(garbage)
        await refused(socket, "protocolError", 0, f"garbage {garbage[:4].hex()}")


@suite.case("odd bytes of PCM: joined across messages, refused at the end")
async def odd_byte(server):
    clip = speech.clip(16000, "espeak-ng", limit_s=0.3, silence_s=0.1)
    data = clip.read()
    socket, _ = await configured(server)
    for at in range(0, len(data), 333):
        socket.write(wire.audio("joined", data[at : at + 333]))
    await socket.send(wire.audio("joined", b"", end=True))
    frames.complete(await animation_of(socket, "joined"), clip.seconds)
    await socket.send(wire.audio("odd", data + b"\0", end=True))
    error = await refused(socket, "invalidRequest", 3, "odd length")
    expect(error.req_id, "odd", "req_id of the error")


@suite.case("empty audio, and an end without any audio")
async def empty_audio(server):
    socket, _ = await configured(server)
    await socket.send(wire.audio("empty", b""))
    await socket.send(wire.audio("empty", b"", end=True))
    animation = await animation_of(socket, "empty")
    assert len(animation.keyframes) <= 1, f"{len(animation.keyframes)} keyframes of no audio"
    await lives(socket, "empty audio")


@suite.case("an empty or endless req_id")
async def bad_req_id(server):
    for req_id in ("", "r" * 4096):
        socket, _ = await configured(server)
        await socket.send(wire.audio(req_id, b"\0" * 320))
        await refused(socket, "invalidRequest", 3, f"req_id of {len(req_id)} bytes")


@suite.case("10 MiB in one message")
async def huge_message(server):
    before = server.resident_bytes()
    socket, _ = await configured(server)
    socket.write(wire.audio("huge", bytes(10 * MIB)))
    error = await refused(socket, "invalidRequest", 3, "10 MiB")
    grown = server.resident_bytes() - before
    assert grown < 12 * MIB, f"the server grew by {grown / MIB:.1f} MiB"
    await still_serves(server)
    return {"said": repr(error.message), "grown_mib": round(grown / MIB, 1)}


@suite.case("broken WebSocket framing ends the connection alone")
async def broken_framing(server):
    mask = b"\0\0\0\0"
    for what, octets in (
        ("reserved bits", bytes([0xF2, 0x80]) + mask),
        ("unknown opcode", bytes([0x83, 0x80]) + mask),
        ("unmasked", bytes([0x82, 0x02]) + b"hi"),
        ("ping of 200 bytes", bytes([0x89, 0xFE]) + struct.pack("!H", 200) + mask + bytes(200)),
        ("continuation of nothing", bytes([0x80, 0x80]) + mask),
        ("close of one byte", bytes([0x88, 0x81]) + mask + b"x"),
        ("text that is not UTF-8", bytes([0x81, 0x82]) + mask + b"\xff\xff"),
        ("length of 2^63", bytes([0x82, 0xFF]) + b"\xff" * 8 + mask),
    ):
        socket, _ = await configured(server)
        socket.writer.write(octets)
        how = await outcome(socket)
        assert how[0] != "open" and how[-1] is not None, f"{what}: dropped without a close frame ({how})"
        if how[0] == "error":
            assert extended(how[1]).code_name in ("protocolError", "invalidRequest"), f"{what}: {how[1]}"
        socket.drop()
    await still_serves(server)


@suite.case("bad fields of ClientConfigureSession")
async def bad_configure(server):
    for fields in (
        {"audio_format": 9},
        {"bitrate": -1},
        {"transport_compression": 5},
        {"extra_params": {f"key{n}": "x" for n in range(1000)}},
        {"extra_params": {"key": "x" * 100_000}},
    ):
        socket = await connect(server)
        await socket.send(wire.configure(**fields))
        await refused(socket, "invalidRequest", 3, str(fields)[:40])
    for rate in (0, -1, 11025, 2**31 - 1):
        socket = await connect(server)
        await socket.send(wire.configure(rate))
        error = await refused(socket, "unsupportedSampleRate", 0, f"{rate} Hz")
        expect(error.message, f"unsupported sample rate: {rate}", "wording")


@suite.case("Ogg Opus that is none")
async def bad_opus(server):
    path, _ = speech.ogg_opus(24000, "flite", limit_s=0.4)
    stream = bytearray(path.read_bytes())
    stereo = bytearray(stream)
    stereo[stereo.index(b"OpusHead") + 9] = 2
    damaged = bytearray(stream)
    damaged[len(damaged) // 2 :] = os.urandom(len(damaged) - len(damaged) // 2)
    for what, data in (("noise", os.urandom(4096)), ("PCM", bytes(4096)), ("stereo, and its checksum wrong", stereo), ("damaged", damaged)):
        socket = await connect(server)
        await socket.send(wire.configure(24000, audio_format=wire.pb.AUDIO_FORMAT_OGG_OPUS))
        await socket.receive()
        await socket.send(wire.audio("bad", bytes(data), end=True))
        how = await outcome(socket, 2)
        if how[0] == "error":
            expect((how[1].code_name, how[2]), ("invalidRequest", 1000), what)
        else:
            expect(how[0], "open", what)  # what could be decoded was shown
        socket.drop()
    await still_serves(server)


@suite.case("heads that are too long, or no HTTP at all")
async def bad_heads(server):
    for headers in ({"X-Session-Key": "a" * 100_000}, {f"X-{n}": "v" for n in range(2000)}):
        try:
            await Socket.open(server.socket_url(), headers)
            raise AssertionError("the upgrade was accepted")
        except Refused as refusal:
            assert refusal.answer.status in (400, 431), f"HTTP {refusal.answer.status}"
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # hung up: as good
    host, port = server.http.removeprefix("http://").split(":")
    for octets in (b"\x16\x03\x01\x02\x00\x01\x00", os.urandom(2048), b"GET / HTTP/9.9\r\n\r\n"):
        _, writer = await asyncio.open_connection(host, int(port))
        writer.write(octets)
        await asyncio.sleep(0.05)
        writer.close()
    await still_serves(server)


@suite.case("a flood of pings")
async def ping_flood(server):
    before = server.resident_bytes()
    socket, _ = await configured(server)
    for _ in range(20_000):
        socket.write(b"x" * 100, PING)
    try:
        await asyncio.wait_for(socket.writer.drain(), 10)
        expect(await socket.close(timeout_s=10), 1000, "close")
    except (ConnectionError, TimeoutError):
        pass  # cut off: as good
    socket.drop()
    grown = server.resident_bytes() - before
    assert grown < 8 * MIB, f"the server grew by {grown / MIB:.1f} MiB"
    await still_serves(server)
    return {"grown_mib": round(grown / MIB, 1)}


@suite.case("a client that never reads")
async def never_reads(server):
    clip = speech.clip(16000, "flite")
    data = clip.read()
    before = server.resident_bytes()
    socket = await Socket.open(
        server.socket_url(), {"X-App-ID": server.app_id, "X-Session-Key": await server.token(DIALECTS["text-rule"])},
        receive_buffer_bytes=4096,
    )
    sent_s, top = 0.0, before
    try:
        socket.write(wire.configure())
        while sent_s < 1800:
            socket.write(wire.audio("unread", data))
            await asyncio.wait_for(socket.writer.drain(), 5)
            sent_s += clip.seconds
            top = max(top, server.resident_bytes())
    except (ConnectionError, TimeoutError):
        pass  # the server stopped taking audio, or hung up
    await asyncio.sleep(0.5)
    top = max(top, server.resident_bytes())
    socket.drop()
    grown = top - before
    assert grown < 24 * MIB, f"the server grew by {grown / MIB:.1f} MiB"
    await still_serves(server)
    return {"taken_s": round(sent_s), "grown_mib": round(grown / MIB, 1)}


@suite.case("an hour of audio at once")
async def an_hour(server):
    clip = speech.clip(16000, "flite")
    piece = clip.read() * (MIB // len(clip.read()))
    seconds = len(piece) / clip.bytes_per_s
    before = top = server.resident_bytes()
    socket, _ = await configured(server)
    keyframes, error, close, ended = 0, None, None, False

    async def read():
        nonlocal keyframes, error, close, ended
        try:
            while not ended:
                message = wire.decode((await socket.receive(60))[1])
                if message.type == wire.pb.MESSAGE_SERVER_ERROR:
                    error = message.server_error
                keyframes += len(message.server_response_animation.animation.keyframes)
                ended = message.server_response_animation.end
        except Closed as closed:
            close = closed.code

    async def watch():
        nonlocal top
        while True:
            top = max(top, server.resident_bytes())
            await asyncio.sleep(0.1)

    reading, watching = asyncio.create_task(read()), asyncio.create_task(watch())
    sent_s = 0.0
    try:
        while sent_s < 3600 and not reading.done():
            await asyncio.wait_for(socket.send(wire.audio("hour", piece)), 60)
            sent_s += seconds
        await socket.send(wire.audio("hour", b"", end=True))
    except ConnectionError:
        pass
    await reading
    watching.cancel()
    socket.drop()
    grown = top - before
    assert grown < 48 * MIB, f"the server grew by {grown / MIB:.1f} MiB"
    if ended:
        assert abs(keyframes - sent_s * frames.FPS) <= 1, f"{keyframes} keyframes for {sent_s:.1f} s"
    else:
        assert error is not None and close is not None, f"cut off without a word (close {close})"
    await still_serves(server)
    return {"frames": keyframes, "ended": ended, "error": error.message if error else "", "grown_mib": round(grown / MIB, 1)}


@suite.case("two million messages of one byte")
async def tiny_messages(server):
    before = top = server.resident_bytes()
    socket, _ = await configured(server)
    message = wire.audio("tiny", b"\0")
    frame = struct.pack("!BB", 0x82, 0x80 | len(message)) + bytes(4) + message
    try:
        for _ in range(2000):
            socket.writer.write(frame * 1000)
            await asyncio.wait_for(socket.writer.drain(), 30)
            top = max(top, server.resident_bytes())
    except (ConnectionError, TimeoutError):
        pass  # cut off: as good
    top = max(top, server.resident_bytes())
    socket.drop()
    grown = top - before
    assert grown < 24 * MIB, f"the server grew by {grown / MIB:.1f} MiB"
    await still_serves(server)
    return {"grown_mib": round(grown / MIB, 1)}


@suite.case("1,000 sockets that never speak")
async def silent_sockets(server):
    app_id, api_key = await new_app(server, 1_000_000, "silent", concurrencyMax=2000)
    token = await server.token(DIALECTS["text-rule"], api_key)
    headers = {"X-App-ID": app_id, "X-Session-Key": token}
    before = server.resident_bytes()
    held = []
    for _ in range(10):
        opened = await asyncio.gather(*(Socket.open(server.socket_url(), headers) for _ in range(100)), return_exceptions=True)
        held += [socket for socket in opened if isinstance(socket, Socket)]
        others = [error for error in opened if not isinstance(error, (Socket, Refused))]
        assert not others, f"{others[0]!r}"
    grown = server.resident_bytes() - before
    assert grown < 64 * MIB, f"the server grew by {grown / MIB:.1f} MiB for {len(held)} sockets"
    ends = [await outcome(socket, 30) for socket in held[:3]]
    assert all(how[0] == "error" for how in ends), f"not ended with an error: {ends[0]}"
    for socket in held:
        socket.drop()
    await asyncio.sleep(0.3)
    await still_serves(server)
    return {"held": len(held), "kib_each": round(grown / 1024 / max(1, len(held)), 1), "said": ends[0][1].message}


@suite.case("1,000 connections without a word of HTTP")
async def mute_connections(server):
    host, port = server.http.removeprefix("http://").split(":")
    before = server.resident_bytes()
    writers = [(await asyncio.open_connection(host, int(port)))[1] for _ in range(1000)]
    await asyncio.sleep(0.3)
    grown = server.resident_bytes() - before
    await still_serves(server)
    for writer in writers:
        writer.transport.abort()
    assert grown < 64 * MIB, f"the server grew by {grown / MIB:.1f} MiB"
    return {"kib_each": round(grown / 1024 / 1000, 1)}


@suite.case("Ctrl-C closes live sessions properly and the server ends")
async def clean_end(server):
    """Last: it ends the server of this suite."""
    sockets = [(await configured(server))[0] for _ in range(20)]
    ending = asyncio.create_task(server.stop())
    hows = await asyncio.gather(*(outcome(socket, 10) for socket in sockets))
    for how in hows:
        assert how[0] != "open" and how[-1] is not None, f"dropped without a close frame: {how}"
    expect(await ending, 0, "exit status")
    return {"close": hows[0][-1], "said": hows[0][1].message if hows[0][0] == "error" else ""}
