"""Speech with exact phone timings from synthesizers. What each needs to be told stands in README.md."""

import itertools
import os
import random
import subprocess
import wave
from concurrent.futures import ThreadPoolExecutor

import numpy as np

import phones
import rhvoice
import texts

# Held out: never spoken here, whatever a list asks for.
HELD_OUT = {"rms", "cmu_us_slt_arctic_hts"}
# Who speaks English, how often against the others. Each sentence is spoken by two or three of them and one of hts_engine's speakers, so that voices can be morphed.
ENGLISH = {"flite-slt": 1.0, "flite-awb": 1.0, "flite-kal16": 0.8, "flite-kal": 0.1, "festival-kal_diphone": 0.6, "festival-ked_diphone": 0.8}
FESTIVAL = {  # voice: language, encoding, phones
    "czech_dita": ("cs", "iso-8859-2", phones.CZECH), "czech_krb": ("cs", "iso-8859-2", phones.CZECH),
    "czech_machac": ("cs", "iso-8859-2", phones.CZECH), "czech_ph": ("cs", "iso-8859-2", phones.CZECH),
    "lp_diphone": ("it", "iso-8859-1", phones.ITALIAN), "pc_diphone": ("it", "iso-8859-1", phones.ITALIAN),
    "suo_fi_lj_diphone": ("fi", "iso-8859-1", phones.FINNISH), "hy_fi_mv_diphone": ("fi", "iso-8859-1", phones.FINNISH),
    "upc_ca_ona_hts": ("ca", "iso-8859-1", phones.CATALAN), "msu_ru_nsh_clunits": ("ru", "utf-8", phones.RUSSIAN),
    "hindi_NSK_diphone": ("hi", "utf-8", phones.INDIC), "marathi_NSK_diphone": ("mr", "utf-8", phones.INDIC),
    "telugu_NSK_diphone": ("te", "utf-8", phones.INDIC),
}
ESPEAK_ENGLISH = "en-us en-us en-us en en-gb-x-rp en-gb-scotland en-029 en-gb-x-gbclan".split()
ESPEAK_FOREIGN = "fr de es it nl sv pl pt".split()
VARIANTS = ("f1 f2 f3 f4 f5 m1 m2 m3 m4 m5 m6 m7 m8 Alex Alicia Andrea Andy Annie Gene Hugo Jacky Lee Marco Mario Michael adam anika "
            "antonio aunty belinda benjamin boris caleb david ed grandma grandpa gustave iven john kaukovalta klatt klatt2 klatt3 "
            "klatt4 linda marcelo max michel miguel norbert pablo paul pedro quincy rob robert sandro shelby steph travis victor "
            "whisper whisperf zac").split()
SECONDS_MAX = 15.0
SECONDS_PER_CHARACTER_MAX = 0.3
SPOKEN = itertools.count(1)


def everything(folder, sentences, seed):
    """Speaks all of it into `folder`; the stems, each with STEM.wav and STEM.phones."""
    os.makedirs(folder, exist_ok=True)
    lines = texts.english(sentences, seed)
    english = cast(lines, seed)
    rhvoice.prepare(folder)
    numbered = list(enumerate(lines))
    jobs = [(rhvoice.speak, (folder, part, keep)) for part in (numbered[::2], numbered[1::2])]
    for name, spoken in english.items():
        system, voice = name.split("-")
        # Two parts, so that both cores have work to the end.
        for part in (spoken[::2], spoken[1::2]):
            if system == "flite":
                jobs.append((flite, (folder, voice, part)))
            else:
                jobs.append((festival, (folder, voice, part, "ascii", phones.ARPABET)))
    few = sentences // 30
    jobs += [(festival, (folder, voice, list(enumerate(texts.foreign(language, few, seed))), encoding, table))
             for voice, (language, encoding, table) in FESTIVAL.items()]
    jobs += [(espeak, (folder, part, seed)) for part in espeak_parts(texts.english(sentences // 3, seed + 1), few, seed)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        done = [pool.submit(work, *arguments) for work, arguments in jobs]
        return sorted(stem for part in done for stem in part.result())


def cast(sentences, seed):
    """The numbered sentences of each English voice."""
    parts = {name: [] for name in ENGLISH}
    for n, text in enumerate(sentences):
        draw = random.Random(f"cast {seed} {n}")
        order = sorted(ENGLISH, key=lambda name: draw.random() ** (1 / ENGLISH[name]), reverse=True)
        for name in order[: draw.choice((2, 2, 3))]:
            parts[name].append((n, text))
    return parts


def flite(folder, voice, sentences):
    assert voice not in HELD_OUT
    stems = []
    for n, text in sentences:
        draw = random.Random(f"{voice} {n}")
        stem = f"{folder}/flite-{voice}-{n:05}"
        settings = ["--setf", f"duration_stretch={draw.choice((0.8, 0.9, 1, 1, 1.1, 1.25))}"]
        if voice.startswith("kal"):
            settings += ["--setf", f"int_f0_target_mean={draw.randint(85, 190)}"]
        spoken = subprocess.run(["flite", "-voice", voice, *settings, "-psdur", "-t", text, "-o", stem + ".wav"],
                                capture_output=True, text=True, check=True).stdout
        track, start = [], 0.0
        for token in spoken.split():
            phone, end = token.split(":")
            track.append((start, float(end), phones.ARPABET[phone]))
            start = float(end)
        keep(stems, stem, track, text)
    return stems


def festival(folder, voice, sentences, encoding, table):
    assert voice not in HELD_OUT
    stems, script = [], [f"(voice_{voice})"]
    for n, text in sentences:
        draw = random.Random(f"{voice} {n}")
        stem = f"{folder}/festival-{voice}-{n:05}"
        quoted = text.replace('"', "")
        script.append(f"(Parameter.set 'Duration_Stretch {draw.choice((0.85, 0.95, 1.0, 1.1, 1.2))})"
                      f'(set! u (Utterance Text "{quoted}"))(utt.synth u)'
                      f"(utt.save.wave u \"{stem}.wav\" 'riff)(utt.save.segs u \"{stem}.seg\")")
    path = f"{folder}/{voice}-{sentences[0][0]}.scm"
    with open(path, "wb") as file:
        file.write("\n".join(script).encode(encoding, errors="ignore"))
    subprocess.run(["festival", "-b", path], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    missing = set()
    for n, text in sentences:
        stem = f"{folder}/festival-{voice}-{n:05}"
        if not os.path.exists(stem + ".seg"):
            continue
        track, start = [], 0.0
        for line in open(stem + ".seg", encoding="latin-1").read().splitlines():
            fields = line.split()
            if len(fields) == 3 and fields[0] != "#":
                end, phone = float(fields[0]), fields[2]
                if phone not in table:
                    missing.add(phone)
                track.append((start, end, table.get(phone)))
                start = end
        os.remove(stem + ".seg")
        keep(stems, stem, track, text)
    if missing:
        print(f"{voice}: no class for {' '.join(sorted(missing))}; utterances with them are left out", flush=True)
    return stems


def espeak_parts(english, few, seed):
    draw = random.Random(seed)
    lines = [(draw.choice(ESPEAK_ENGLISH), text) for text in english]
    for language in ESPEAK_FOREIGN:
        lines += [(language, text) for text in texts.foreign(language[:2], 2 * few, seed)]
    half = len(lines) // 2
    lines = [(n, voice, text) for n, (voice, text) in enumerate(lines)]
    return [lines[:half], lines[half:]]


def espeak(folder, lines, seed):
    stems, script = [], []
    for n, voice, text in lines:
        draw = random.Random(f"espeak {seed} {n}")
        variant = draw.choice(["", *(f"+{name}" for name in VARIANTS)])
        stem = f"{folder}/espeak-{voice}-{n:05}"
        fields = [voice + variant, draw.randint(120, 200), draw.randint(20, 80), draw.randint(30, 70), stem, text]
        script.append("\t".join(map(str, fields)) + "\n")
    subprocess.run([f"{folder}/../events"], input="".join(script), text=True, check=True, stderr=subprocess.DEVNULL)
    for n, voice, text in lines:
        stem = f"{folder}/espeak-{voice}-{n:05}"
        samples = np.fromfile(stem + ".raw", np.int16)
        with wave.open(stem + ".wav", "wb") as file:
            file.setparams((1, 2, 22050, 0, "NONE", ""))
            file.writeframes(samples.tobytes())
        events = [line.split("\t") for line in open(stem + ".ipa", encoding="utf-8", errors="ignore").read().splitlines()]
        keep(stems, stem, espeak_track(events, samples.astype(np.float32)), text)
        os.remove(stem + ".raw")
        os.remove(stem + ".ipa")
    return stems


def espeak_track(events, samples):
    """A voiceless stop's event is at its release; the near-silent closure before it is given back to the stop."""
    rate, hop = 22050, 110
    frames = len(samples) // hop
    level = np.sqrt((samples[: frames * hop].reshape(-1, hop) ** 2).mean(1) + 1e-9)
    silent = level < 0.012 * level.max(initial=1)
    starts = [[float(start), phones.of_ipa(symbol)] for symbol, start in events]
    starts = [pair for pair in starts if pair[1] is not None]
    for n, (start, name) in enumerate(starts):
        if name in ("p", "t", "k", "b", "d", "g", "ch", "ts") and n and starts[n - 1][1] != "sil":
            frame = int(start * rate) // hop
            earliest = max(int((start - 0.12) * rate) // hop, int(starts[n - 1][0] * rate) // hop + 4)
            while frame > earliest and silent[min(frame - 1, frames - 1)]:
                frame -= 1
            starts[n][0] = min(start, frame * hop / rate)
    ends = [start for start, _ in starts[1:]] + [len(samples) / rate]
    track = [(start, end, name) for (start, name), end in zip(starts, ends)]
    if track and track[0][0] > 0:
        track.insert(0, (0.0, track[0][0], "sil"))
    return track


def keep(stems, stem, track, text):
    """Writes the phones, unless something is wrong with the utterance: then it is removed."""
    length = track[-1][1] if track else 0
    sane = (0.3 < length < SECONDS_MAX and length < 1.5 + SECONDS_PER_CHARACTER_MAX * len(text)
            and all(name for _, _, name in track) and sum(name != "sil" for _, _, name in track) > 3)
    if not sane:
        os.path.exists(stem + ".wav") and os.remove(stem + ".wav")
        return
    with open(stem + ".phones", "w") as file:
        file.writelines(f"{start:.4f} {end:.4f} {name}\n" for start, end, name in track)
    stems.append(stem)
    if (count := next(SPOKEN)) % 2000 == 0:
        print(f"spoke {count} utterances", flush=True)
