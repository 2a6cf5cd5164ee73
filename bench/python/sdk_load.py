"""Streams speech with the published SDK of this virtual environment: the other side of `visavis-bench sdk`.

It speaks with its parent in lines, as src/sdk/load.rs does: settings as JSON in; the SDK's name out once the
sessions are open; "go" in; "done" out after the last frame; "count" in; the number of frames out. Between "go" and
"done" it does what any application must, and nothing more: frames are kept, and counted afterwards.
"""

import asyncio
import importlib.metadata
import json
import platform
import sys
from datetime import datetime, timedelta, timezone

import spatialreal
from spatialreal.proto.generated import message_pb2

CHUNK_S = 0.1


class Speaker:
    """One session."""

    def __init__(self, settings):
        self.messages = []
        self.ended = asyncio.get_running_loop().create_future()
        self.session = spatialreal.new_avatar_session(
            console_endpoint_url=settings["console"],
            ingress_endpoint_url=settings["ingress"],
            api_key=settings["api_key"],
            app_id=settings["app_id"],
            avatar_id=settings["avatar_id"],
            expire_at=datetime.now(timezone.utc) + timedelta(hours=1),
            sample_rate=settings["sample_rate"],
            transport_frames=self.frames,
            on_error=self.fail,
            on_close=lambda: self.fail(ConnectionError("the session was closed")),
        )

    async def open(self):
        await self.session.init()
        await self.session.start()

    async def speak(self, chunks, begin):
        loop = asyncio.get_running_loop()
        for number, chunk in enumerate(chunks):
            await asyncio.sleep(max(0, begin + number * CHUNK_S - loop.time()))
            await self.session.send_audio(chunk)
        await self.session.send_audio(b"", end=True)
        await self.ended

    def frames(self, message, is_last):
        self.messages.append(message)
        if is_last and not self.ended.done():
            self.ended.set_result(None)

    def fail(self, error):
        if not self.ended.done():
            self.ended.set_exception(error)

    def count(self):
        return sum(keyframes(message) for message in self.messages)


def keyframes(message):
    """How many FLAME keyframes a message holds; to the SDK their list is opaque: field 1, over and over."""
    envelope = message_pb2.Message()
    envelope.ParseFromString(message)
    payload = envelope.server_response_animation.animation
    count = at = 0
    while at < len(payload):
        key, at = varint(payload, at)
        size, at = varint(payload, at)
        if key & 7 != 2:
            raise ValueError(f"unexpected field {key >> 3} in the motion")
        count += key >> 3 == 1
        at += size
    return count


def varint(payload, at):
    value = shift = 0
    while True:
        byte = payload[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def say(text):
    print(text, flush=True)


def wait_for(word):
    if sys.stdin.readline().strip() != word:
        raise SystemExit(f"expected the word {word}")


async def main(settings):
    with open(settings["audio"], "rb") as file:
        audio = file.read()
    size = round(2 * settings["sample_rate"] * CHUNK_S)
    chunks = [audio[at : at + size] for at in range(0, len(audio), size)]
    speakers = [Speaker(settings) for _ in range(settings["sessions"])]
    for speaker in speakers:
        await speaker.open()
    say(f"spatialreal {importlib.metadata.version('spatialreal')}, Python {platform.python_version()}")
    wait_for("go")
    begin = asyncio.get_running_loop().time() + CHUNK_S
    async with asyncio.timeout(len(chunks) * CHUNK_S + 15):
        phases = [CHUNK_S * (number * 0.618034 % 1) for number in range(len(speakers))]
        await asyncio.gather(*(one.speak(chunks, begin + phase) for one, phase in zip(speakers, phases)))
    say("done")
    wait_for("count")
    say(sum(speaker.count() for speaker in speakers))
    for speaker in speakers:
        await speaker.session.close()


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.stdin.readline())))
