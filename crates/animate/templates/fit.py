"""Fits the acoustic templates to synthetic speech. See README.md.

usage: fit.py WORK_FOLDER templates.rs
"""

import os
import random
import subprocess
import sys
import wave

import numpy as np

SOUNDS = os.path.join(os.environ.get("CARGO_TARGET_DIR", "target"), "release/examples/sounds")
ESPEAK = "./templates-espeak"
VISEMES = "sil PP FF TH DD kk CH SS nn RR aa E I O U".split()
FLITE_VOICES = ["slt", "awb", "kal16"]
ESPEAK_VOICES = "en-us en-us+f3 en-us+m3 en-gb+f2 en-us+m7 en-gb-scotland+f4 en-gb+m1".split()
SENTENCES = 110

# As in src/recognise/cues.rs.
SPECTRA = [-5, -3, -1, 0, 1]
LOUDNESS = [-6, -3, 0, 1]
LEVELS = [-45, -35, -28, -21, -14, -7, 0]
FIRST = [250, 350, 450, 550, 650, 800, 1000]
SECOND = [700, 1000, 1300, 1600, 1900, 2300, 2800]

ARPABET = {
    "sil": "pau", "PP": "p b m", "FF": "f v", "TH": "th dh", "DD": "t d", "kk": "k g ng", "CH": "ch jh sh zh",
    "SS": "s z", "nn": "n l", "RR": "r er", "aa": "aa ae ah aw ay", "E": "eh ax hh ey", "I": "ih iy y",
    "O": "ao ow oy", "U": "uh uw w",
}
IPA = {
    "PP": "pbm", "FF": "fv", "TH": "θð", "DD": "tdɾʔ", "kk": "kɡgŋx", "CH": "ʃʒ", "SS": "sz", "nn": "nl",
    "RR": "ɹrɚɜ", "aa": "aɑæʌɐ", "E": "ɛeəh", "I": "ɪiᵻjʲ", "O": "ɒɔo", "U": "ʊuʉwʍ",
}
FROM_ARPABET = {phone: viseme for viseme, phones in ARPABET.items() for phone in phones.split()}
FROM_IPA = {first: viseme for viseme, firsts in IPA.items() for first in firsts}

rng = np.random.default_rng(1)


def viseme_of_ipa(phone):
    phone = phone.replace("ː", "").replace(":", "").replace("\u0329", "")
    if phone in ("", "_"):
        return "sil"
    for start, viseme in (("tʃ", "CH"), ("dʒ", "CH"), ("əʊ", "O"), ("əl", "nn")):
        if phone.startswith(start):
            return viseme
    return FROM_IPA.get(phone[0], "E")


def speak(folder):
    """Synthesises every sentence with every voice; gives the stems of the files."""
    words = [w.strip() for w in open("/usr/share/dict/words")]
    words = [w for w in words if w.isalpha() and w.islower() and 2 <= len(w) <= 9]
    labial = [w for w in words if set(w) & set("bpmfvw")]
    stems = []
    for n in range(SENTENCES):
        picked = [random.choice(labial if random.random() < 0.5 else words) for _ in range(8)]
        for place in range(1, 8, 3):
            picked.insert(place, random.choice("the a my of and some then more".split()))
        if n % 3 == 0:
            picked[4] += ","
        text = " ".join(picked) + "."
        for voice in FLITE_VOICES:
            stem = f"{folder}/{voice}_{n}"
            command = ["flite", "-voice", voice, "-psdur", "-t", text, "-o", stem + ".wav"]
            phones = subprocess.run(command, capture_output=True, text=True, check=True).stdout
            open(stem + ".lab", "w").write(phones)
            stems.append(stem)
        stem = f"{folder}/espeak_{n}"
        subprocess.run([ESPEAK, random.choice(ESPEAK_VOICES), text, stem, str(random.choice([140, 160, 180]))], check=True)
        raw = ["sox", "-q", "-t", "raw", "-r", "22050", "-e", "signed", "-b", "16", "-c", "1", stem + ".raw"]
        subprocess.run(raw + ["-r", "16000", "-b", "16", stem + ".wav"], check=True, stderr=subprocess.DEVNULL)
        stems.append(stem)
    return stems


def read(path):
    with wave.open(path) as file:
        return np.frombuffer(file.readframes(file.getnframes()), np.int16).astype(np.float32), file.getframerate()


def write(path, samples):
    with wave.open(path, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16000)
        file.writeframes(np.clip(samples, -32768, 32767).astype(np.int16).tobytes())


def labels(stem, samples, count):
    """The viseme of every 10 ms."""
    out = np.zeros(count, int)
    if os.path.exists(stem + ".lab"):
        start = 0.0
        for token in open(stem + ".lab").read().split():
            phone, end = token.split(":")
            out[round(start * 100):round(float(end) * 100)] = VISEMES.index(FROM_ARPABET[phone])
            start = float(end)
        return out
    events = [line.rstrip("\n").split("\t") for line in open(stem + ".ipa")]
    starts = [float(start) for _, start in events] + [len(samples) / 16000]
    level = np.array([np.sqrt(np.mean(samples[max(0, k * 160 - 80):k * 160 + 80] ** 2) + 1) for k in range(count)])
    silent = level < 0.012 * level.max()
    for (phone, _), start, end in zip(events, starts, starts[1:]):
        out[round(start * 100):round(end * 100)] = VISEMES.index(viseme_of_ipa(phone))
    # espeak credits the silence before a stop to the phone before it.
    for (phone, _), start in zip(events, starts):
        if phone[0] in "ptkbdɡ":
            first = round(start * 100)
            for k in range(first - 1, max(first - 13, -1), -1):
                if not silent[k]:
                    break
                out[k] = VISEMES.index(viseme_of_ipa(phone))
    return out


def vary(samples, marks):
    """Another speed, noise, tilt and level."""
    factor = rng.uniform(0.86, 1.16)
    out = np.interp(np.arange(0, len(samples) - 1, factor), np.arange(len(samples)), samples)
    marks = marks[np.minimum((np.arange(len(out) // 160) * factor).round().astype(int), len(marks) - 1)]
    if rng.random() < 0.5:
        noise = rng.standard_normal(len(out))
        if rng.random() < 0.5:
            noise = np.convolve(noise, [1, 0.9, 0.7, 0.4])[:len(out)] / 1.5
        out = out + noise * np.sqrt(np.mean(out**2)) * 10 ** (-rng.uniform(14, 45) / 20)
    if rng.random() < 0.3:
        out = out - rng.uniform(-0.4, 0.4) * np.concatenate([[0], out[:-1]])
    return out * 10 ** (rng.uniform(-14, 2) / 20), marks


def measure(paths):
    """What the engine measures in each file: level, loudness, presence, voicing, pitch, two resonances, 40 bands."""
    data = subprocess.run([SOUNDS, *paths], capture_output=True, check=True).stdout
    place = 0
    for _ in paths:
        rows = int(np.frombuffer(data, "<u4", 1, place)[0])
        yield np.frombuffer(data, "<f4", rows * 47, place + 4).reshape(rows, 47)
        place += 4 + rows * 47 * 4


def classify(values, centres):
    centres = np.array(centres, np.float32)
    values = np.clip(values, centres[0], centres[-1])
    upper = np.clip(np.searchsorted(centres, values), 1, len(centres) - 1)
    share = (values - centres[upper - 1]) / (centres[upper] - centres[upper - 1])
    out = np.zeros((len(values), len(centres)), np.float32)
    rows = np.arange(len(values))
    out[rows, upper - 1], out[rows, upper] = 1 - share, share
    return out


def cues(rows):
    reference = rows[:, 0] - rows[:, 1]
    coarse = (rows[:, 7:].reshape(-1, 20, 2).mean(2) - reference[:, None]).clip(-70, 10) / 10
    places = np.arange(len(rows))
    columns = []
    for offset in SPECTRA:
        column = coarse[np.clip(places + offset, 0, len(rows) - 1)].copy()
        column[places + offset < 0] = -7
        columns.append(column)
    for offset in LOUDNESS:
        columns.append(classify(rows[np.clip(places + offset, 0, len(rows) - 1), 1], LEVELS))
    columns += [rows[:, 3:4], classify(rows[:, 5], FIRST), classify(rows[:, 6], SECOND), rows[:, 2:3]]
    return np.concatenate(columns, 1).astype(np.float32)


def fit(x, y, epochs=8, batch=1024):
    """Softmax regression by Adam; rare visemes, and the closures people notice most, count more."""
    mean, spread = x.mean(0), x.std(0) + 0.1
    x = (x - mean) / spread
    count = np.bincount(y, minlength=15) + 1
    weight = (count.sum() / 15 / count) ** 0.5
    weight[VISEMES.index("PP")] *= 1.3
    weight[VISEMES.index("FF")] *= 1.2
    parameters = [np.zeros((x.shape[1], 15), np.float32), np.zeros(15, np.float32)]
    first, second = [0 * p for p in parameters], [0 * p for p in parameters]
    step = 0
    for epoch in range(epochs):
        order, rate = rng.permutation(len(x)), 0.02 * 0.5**epoch
        for start in range(0, len(x) - batch + 1, batch):
            rows = order[start:start + batch]
            odds = x[rows] @ parameters[0] + parameters[1]
            error = np.exp(odds - odds.max(1, keepdims=True))
            error /= error.sum(1, keepdims=True)
            error[np.arange(batch), y[rows]] -= 1
            error *= weight[y[rows]][:, None] / batch
            step += 1
            for n, gradient in enumerate([x[rows].T @ error + 1e-4 * parameters[0], error.sum(0)]):
                first[n] = 0.9 * first[n] + 0.1 * gradient
                second[n] = 0.999 * second[n] + 0.001 * gradient**2
                size = np.sqrt(second[n] / (1 - 0.999**step)) + 1e-8
                parameters[n] -= rate * (first[n] / (1 - 0.9**step)) / size
    weights = parameters[0] / spread[:, None]
    bias = parameters[1] - (mean / spread) @ parameters[0]
    # Only differences between visemes count.
    return weights - weights.mean(1, keepdims=True), bias - bias.mean()


def source(weights, bias):
    """The Rust file."""
    lines = [
        "//! How much each cue speaks for each viseme. Written by `templates/fit.py`, not by hand.",
        "",
        "use super::cues::CUES;",
        "use crate::Viseme;",
        "",
        "/// Weight of a viseme where no cue speaks, in the order of [`Viseme::ALL`].",
        "#[rustfmt::skip]",
        "pub(super) static BIAS: [f32; Viseme::COUNT] = [" + ", ".join(f"{b:.3f}" for b in bias) + "];",
        "",
        "/// Weights of the cues, one row per viseme.",
        "#[rustfmt::skip]",
        '#[allow(clippy::approx_constant, reason = "measured numbers, whatever they are near")]',
        "pub(super) static TEMPLATES: [[f32; CUES]; Viseme::COUNT] = [",
    ]
    for viseme, row in zip(VISEMES, weights.T):
        lines += [f"    // {viseme}", "    ["]
        for start in range(0, len(row), 12):
            lines.append("        " + ", ".join(f"{w:.3f}" for w in row[start:start + 12]) + ",")
        lines.append("    ],")
    return "\n".join(lines + ["];", ""])


def main():
    folder, target = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    random.seed(5)
    paths, marks = [], []
    for stem in sorted(speak(folder)):
        samples, rate = read(stem + ".wav")
        assert rate == 16000, stem
        known = labels(stem, samples, len(samples) // 160)
        for n, (audio, at) in enumerate([(samples, known), vary(samples, known)]):
            paths.append(f"{stem}_{n}_used.wav")
            write(paths[-1], audio)
            marks.append(at)
    x, y = [], []
    for rows, at in zip(measure(paths), marks):
        count = min(len(rows), len(at))
        x.append(cues(rows)[:count])
        y.append(at[:count])
    x, y = np.concatenate(x), np.concatenate(y)
    weights, bias = fit(x, y)
    print(f"{len(x)} windows, {np.mean((x @ weights + bias).argmax(1) == y):.3f} of them right")
    open(target, "w").write(source(weights, bias))


if __name__ == "__main__":
    main()
