"""What the voices say: sentences of Debian's text packages, sentences of our own making, and salad of words and syllables."""

import glob
import random
import re
import subprocess

WORDS = "/usr/share/dict/american-english"
FORTUNES = "/usr/share/games/fortunes/*.u8"
FRAMES = [
    "{n} and {n} came from the {a} {n}.", "Did you {v} the {n} or the {n}?", "I will {v} it for you, just a moment.",
    "Please {v} {p} {n} before you {v}.", "There are {d} {n} in the {n}.", "My {n} has {d} {a} {n}.", "Why would {p} {n} {v} so {r}?",
    "{r}, we {v} and {v} {p} {n}.", "The {a} {n} is not the same as {p} {n}.", "You can {v} {r}, but do not {v}.",
    "It costs {d} dollars and {d} cents.", "Thank you, your {n} will {v} at {d} in the morning.", "Um, maybe {p} {n} can {v} them.",
    "Some {n} sing, some {n} hum, and some {v}.", "Would you mind if I {v} {p} {n}?", "Ten men in {a} {n} ran to {p} {n}.",
]
FILL = {
    "v": "move open find bring begin remember make give love understand bother measure push pull lean jump phone name warm feel "
         "believe prove calm swim bathe breathe change watch show send bend lend mend blame tame aim climb come hum run win sing ring "
         "hang bang think thank drink manage pay play stay borrow follow allow grow throw know join enjoy employ avoid choose use "
         "cool rule look book cook put took should wonder cover lower power shower hire fire require admire".split(),
    "n": "man moon room name number woman morning evening ocean onion lemon melon summer winter thumb lamb plumber bomb mummy money "
         "honey monkey finger singer anger hunger king ring song tongue length youth mouth bath path father mother brother weather "
         "leather feather measure treasure vision garage judge page bridge church match kitchen shoe fish dish wish mission nation "
         "station yellow window shadow meadow pillow fever river lover glove stove wave cave leaf life wife knife roof proof phone "
         "photo baby bubble pebble apple maple people pepper paper papa bird nurse world girl pearl work earth thunder boy toy noise "
         "voice choice oil soil house mouse cloud crowd flower tower hour time line mind night light eye pie sky day way train rain "
         "cake lake game game plane brain zoo shoe blue food tooth spoon book foot wood wool bush law saw dog frog talk walk chalk "
         "sun sum son sung gum gun rum run ram ran rang kin king thin thing bam ban bang".split(),
    "a": "warm calm brown green yellow purple young long strong wrong thin thick smooth rough even odd narrow hollow common famous "
         "enormous humble simple noble able bumpy funny sunny sleepy happy heavy silly fluffy foggy busy easy cozy lazy crazy".split(),
    "r": "slowly warmly firmly evenly suddenly maybe often never seldom simply finally honestly perhaps tomorrow today".split(),
    "p": "my your our their his her this that some any no every another".split(),
    "d": "one two three four five six seven eight nine ten eleven twelve thirteen forty fifteen sixty seventy ninety a hundred a thousand".split(),
}
SYLLABLES = {
    "cs": ("p b m f v t d ť ď k g h ch s z š ž c č n ň l r ř j", "a á e é ě i í o ó u ů ou"),
    "it": ("p b m f v t d c g ch gh sc s z n gn l gl r qu", "a e i o u à ò"),
    "fi": ("p m v t d k h s n l r j kk tt pp mm nn nk ll", "a aa e ee i ii o oo u uu y yy ä ää ö öö"),
    "ca": ("p b m f t d c g s ss z x j ny l ll r rr qu tx", "a e i o u à è ò"),
    "ru": ("п б м ф в т д к г х с з ш ж щ ц ч н л р й", "а о у э ы и я е ю"),
    "hi": ("प ब म फ व त द ट ड क ग ख ह स ज़ श च ज न ल र य भ ध घ", "ा ि ी ु ू े ै ो ौ"),
    "te": ("ప బ మ ఫ వ త ద ట డ క గ హ స శ చ జ న ల ర య", "ా ి ీ ు ూ ె ే ొ ో"),
}
SYLLABLES["mr"] = SYLLABLES["hi"]
LISTS = {"fr": "french", "de": "ngerman", "es": "spanish", "it": "italian", "nl": "dutch", "sv": "swedish", "pl": "polish",
         "pt": "portuguese", "ca": "catalan"}


def english(count, seed):
    """`count` different sentences: most written by people, the others of our frames and salad of words."""
    draw = random.Random(seed)
    words = [word for word in open(WORDS).read().split() if re.fullmatch("[a-z]{2,9}", word)]
    nasal = [word for word in words if re.search("m|n", word)]
    labial = [word for word in words if re.search("[pbmfvw]|th", word)]
    written = people(set(words))
    draw.shuffle(written)
    out = written[: count * 13 // 20]
    while len(out) < count * 16 // 20:
        out.append(re.sub(r"\{(.)\}", lambda m: draw.choice(FILL[m[1]]), draw.choice(FRAMES)).capitalize())
    while len(out) < count:
        picked = [draw.choice(draw.choice((words, nasal, labial))) for _ in range(draw.randint(4, 9))]
        picked.insert(2, draw.choice("the a my of and some then more".split()))
        if draw.random() < 0.3:
            picked[3] += ","
        out.append(" ".join(picked).capitalize() + ".")
    draw.shuffle(out)
    return out


def people(words):
    """Plain sentences and clauses that people wrote: 3 to 14 known words each."""
    known = words | {"i", "a"}
    text = subprocess.run(["bible", "-f", "gen1:1-rev22:21"], capture_output=True, text=True, check=True).stdout
    pieces = re.split(r"[.:;?!()]", re.sub(r"\s+\w+:\d+ ", " . ", "\n" + text))
    for path in sorted(glob.glob(FORTUNES)):
        plain = open(path, encoding="utf-8", errors="replace").read().replace("\n%", ". ")
        pieces += re.split(r"[.:;?!()]|--", plain)
    out = set()
    for piece in pieces:
        piece = " ".join(piece.replace("\n", " ").split()).strip(" ,'\"")
        if re.fullmatch(r"[A-Za-z][A-Za-z' ,]+", piece) and 3 <= len(piece.split()) <= 14:
            # Names and foreign words are read by rule, often wrongly: they stay out.
            if all(re.sub("'.*", "", word) in known for word in re.findall(r"[a-z']+", piece.lower())):
                out.add(piece[0].upper() + piece[1:] + ".")
    return sorted(out)


def foreign(language, count, seed):
    """Sentences of a language: its words where Debian has a list, its syllables otherwise."""
    draw = random.Random(f"{language} {seed}")
    if language in LISTS:
        text = open(f"/usr/share/dict/{LISTS[language]}", encoding="utf-8", errors="replace").read()
        words = [word for word in text.split() if word.isalpha() and 2 <= len(word) <= 9]
        word = lambda: draw.choice(words).lower()
    else:
        consonants, vowels = (part.split() for part in SYLLABLES[language])
        word = lambda: "".join(draw.choice(consonants) + draw.choice(vowels) for _ in range(draw.randint(2, 3)))
    return [" ".join(word() for _ in range(draw.randint(4, 8))) + "." for _ in range(count)]
