"""Speech in, a moving face out."""

import asyncio

from harness import speech
from harness.report import Suite, expect

from . import frames
from .place import CLOSE, CONNECT, sleep, speak, speak_in_real_time, wait

suite = Suite()
RATES = (8000, 16000, 22050, 24000, 32000, 44100, 48000)


def full_session(rate, voice):
    @suite.case(f"a session in real time, {rate} Hz, {voice}")
    async def case(place):
        clip = speech.clip(rate, voice)
        steps = [*CONNECT, speak_in_real_time(clip), wait("end"), sleep(0.2), CLOSE]
        result = (await place.session(steps, sample_rate=rate)).clean()
        animations = frames.by_request(result)
        expect(list(animations), result.req_ids, "req_ids of the frames")
        animation = animations[result.req_ids[0]]
        frames.complete(animation, clip.seconds)
        first_s, sent_s = animation.times[0], result.sent[-1][0]
        assert first_s < sent_s, f"the first frame came {first_s - sent_s:.2f} s after the last audio"
        half = clip.seconds / 2
        early = sum(len(m.animation.keyframes) for m, t in zip(animation.messages, animation.times) if t < result.sent[0][0] + half)
        assert early > 0.8 * half * frames.FPS, f"{early} keyframes at half time, wanted nearly {half * frames.FPS:.0f}"
        figures = frames.mouth_follows(animation, clip)
        figures["first_frame_ms"] = round(1000 * (first_s - result.sent[0][0]), 1)
        return figures


full_session(16000, "espeak-ng")
full_session(24000, "flite")
full_session(48000, "espeak-ng")


@suite.case("every PCM rate")
async def every_rate(place):
    for rate in RATES:
        clip = speech.clip(rate, "flite", limit_s=0.7, silence_s=0.25)
        result = (await place.session([*CONNECT, speak(clip), wait("end"), CLOSE], sample_rate=rate)).clean()
        frames.complete(frames.by_request(result)[result.req_ids[0]], clip.seconds)


@suite.case("several requests in one session, ended with and without audio")
async def several_requests(place):
    clip = speech.clip(16000, "espeak-ng", limit_s=0.8, silence_s=0.2)
    steps = [*CONNECT]
    for number, end in enumerate(("last", "empty", "last")):
        steps += [speak(clip, end=end), wait("end", number + 1)]
    result = (await place.session([*steps, CLOSE])).clean()
    expect(len(set(result.req_ids)), 3, "different req_ids")
    animations = frames.by_request(result)
    expect(list(animations), result.req_ids, "req_ids of the frames, in order")
    for animation in animations.values():
        frames.complete(animation, clip.seconds)


@suite.case("any chunking gives the same mouth")
async def any_chunking(place):
    clip = speech.clip(16000, "espeak-ng", limit_s=1.0, silence_s=0.2)
    seen = []
    for slices in ([len(clip.read())], [2, 98, 6, 1234], [640]):
        step = {"op": "audio", "file": str(clip.path), "slices": slices}
        result = (await place.session([*CONNECT, step, wait("end"), CLOSE])).clean()
        animation = frames.by_request(result)[result.req_ids[0]]
        frames.complete(animation, clip.seconds)
        seen.append(animation.jaw)  # blinks and glances differ from session to session, the mouth does not
    assert seen[0] == seen[1] == seen[2], "the same audio gave different mouths"


@suite.case("a minute of speech, faster than real time")
async def faster_than_real_time(place):
    clip = speech.clip(16000, "flite")
    times = round(60 / clip.seconds)
    parts = [speak(clip, end="no") for _ in range(times - 1)]
    result = (await place.session([*CONNECT, *parts, speak(clip), wait("end", 1, 60), CLOSE])).clean()
    frames.complete(frames.by_request(result)[result.req_ids[0]], times * clip.seconds, tolerance=1)


@suite.case("query authentication")
async def query_authentication(place):
    clip = speech.clip(16000, "espeak-ng", limit_s=0.5, silence_s=0.2)
    result = (await place.session([*CONNECT, speak(clip), wait("end"), CLOSE], query_auth=True)).clean()
    frames.complete(frames.by_request(result)[result.req_ids[0]], clip.seconds)


@suite.case("one token serves several sessions at once")
async def token_serves_many(place):
    clip = speech.clip(16000, "espeak-ng", limit_s=0.5, silence_s=0.2)
    token = await place.token()
    steps = [*CONNECT, speak(clip), wait("end"), CLOSE]
    results = await asyncio.gather(*(place.with_token(token, steps) for _ in range(3)))
    expect(len({result.clean().connection_id for result in results}), 3, "different connection ids")
    for result in results:
        frames.complete(frames.by_request(result)[result.req_ids[0]], clip.seconds)


@suite.case("closing is silent")
async def closing_is_silent(place):
    clip = speech.clip(16000, "espeak-ng", limit_s=0.5, silence_s=0.2)
    for steps in ([], [speak(clip), wait("end")], [speak(clip, end="no")]):
        result = (await place.session([*CONNECT, *steps, CLOSE])).clean()
        assert result.of("close"), "on_close was not called"
