"""Speech made by the distribution's synthesizers, at any rate, with silence on both sides."""

import subprocess
import sys
import wave
from array import array
from functools import cache

from . import places

SILENCE_S = 1.0
TEXTS = {
    "espeak-ng": "Pop the balloon above the moon, my friend. Every mouth should open and close in time.",
    "flite": "Papa bought a big map. We all move our lips when we speak, and we rest when we are silent.",
}


@cache
def recording(voice):
    """(rate, samples) as the synthesizer made it."""
    path = places.cached("speech", f"{voice}.wav")
    if not path.exists():
        text = TEXTS[voice]
        command = {
            "espeak-ng": ["espeak-ng", "-v", "en-us", "-s", "160", "-w", str(path), text],
            "flite": ["flite", "-t", text, "-o", str(path)],
        }[voice]
        subprocess.run(command, check=True, capture_output=True)
    with wave.open(str(path)) as opened:
        if (opened.getnchannels(), opened.getsampwidth()) != (1, 2):
            raise ValueError(f"{path.name} is not 16-bit mono")
        samples = array("h", opened.readframes(opened.getnframes()))
        if sys.byteorder == "big":
            samples.byteswap()
        return opened.getframerate(), samples


def resample(samples, rate_from, rate_to):
    """Straight lines between samples: plenty to drive a mouth."""
    if rate_from == rate_to:
        return array("h", samples)
    last = len(samples) - 1
    count = len(samples) * rate_to // rate_from
    resampled = array("h", bytes(2 * count))
    for index in range(count):
        position = index * rate_from / rate_to
        left = int(position)
        share = position - left
        right = min(left + 1, last)
        resampled[index] = int(samples[left] * (1 - share) + samples[right] * share)
    return resampled


class Clip:
    """A file of PCM samples, and where speech begins and ends in it."""

    def __init__(self, path, rate, seconds, speech_s):
        self.path, self.rate, self.seconds = path, rate, seconds
        self.speech_s = speech_s

    @property
    def bytes_per_s(self):
        return 2 * self.rate

    def chunk_bytes(self, ms):
        return 2 * (self.rate * ms // 1000)

    def read(self):
        return self.path.read_bytes()


@cache
def clip(rate, voice="espeak-ng", limit_s=None, silence_s=SILENCE_S):
    """Silence, speech (at most limit_s of it), silence."""
    path = places.cached("speech", f"{voice}-{rate}-{limit_s}-{silence_s}.pcm")
    rate_from, samples = recording(voice)
    speech = samples[: int(limit_s * rate_from)] if limit_s else samples
    speech = resample(speech, rate_from, rate)
    quiet = bytes(2 * int(silence_s * rate))
    data = quiet + speech.tobytes() + quiet
    path.write_bytes(data)
    return Clip(path, rate, len(data) / 2 / rate, (silence_s, silence_s + len(speech) / rate))


@cache
def ogg_opus(rate, voice="flite", limit_s=None):
    """The same, encoded by opus-tools: (path, clip)."""
    source = clip(rate, voice, limit_s)
    path = source.path.with_suffix(".opus")
    command = ["opusenc", "--quiet", "--raw", "--raw-bits", "16", "--raw-rate", str(rate), "--raw-chan", "1", "--speech"]
    subprocess.run([*command, str(source.path), str(path)], check=True, capture_output=True)
    return path, source


def loud_frames(data, rate, fps=25):
    """The level of each frame of audio, 0 to 1, for comparing a mouth with its sound."""
    samples = array("h", data)
    size = rate // fps
    levels = [sum(map(abs, samples[at : at + size])) / size for at in range(0, len(samples) - size + 1, size)]
    top = max(levels) or 1
    return [level / top for level in levels]
