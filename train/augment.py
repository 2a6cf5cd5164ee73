"""Worse and different copies of clean speech: what rooms, microphones, lines and other speakers do to it."""

import os
import subprocess
import tempfile
import wave

import numpy as np
from scipy.signal import fftconvolve, istft, lfilter, resample, resample_poly, stft

RATE = 16000


def read(path):
    """Mono samples from -1 to 1 at 16 kHz."""
    with wave.open(path) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), np.int16).astype(np.float32) / 32768
        rate = file.getframerate()
    return samples if rate == RATE else resample_poly(samples, RATE // np.gcd(RATE, rate), rate // np.gcd(RATE, rate)).astype(np.float32)


def write(path, samples):
    with wave.open(path, "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype(np.int16).tobytes())


def vary(samples, draw, noises):
    """One varied copy and the factor by which its time is stretched."""
    stretch = 1.0
    if draw.random() < 0.6:
        samples = warp_tract(samples, draw.uniform(0.82, 1.22))
    if draw.random() < 0.6:
        stretch = draw.uniform(0.86, 1.17)
        samples = resample(samples, int(len(samples) * stretch)).astype(np.float32)
    if draw.random() < 0.5:
        samples = tilt(samples, draw)
    samples = samples / (np.abs(samples).max() + 1e-6)
    if draw.random() < 0.4:
        samples = room(samples, draw)
    if draw.random() < 0.6:
        samples = add(samples, draw, noises)
    samples *= 10 ** (draw.uniform(-32, -1) / 20)
    line = draw.random()
    if line < 0.08:
        samples = np.clip(samples * draw.uniform(2, 8), -0.5, 0.5)
    elif line < 0.16:
        samples = narrow(samples)
    elif line < 0.22:
        samples = mu_law(narrow(samples))
    elif line < 0.32:
        samples = opus(samples, draw)
    return samples.astype(np.float32), stretch


def warp_tract(samples, factor):
    """Moves the spectral envelope along the frequency axis and leaves the harmonics where they are (a tract longer or shorter)."""
    _, _, spectrum = stft(samples, RATE, nperseg=512, noverlap=384)
    log = np.log(np.abs(spectrum) + 1e-6)
    cepstrum = np.fft.irfft(log, axis=0)
    keep = 26
    cepstrum[keep:-keep] = 0
    envelope = np.fft.rfft(cepstrum, axis=0).real
    bins = np.arange(len(envelope)) / factor
    low = np.minimum(bins.astype(int), len(envelope) - 2)
    part = np.minimum(bins - low, 1)[:, None]
    moved = envelope[low] * (1 - part) + envelope[low + 1] * part
    _, out = istft(spectrum * np.exp(np.clip(moved - envelope, -4, 4)), RATE, nperseg=512, noverlap=384)
    return np.resize(out, len(samples)).astype(np.float32) if len(out) < len(samples) else out[: len(samples)].astype(np.float32)


def tilt(samples, draw):
    """A random slope and one random resonance, within about 9 dB."""
    pole = draw.uniform(-0.5, 0.5)
    samples = lfilter([1], [1, -pole], samples)
    centre, gain = draw.uniform(200, 5000), draw.uniform(-9, 9)
    a, w = 10 ** (gain / 40), 2 * np.pi * centre / RATE
    alpha = np.sin(w) / (2 * draw.uniform(0.5, 2))
    b = [1 + alpha * a, -2 * np.cos(w), 1 - alpha * a]
    return lfilter(b, [1 + alpha / a, -2 * np.cos(w), 1 - alpha / a], samples).astype(np.float32)


def room(samples, draw):
    """An exponentially decaying random tail, 0.1 to 0.7 s to -60 dB, behind the direct sound."""
    seconds = draw.uniform(0.1, 0.7)
    tail = draw.standard_normal(int(seconds * RATE)) * 10 ** (-3 * np.arange(int(seconds * RATE)) / (seconds * RATE))
    tail[: int(draw.uniform(0.001, 0.006) * RATE)] = 0
    tail *= 10 ** (draw.uniform(-14, 2) / 20) / (np.sqrt((tail**2).sum()) + 1e-9)
    tail[0] = 1
    return fftconvolve(samples, tail)[: len(samples)].astype(np.float32)


def add(samples, draw, noises):
    """Noise, hum, music or babble, mostly soft: 3 to 50 dB below the speech."""
    kind = draw.integers(5)
    count = len(samples)
    if kind == 0:
        noise = draw.standard_normal(count)
    elif kind == 1:
        noise = lfilter([1], [1, -0.97], draw.standard_normal(count))
    elif kind == 2:
        noise = sum(np.sin(2 * np.pi * n * draw.choice([50, 60, 100, 120]) * np.arange(count) / RATE) / n for n in range(1, 6))
    elif kind == 3:
        noise = music(count, draw)
    else:
        noise = sum(cut(noises[draw.integers(len(noises))], count, draw) for _ in range(draw.integers(1, 7)))
    power = np.mean(noise**2) + 1e-9
    snr = draw.uniform(3, 50)
    return samples + noise * np.sqrt(np.mean(samples**2) / power) * 10 ** (-snr / 20)


def cut(samples, count, draw):
    tiled = np.resize(samples, count + len(samples))
    start = draw.integers(len(samples))
    return tiled[start : start + count]


def music(count, draw):
    """Chords of decaying harmonic tones with a drum."""
    out = np.zeros(count)
    time = np.arange(count) / RATE
    beat = draw.uniform(0.25, 0.6)
    for n in range(int(time[-1] / beat) + 1):
        since = time - n * beat
        on = since >= 0
        envelope = np.where(on, np.exp(-since.clip(0) / draw.uniform(0.1, 0.8)), 0)
        for _ in range(draw.integers(1, 4)):
            hertz = 55 * 2 ** (draw.integers(0, 48) / 12)
            harmonics = range(1, draw.integers(2, 8))
            out += envelope * sum(np.sin(2 * np.pi * hertz * k * since) / k for k in harmonics if hertz * k < 7500)
        if draw.random() < 0.5:
            out += np.where(on, np.exp(-since.clip(0) / 0.03), 0) * draw.standard_normal(count)
    return out


def narrow(samples):
    return resample_poly(resample_poly(samples, 1, 2), 2, 1)[: len(samples)]


def mu_law(samples):
    code = np.sign(samples) * np.log1p(255 * np.abs(samples.clip(-1, 1))) / np.log(256)
    code = np.round(code * 127) / 127
    return np.sign(code) * (256 ** np.abs(code) - 1) / 255


def opus(samples, draw):
    """Through Opus at 10 to 32 kbit/s and back."""
    with tempfile.TemporaryDirectory() as folder:
        first, coded, last = (os.path.join(folder, name) for name in ("a.wav", "a.opus", "b.wav"))
        write(first, samples)
        run = lambda *command: subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        run("opusenc", "--quiet", "--bitrate", str(int(draw.integers(10, 33))), first, coded)
        run("opusdec", "--quiet", "--rate", str(RATE), coded, last)
        decoded = read(last)
    out = np.zeros_like(samples)
    out[: min(len(samples), len(decoded))] = decoded[: len(samples)]
    return out


def scenes(folder, count, seed):
    """Sound without speech, labelled silence: noise, hum, tones, music, breath and knocks. The stems."""
    stems = []
    for n in range(count):
        draw = np.random.default_rng([seed, n])
        name, make = list(SCENES.items())[n % len(SCENES)]
        length = int(draw.uniform(2, 7) * RATE)
        samples = make(length, draw)
        stem = os.path.join(folder, f"noise-{name}-{n:05}")
        write(stem + ".wav", samples / (np.abs(samples).max() + 1e-9) * 10 ** (draw.uniform(-40, -3) / 20))
        with open(stem + ".phones", "w") as file:
            file.write(f"0.0 {length / RATE:.4f} sil\n")
        stems.append(stem)
    return stems


def hiss(count, draw):
    return lfilter([1], [1, -draw.uniform(-0.6, 0.98)], draw.standard_normal(count))


def tones(count, draw):
    """Steady or switched tones with harmonics: mains, ringing, beeps."""
    time = np.arange(count) / RATE
    hertz = draw.choice([50, 60, 100, 120, draw.uniform(200, 3000)])
    out = sum(np.sin(2 * np.pi * hertz * k * time) * draw.uniform(0.1, 1) / k for k in range(1, draw.integers(2, 12)) if hertz * k < 7800)
    return out * (np.sin(2 * np.pi * draw.uniform(0.2, 2) * time) > -0.3) if draw.random() < 0.4 else out


def breath(count, draw):
    """Slow swells of filtered noise, in and out."""
    time = np.arange(count) / RATE
    swell = np.clip(np.sin(2 * np.pi * draw.uniform(0.3, 0.8) * time + draw.uniform(0, 6)), 0, 1) ** 2
    return swell * tilt(draw.standard_normal(count).astype(np.float32), draw)


def knocks(count, draw):
    """Clicks, keys and bumps."""
    out = 0.003 * draw.standard_normal(count)
    for place in draw.integers(0, count - 800, draw.integers(3, 40)):
        length = draw.integers(60, 800)
        out[place : place + length] += draw.uniform(0.2, 1) * hiss(length, draw) * np.exp(-np.arange(length) / (length / 5))
    return out


SCENES = {"hiss": hiss, "tones": tones, "music": music, "breath": breath, "knocks": knocks}
