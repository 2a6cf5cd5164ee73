"""Features and labels in memory, and batches of them, varied anew each time."""

import os
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np

import phones

BANDS = 40
FLOOR_DB = -100.0
# Share of sentences, the same ones for all voices, that are kept from training to watch over it.
WATCHED = 40


class Corpus:
    """All utterances behind each other: `mel` [frames, 40] in dB, `labels` [frames], and where each utterance lies."""

    def __init__(self, mel, labels, starts, names):
        self.mel, self.labels, self.starts, self.names = mel, labels, starts, names
        self.voices = [voice(name) for name in names]
        self.numbers = [int(name.rsplit("-", 1)[1].split("~")[0]) for name in names]
        self.segments = [None] * len(names)
        self.partners = self.find_partners()

    def __len__(self):
        return len(self.names)

    def utterance(self, n):
        part = slice(self.starts[n], self.starts[n + 1])
        return self.mel[part].astype(np.float32), self.labels[part]

    def find_partners(self):
        """For each utterance, those of other voices that speak the same sentence."""
        by_text = {}
        for n, name in enumerate(self.names):
            if "~" not in name and english(self.voices[n]):
                by_text.setdefault(self.numbers[n], []).append(n)
        partners = [[] for _ in self.names]
        for group in by_text.values():
            for n in group:
                partners[n] = [other for other in group if other != n]
        return partners

    def runs(self, n):
        """Starts, ends and classes of the runs of equal labels."""
        if self.segments[n] is None:
            _, labels = self.utterance(n)
            edges = np.flatnonzero(np.diff(labels, prepend=255, append=255))
            self.segments[n] = edges[:-1], edges[1:], labels[edges[:-1]]
        return self.segments[n]


def voice(name):
    return os.path.basename(name).rsplit("-", 1)[0]


def english(name):
    return name.startswith(("flite-", "hts-")) or name in ("festival-kal_diphone", "festival-ked_diphone")


def load(features, stems, stretches):
    """Measures STEM.wav with the engine's own front end (the example `features`) and reads STEM.phones beside it."""
    parts = np.array_split(np.arange(len(stems)), os.cpu_count())
    with ThreadPoolExecutor() as pool:
        done = list(pool.map(lambda part: measured(features, [stems[n] for n in part], [stretches[n] for n in part]), parts))
    mel, labels, counts = zip(*done)
    return Corpus(np.concatenate(mel), np.concatenate(labels), np.cumsum([0, *sum(counts, [])]), stems)


def measured(features, stems, stretches):
    child = subprocess.Popen([features], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    paths = "".join(stem + ".wav\n" for stem in stems)
    threading.Thread(target=lambda: (child.stdin.write(paths.encode()), child.stdin.close()), daemon=True).start()
    mel, labels, counts = [], [], []
    for stem, stretch in zip(stems, stretches):
        count = int(np.frombuffer(child.stdout.read(4), "<u4")[0])
        rows = np.frombuffer(child.stdout.read(count * 42 * 4), "<f4").reshape(count, 42)
        mel.append(rows[:, :BANDS].astype(np.float16))
        labels.append(frames(stem.split("~")[0] + ".phones", count, stretch))
        counts.append(count)
    if child.wait():
        raise SystemExit("the example `features` failed")
    return np.concatenate(mel), np.concatenate(labels), counts


def frames(path, count, stretch):
    """The class at every multiple of 10 ms."""
    out = np.zeros(count, np.uint8)
    track = [(float(start), float(end), name) for start, end, name in map(str.split, open(path))]
    for start, end, name in phones.split_glides(track):
        first, last = (int(np.ceil(time * stretch * 100 - 1e-6)) for time in (start, end))
        out[first:last] = phones.INDEX[name]
    return out


class Batches:
    """Endless batches `(inputs [B, T, 41], labels [B, T])`."""

    def __init__(self, corpus, chosen, weights, batch, length, prior, seed):
        self.corpus, self.batch, self.length, self.prior = corpus, batch, length, prior
        self.draw = np.random.default_rng(seed)
        self.chosen, self.sums = np.array(chosen), np.cumsum(weights) / np.sum(weights)

    def next(self):
        warm = 120
        mel = np.full((self.batch, warm + self.length, BANDS), FLOOR_DB, np.float32)
        labels = np.zeros((self.batch, warm + self.length), np.int32)
        # Most streams begin with an utterance; the others are met in the middle, their normalisation warmed up.
        begin = np.where(self.draw.random(self.batch) < 0.6, warm, 0)
        for row in range(self.batch):
            filled = begin[row]
            while filled < warm + self.length:
                x, y = self.take(warm + self.length - filled, middle=filled == 0)
                mel[row, filled : filled + len(x)], labels[row, filled : filled + len(y)] = x, y
                filled += len(x)
        inputs = normalise(mel, self.prior, begin)
        return inputs[:, warm:], labels[:, warm:]

    def pick(self):
        return self.chosen[min(np.searchsorted(self.sums, self.draw.random()), len(self.chosen) - 1)]

    def take(self, room, middle):
        n = self.pick()
        x, y = self.corpus.utterance(n)
        if self.corpus.partners[n] and self.draw.random() < 0.6:
            x = self.morph(n, x)
        if self.draw.random() < 0.5:
            place = self.hurry(len(x))
            x, y = x[place], y[place]
        start = self.draw.integers(max(1, len(x) - room)) if middle else 0
        x, y = x[start : start + room], y[start : start + room]
        return self.vary(x, y), y

    def morph(self, n, x):
        """Towards, or away from, another voice that speaks the same phones: a speaker that nobody recorded."""
        other = self.draw.choice(self.corpus.partners[n])
        mine, theirs = self.corpus.runs(n), self.corpus.runs(other)
        spoken = [part[2] != 0 for part in (mine, theirs)]
        if not np.array_equal(mine[2][spoken[0]], theirs[2][spoken[1]]):
            return x
        y, _ = self.corpus.utterance(other)
        share = self.draw.uniform(-0.4, 1.0)
        gap = loudness(x).max() - loudness(y).max()
        out = x.copy()
        for a, b, c, d in zip(mine[0][spoken[0]], mine[1][spoken[0]], theirs[0][spoken[1]], theirs[1][spoken[1]]):
            place = c + ((np.arange(a, b) - a + 0.5) * (d - c) / (b - a)).astype(int)
            out[a:b] += share * np.minimum(np.maximum(y[place] + gap - x[a:b], -30), 30)
        return out

    def habits(self, y):
        """A speaker's own colour of each phone: smooth curves over the bands, the same all utterance long."""
        waves = np.cos(np.pi * np.arange(6)[:, None] * (np.arange(BANDS) + 0.5) / BANDS)
        colours = (self.draw.uniform(0, 1.6) * self.draw.standard_normal((len(phones.CLASSES), 6)) @ waves).astype(np.float32)
        curve = colours[y]
        for _ in range(3):
            curve[1:-1] = 0.25 * curve[:-2] + 0.5 * curve[1:-1] + 0.25 * curve[2:]
        return curve

    def hurry(self, count):
        """Frames in an order that speeds up and slows down: nobody keeps the time of a model of durations."""
        knots = np.arange(0, count + 60, 30)
        pace = np.interp(np.arange(count * 2), knots, self.draw.uniform(0.7, 1.4, len(knots)))
        place = np.cumsum(pace).astype(int)
        return place[place < count]

    def vary(self, x, y):
        draw = self.draw
        if draw.random() < 0.6:
            x = warp(x, draw.uniform(0.84, 1.2), draw.normal(0, 0.5, 4))
        if draw.random() < 0.6:
            x = x + self.habits(y)
        if draw.random() < 0.7:
            band = np.arange(BANDS) / BANDS
            curve = sum(draw.normal(0, 3.0 / k) * np.cos(np.pi * k * band + draw.uniform(0, 3)) for k in range(1, 5))
            x = x + curve.astype(np.float32)
        level = loudness(x)
        x = x + np.float32(draw.uniform(-0.15, 0.15)) * (x - level[:, None])
        peak = level.max()
        if draw.random() < 0.7:
            colour = draw.uniform(-25, 10) * np.arange(BANDS) / BANDS + draw.normal(0, 2, BANDS)
            noise = colour.astype(np.float32) - np.float32(colour.max() - peak + draw.uniform(8, 65)) + 2.5 * draw.standard_normal(x.shape, np.float32)
            if draw.random() < 0.25:
                babble, _ = self.corpus.utterance(self.pick())
                babble = babble[np.resize(np.arange(len(babble)), len(x))]
                noise = np.maximum(noise, babble - loudness(babble).max() + peak - draw.uniform(6, 40))
            x = np.logaddexp(x * TO_LN, noise * TO_LN) / TO_LN
        if draw.random() < 0.2:
            low = draw.integers(BANDS)
            x[:, low : low + draw.integers(2, 7)] -= np.float32(draw.uniform(5, 25))
        x = x + np.float32(draw.uniform(-45, -8) - peak)
        return np.maximum(x, FLOOR_DB).astype(np.float32)


TO_LN = np.float32(np.log(10) / 10)


def loudness(x):
    """Decibels of the mean power of the bands."""
    return np.log(np.exp(np.asarray(x, np.float32) * TO_LN).mean(-1)) / TO_LN


EDGES = 700 * (np.exp(np.linspace(np.log(1 + 60 / 700), np.log(1 + 7600 / 700), BANDS + 2)) - 1)


def warp(x, factor, bends):
    """The spectrum of a vocal tract `factor` times shorter, on the mel bands; `bends` move parts of it by about a band."""
    centres = EDGES[1:-1]
    source = centres / factor
    # The top of the axis stays where it is.
    knee = 5500 / max(factor, 1)
    above = centres > knee * factor
    source[above] = knee + (centres[above] - knee * factor) * (7600 - knee) / (7600 - knee * factor)
    place = np.interp(source, centres, np.arange(BANDS))
    place += sum(bend * np.sin(np.pi * (n + 1) * np.arange(BANDS) / (BANDS - 1)) for n, bend in enumerate(bends))
    place = np.maximum.accumulate(place).clip(0, BANDS - 1)
    low = np.minimum(place.astype(int), BANDS - 2)
    part = (place - low).astype(np.float32)
    return x[:, low] * (1 - part) + x[:, low + 1] * part


def normalise(mel, prior, begin):
    """Inputs of the network, exactly as crates/animate/src/network makes them; row r of the batch starts at frame begin[r]."""
    batch, count, _ = mel.shape
    loud = loudness(mel)
    on = np.arange(count) >= np.asarray(begin)[:, None]
    references = np.zeros((count, batch, 1), np.float32)
    means = np.zeros((count, batch, BANDS), np.float32)
    reference = np.full(batch, -30.0, np.float32)
    mean = np.tile(prior, (batch, 1)).astype(np.float32)
    seen = np.full(batch, 50.0, np.float32)
    for t in range(count):
        level = loud[:, t]
        moved = np.where(level > reference, reference + np.float32(0.1) * (level - reference), np.maximum(reference - np.float32(0.01), -90))
        reference = np.where(on[:, t], moved, reference)
        gate = on[:, t] & (level > reference - 20)
        seen = np.where(gate, np.minimum(seen + 1, 400), seen)
        mean += (gate / seen).astype(np.float32)[:, None] * (mel[:, t] - reference[:, None] - mean)
        references[t, :, 0], means[t] = reference, mean
    references, means = references.transpose(1, 0, 2), means.transpose(1, 0, 2)
    out = np.empty((batch, count, BANDS + 1), np.float32)
    out[..., :BANDS] = ((mel - references - means) * np.float32(1 / 12)).clip(-5, 4)
    out[..., BANDS] = ((loud - references[..., 0]) * np.float32(1 / 12)).clip(-5, 2)
    return out * on[..., None]


def prior_of(corpus, chosen, draw):
    """Mean of the bands against the loudness reference over speech."""
    total, count = np.zeros(BANDS), 0
    for n in draw.choice([n for n in chosen if not corpus.voices[n].startswith("noise")], 400):
        x, _ = corpus.utterance(n)
        loud = loudness(x)
        on = loud > loud.max() - 20
        total += (x[on] - loud.max() + 3).sum(0)
        count += on.sum()
    return (total / count).astype(np.float32)
