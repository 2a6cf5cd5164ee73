"""Interrupt, pre-emption, pause and resume."""

from harness import speech
from harness.report import Skip, Suite, expect

from . import frames
from .place import CLOSE, CONNECT, sleep, speak, speak_in_real_time, wait

suite = Suite()


@suite.case("interrupt stops its request at once; the next one runs")
async def interrupt(place):
    clip = speech.clip(16000, "espeak-ng")
    short = speech.clip(16000, "flite", limit_s=0.5, silence_s=0.2)
    spoken_s = 1.5
    part = int(spoken_s * clip.rate) * 2
    steps = [
        *CONNECT, speak_in_real_time(clip, stop=part, end="no"), {"op": "interrupt"}, sleep(0.6),
        speak(short), wait("frame", 1), sleep(0.6), CLOSE,
    ]
    result = (await place.session(steps)).clean()
    first, second = result.req_ids
    expect(result.fields["interrupted"], first, "req_id of the interrupt")
    animations = frames.by_request(result)
    stopped = animations[first]
    assert len(stopped.keyframes) <= spoken_s * frames.FPS + 1, f"{len(stopped.keyframes)} keyframes for {spoken_s} s"
    late_s = stopped.times[-1] - result.fields["interrupted_at"]
    assert late_s < 0.25, f"a frame came {late_s:.2f} s after the interrupt"
    ends = [message.end for message in stopped.messages]
    assert not any(ends[:-1]), "end=true before the last message"
    frames.complete(animations[second], short.seconds)


@suite.case("interrupt after the end is taken quietly")
async def interrupt_after_end(place):
    short = speech.clip(16000, "flite", limit_s=0.5, silence_s=0.2)
    steps = [*CONNECT, speak(short), wait("end"), {"op": "interrupt"}, sleep(0.2), speak(short), wait("end", 2), CLOSE]
    result = (await place.session(steps)).clean()
    animations = frames.by_request(result)
    expect(list(animations), result.req_ids, "req_ids of the frames")
    for animation in animations.values():
        frames.complete(animation, short.seconds)


@suite.case("a new request pre-empts the old one")
async def preemption(place):
    clip = speech.clip(16000, "espeak-ng")
    short = speech.clip(16000, "flite", limit_s=0.5, silence_s=0.2)
    many = [speak(clip, end="no") for _ in range(10)]
    steps = [*CONNECT, *many, speak(clip), speak(short), sleep(1.5), CLOSE]
    result = (await place.session(steps)).clean()
    old, new = result.req_ids
    arrived = [frame["t"] for frame in result.of("frame")]
    assert arrived == sorted(arrived)
    animations = frames.by_request(result)
    frames.complete(animations[new], short.seconds)
    if old in animations:
        assert animations[old].times[-1] <= animations[new].times[0], "frames of the old request after those of the new"
        assert not any(message.end for message in animations[old].messages[:-1]), "end=true before the last message"


@suite.case("pause and resume", applies=lambda sdk: sdk.module == "spatialreal")
async def pause_and_resume(place):
    short = speech.clip(16000, "flite", limit_s=0.8, silence_s=0.2)
    steps = [
        *CONNECT, speak_in_real_time(short, end="no"), {"op": "pause"}, sleep(0.3), {"op": "resume"}, sleep(0.3),
        speak(short), wait("end"), CLOSE,
    ]
    result = (await place.session(steps)).clean()
    if "playback_control" not in result.capabilities:
        raise Skip("the server does not declare playback_control")
    states = [event["state"] for event in result.of("playback_state")]
    expect(states.count("paused"), 1, f"paused among {states}")
    frames.complete(frames.by_request(result)[result.req_ids[0]], 2 * short.seconds)
