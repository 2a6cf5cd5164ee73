"""Ogg Opus: encoded by the SDK where it can, or by the application."""

import random

from harness import speech
from harness.report import Suite, expect

from . import frames
from .place import CLOSE, CONNECT, speak, wait

suite = Suite()
# avatarkit's stream ends up to one Opus frame short of its audio: it does not pad for the pre-skip.
ENCODER_SLACK = 2


def encoded_by_the_sdk(rate, frame_ms, application):
    @suite.case(f"Opus encoded by the SDK, {rate} Hz, {frame_ms} ms, {application}", applies=lambda sdk: sdk.encodes_opus)
    async def case(place):
        clip = speech.clip(rate, "espeak-ng", limit_s=2.0, silence_s=0.4)
        encoder = {"frame_duration_ms": frame_ms, "application": application}
        steps = [*CONNECT, speak(clip), wait("end"), CLOSE]
        result = (await place.session(steps, sample_rate=rate, audio_format="ogg_opus", encoder=encoder, bitrate=32000)).clean()
        animation = frames.by_request(result)[result.req_ids[0]]
        frames.complete(animation, clip.seconds, ENCODER_SLACK)
        return frames.mouth_follows(animation, clip)


encoded_by_the_sdk(8000, 60, "voip")
encoded_by_the_sdk(12000, 40, "voip")
encoded_by_the_sdk(16000, 20, "audio")
encoded_by_the_sdk(24000, 10, "restricted_lowdelay")
encoded_by_the_sdk(48000, 20, "voip")


@suite.case("Ogg Opus from the application, sliced anywhere")
async def sliced_anywhere(place):
    path, clip = speech.ogg_opus(24000, "flite")
    dice = random.Random(7)
    for slices in ([1, 7, 13, 255, 997], [dice.randrange(1, 700) for _ in range(50)], [1 << 20]):
        step = {"op": "audio", "file": str(path), "slices": slices, "end": "empty" if slices == [1 << 20] else "last"}
        result = (await place.session([*CONNECT, step, wait("end"), CLOSE], sample_rate=24000, audio_format="ogg_opus")).clean()
        animation = frames.by_request(result)[result.req_ids[0]]
        frames.complete(animation, clip.seconds)
    return frames.mouth_follows(animation, clip)


@suite.case("two Ogg Opus streams in one session")
async def two_streams(place):
    path, clip = speech.ogg_opus(48000, "espeak-ng", limit_s=0.8)
    step = {"op": "audio", "file": str(path), "slices": [311]}
    steps = [*CONNECT, step, wait("end"), step, wait("end", 2), CLOSE]
    result = (await place.session(steps, sample_rate=48000, audio_format="ogg_opus")).clean()
    animations = frames.by_request(result)
    expect(list(animations), result.req_ids, "req_ids of the frames")
    for animation in animations.values():
        frames.complete(animation, clip.seconds)
