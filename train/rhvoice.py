"""Speakers whose models RHVoice has, spoken by hts_engine: their states say when each phone begins.

The text analysis is festival's, whose labels these models were made for.
"""

import os
import random
import re
import subprocess

import htsvoice
import phones
from htsvoice import ALPHA, ENGLISH, VOICES

LABELS = "(voice_cmu_us_slt_arctic_hts) (defSynthType HTS (begin (set! labels (hts_dump_feats_string_list utt hts_feats_list)) utt))"


def speak(folder, sentences, keep):
    """Each numbered sentence by one speaker or somewhere between two of them, half of the time with an American."""
    analyse(folder, sentences)
    stems = []
    for n, text in sentences:
        draw = random.Random(f"rhvoice {n}")
        one, other = draw.sample(VOICES, 2)
        if draw.random() < 0.35 and not {one, other} & set(ENGLISH):
            one = draw.choice(ENGLISH)
        share = draw.choice((1.0, draw.random(), draw.random()))
        name = f"hts-{one}+{other}" if share < 1 else f"hts-{one}"
        label, stem = f"{folder}/hts-{n:05}.lab", f"{folder}/{name.replace('-F123', '')}-{n:05}"
        if not os.path.exists(label):
            continue
        command = ["hts_engine", "-m", f"{folder}/{one}.htsvoice", "-m", f"{folder}/{other}.htsvoice", "-i", "2", f"{share:.3f}", f"{1 - share:.3f}",
                   "-ow", stem + ".wav", "-od", stem + ".timed", "-a", f"{ALPHA + draw.choice((0, draw.uniform(-0.045, 0.045))):.3f}",
                   "-fm", f"{draw.uniform(-4, 4):.2f}", "-r", f"{draw.choice((0.85, 1, 1, 1.15))}", "-b", f"{draw.choice((0, 0, 0.3))}", label]
        if subprocess.run(command, stderr=subprocess.DEVNULL).returncode == 0:
            track = []
            for line in open(stem + ".timed"):
                start, end, context = line.split()
                track.append((int(start) / 1e7, int(end) / 1e7, phones.ARPABET.get(re.search(r"-(\w+)\+", context)[1])))
            keep(stems, stem, track, text)
            os.remove(stem + ".timed")
        os.remove(label)
    return stems


def analyse(folder, sentences):
    """Full-context labels of the sentences."""
    script = [LABELS]
    for n, text in sentences:
        quoted = text.replace('"', "")
        script.append(f'(set! u (Utterance Text "{quoted}"))(utt.synth u)(set! out (fopen "{folder}/hts-{n:05}.lab" "w"))'
                      '(mapcar (lambda (line) (format out "%s" line)) labels)(fclose out)')
    path = f"{folder}/hts-{sentences[0][0]}.scm"
    with open(path, "w") as file:
        file.write("\n".join(script))
    subprocess.run(["festival", "-b", path], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)


def prepare(folder):
    """Writes the voices into the folder."""
    for name in VOICES:
        htsvoice.convert(f"{folder}/{name}.htsvoice", name)
