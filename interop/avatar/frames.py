"""What came back for one request, checked frame by frame with an independent decoder."""

import base64
import math

from harness import speech, wire
from harness.report import expect

FPS = 25
FRAME_US = 40_000


class Animation:
    """Every ServerResponseAnimation of one req_id, in order of arrival."""

    def __init__(self, req_id, messages, lasts=None, times=None):
        self.req_id = req_id
        self.messages = messages
        self.lasts = lasts
        self.times = times or []
        self.keyframes = [frame for message in messages for frame in message.animation.keyframes]
        self.open = [frame for message in messages for frame in message.open_animation.frames]

    @property
    def jaw(self):
        return [frame.blendshapes[wire.JAW_OPEN] for frame in self.open]


def by_request(result):
    """The animations of a session, by req_id; every frame belongs to one."""
    groups = {}
    for event in result.of("frame"):
        raw = base64.b64decode(event["raw"])
        message = wire.decode(raw)
        expect(message.type, wire.pb.MESSAGE_SERVER_RESPONSE_ANIMATION, "type of a delivered frame")
        assert len(raw) < 1 << 20, f"a message of {len(raw)} bytes, 1 MiB or more"
        body = message.server_response_animation
        expect(body.connection_id, result.connection_id, "connection_id of a frame")
        expect(body.end, event["last"], "is_last against the envelope's end")
        groups.setdefault(body.req_id, []).append((body, event["t"]))
    return {
        req_id: Animation(req_id, [body for body, _ in group], [body.end for body, _ in group], [t for _, t in group])
        for req_id, group in groups.items()
    }


def complete(animation, seconds, tolerance=1):
    """A whole request: one end, the right count, sound values, time that runs."""
    ends = [message.end for message in animation.messages]
    expect(sum(ends), 1, f"messages with end=true among {len(ends)}")
    assert ends[-1], "the message with end=true is not the last"
    count(animation, seconds, tolerance)
    sound(animation)


def count(animation, seconds, tolerance=1):
    wanted, found = seconds * FPS, len(animation.keyframes)
    assert abs(found - wanted) <= tolerance + 1e-6, f"{found} keyframes for {seconds:.3f} s, wanted {wanted:.1f} ± {tolerance}"
    expect(len(animation.open), found, "frames in field 100 against keyframes in field 4")


def sound(animation):
    """Lengths and ranges of every value."""
    for number, frame in enumerate(animation.keyframes):
        for field, length in (("jaw_pose", 3), ("eye_pose", 6), ("eye_lid", 2), ("neck_pose", 3)):
            values = getattr(frame, field)
            expect(len(values), length, f"{field} of keyframe {number}")
            assert all(map(math.isfinite, values)), f"{field} of keyframe {number}: {list(values)}"
    for number, frame in enumerate(animation.open):
        expect(len(frame.blendshapes), 52, f"blendshapes of frame {number}")
        assert all(0 <= value <= 1 for value in frame.blendshapes), f"frame {number} has a weight outside 0..1"
        expect(frame.timestamp_us, number * FRAME_US, f"timestamp of frame {number}")
        expect((len(frame.head_rotation), len(frame.left_eye), len(frame.right_eye)), (3, 2, 2), f"pose of frame {number}")


def mouth_follows(animation, clip):
    """The mouth rests in silence, moves with speech, and its movement goes with the sound's level."""
    jaw = animation.jaw
    begin, end = (round(at * FPS) for at in clip.speech_s)
    quiet = jaw[: begin - 3] + jaw[end + 10 :]
    spoken = jaw[begin:end]
    mean_quiet, mean_spoken = sum(quiet) / len(quiet), sum(spoken) / len(spoken)
    assert max(spoken) > 0.15, f"the mouth never opens: jawOpen at most {max(spoken):.3f} in speech"
    assert mean_quiet < 0.05, f"the mouth does not rest: jawOpen {mean_quiet:.3f} on average in silence"
    assert mean_spoken > 3 * mean_quiet, f"jawOpen {mean_spoken:.3f} in speech against {mean_quiet:.3f} in silence"
    moved = sum(abs(after - before) for before, after in zip(spoken, spoken[1:])) / len(spoken)
    assert moved > 0.01, f"the mouth stands still in speech: {moved:.4f} a frame"
    levels = speech.loud_frames(clip.read(), clip.rate)
    together = correlation(levels[: len(jaw)], jaw[: len(levels)])
    assert together > 0.3, f"the mouth does not go with the sound: correlation {together:.2f}"
    return {"jaw_speech": round(mean_spoken, 3), "jaw_silence": round(mean_quiet, 3), "correlation": round(together, 2)}


def correlation(left, right):
    mean_left, mean_right = sum(left) / len(left), sum(right) / len(right)
    left = [value - mean_left for value in left]
    right = [value - mean_right for value in right]
    both = math.sqrt(sum(value * value for value in left) * sum(value * value for value in right))
    return sum(a * b for a, b in zip(left, right)) / both if both else 0.0
