"""The 44 phone classes, and how the phones of every synthesizer map onto them.

A track is a list of (start, end, class) in seconds, without gaps.
"""

import re

# Order, names and mouth shapes are those of crates/animate/src/phone.rs; the export is refused by the engine when they differ.
VISEME = {
    "sil": "sil", "p": "PP", "b": "PP", "m": "PP", "f": "FF", "v": "FF", "th": "TH", "dh": "TH", "t": "DD", "d": "DD",
    "k": "kk", "g": "kk", "ng": "kk", "x": "kk", "ch": "CH", "jh": "CH", "sh": "CH", "zh": "CH", "s": "SS", "z": "SS",
    "ts": "SS", "n": "nn", "l": "nn", "r": "RR", "er": "RR", "aa": "aa", "ae": "aa", "ah": "aa", "aw": "aa", "ay": "aa",
    "eh": "E", "ax": "E", "hh": "E", "ey": "E", "ih": "I", "iy": "I", "y": "I", "ao": "O", "ow": "O", "oy": "O",
    "uh": "U", "uw": "U", "w": "U", "yr": "U",
}
CLASSES = list(VISEME)
INDEX = {name: n for n, name in enumerate(CLASSES)}
VISEMES = "sil PP FF TH DD kk CH SS nn RR aa E I O U".split()
TO_VISEME = [VISEMES.index(VISEME[name]) for name in CLASSES]
COARSE = {"sil": 0, "PP": 1, "FF": 2, "aa": 3, "E": 4, "I": 4, "O": 5, "U": 5}
TO_COARSE = [COARSE.get(VISEME[name], 6) for name in CLASSES]

GLIDE = {"ay": "ih", "ey": "ih", "oy": "ih", "aw": "uh", "ow": "uh"}
GLIDE_FROM = 0.6


def table(text):
    """`"p: p ph, b: b bh"` as a dictionary from phone to class."""
    pairs = (entry.split(": ", 1) for entry in text.split(","))
    return {phone: name.strip() for name, phones in pairs for phone in phones.split()}


ARPABET = {name: name for name in CLASSES} | table(
    "sil: pau # h# brth ssil, er: axr, ih: ix, d: dx, l: el, m: em, n: en nx, hh: hv, uw: ux")
CZECH = table(
    "sil: # _, p: p, b: b, m: m, f: f, v: v, t: t t~, d: d d~, k: k, g: g, ng: N, x: ch, hh: h h*, ch: c~, jh: dz~, sh: s~,"
    "zh: z~, s: s, z: z, ts: c dz, n: n n~ n*, l: l, r: r r~ r~* r*, aa: a a:, eh: e e:, iy: i i:, ow: o o:, uw: u u:, y: j,"
    "ax: @")
ITALIAN = table(
    "sil: # pau, p: p, b: b, m: m, f: f, v: v, t: t, d: d, k: k, g: g, ng: ng nf, ch: tS, jh: dZ, sh: S, s: s, z: z, ts: ts dz,"
    "n: n J, l: l L, r: r, aa: a a1, eh: E E1, ey: e e1, iy: i i1, ao: O O1, ow: o o1, uw: u u1, y: j, w: w")
FINNISH = table(
    "sil: # pau, p: p p:, b: b, m: m m:, f: f f:, v: v v:, t: t t:, d: d d:, k: k k:, g: g g:, ng: N N:, s: s s:, sh: S S:, n: n n:, l: l l:,"
    "r: r r:, hh: h h:, aa: a a:, ae: @ @:, ey: e e:, iy: i i:, ow: o o:, uw: u u:, yr: y y: 7 7:, y: j j:, z: z, zh: Z, ch: c, w: w")
CATALAN = table(
    "sil: pau #, p: p, b: b B, m: m, f: f, v: v, t: t, d: d D, k: k, g: g G, ng: N, ch: tS, jh: dZ, sh: S, zh: Z, s: s, z: z, ts: ts dz,"
    "n: n J, l: l L, r: r rr, aa: a a1, eh: E E1, ey: e e1, iy: i i1, ao: O O1, ow: o o1, uw: u u1, ax: ax ax1, y: y j, w: w,"
    "x: x")
RUSSIAN = table(
    "eh: e, sil: pau #, p: p pp, b: b bb, m: m mm, f: f ff, v: v vv, t: t tt, d: d dd, k: k kk, g: g gg, x: h hh, ch: ch, sh: sh sch,"
    "zh: zh, s: s ss, z: z zz, ts: c, n: n nn, l: l ll, r: r rr, aa: aa, ah: a, ax: ay ae ur, eh: ee, ih: y yy i ei, iy: ii, ow: oo, uw: uu u,"
    "y: j")
INDIC = table(
    "sil: pau, p: p ph, b: b bh, m: m, f: f, v: v, t: th tth t T Tth t: thh, d: dh ddh d D Dh dhh Ddh, k: k kh, g: g gh, ng: ng nG, ch: ch chh c, jh: j jh,"
    "sh: sh S shh, s: s, z: z, n: n N nj n~ ny, l: l L lr, r: r rr R rx, hh: h, aa: aa, ah: a, eh: eh e ei, ih: i ih, iy: iy ii ee, ow: oh o oo,"
    "uh: u uh, uw: uw uu, ae: ay ai ae, ao: aw au ow, y: y, w: w, ax: ax")
IPA = [(symbol, name) for name, symbols in [pair.split(":") for pair in (
    "ch: tʃ tɕ tʂ|jh: dʒ dʑ dʐ|ts: ts dz t͡s|ow: oʊ əʊ ou ɔʊ|ey: eɪ ei|ay: aɪ ai ɑɪ|aw: aʊ au ɑʊ|oy: ɔɪ ɔi oi ɔø|"
    "er: ɚ ɜ ɝ|p: p|b: b β|m: m ɱ|f: f ɸ|v: v ʋ|th: θ|dh: ð|t: t ʈ ʔ|d: d ɖ ɾ ɗ|k: k c q|g: ɡ g ɟ ɣ ɢ ɠ|ng: ŋ ɴ|"
    "x: x χ ħ|sh: ʃ ɕ ʂ ç|zh: ʒ ʑ ʐ|s: s ɬ|z: z ɮ|n: n ɲ ɳ|l: l ɫ ʎ ɭ ʟ ɺ|r: ɹ r ʀ ʁ ɻ ɽ|aa: ɑ a ä|ae: æ|ah: ʌ ɐ|eh: ɛ|"
    "ax: ə ɘ ɵ ɤ|hh: h ɦ ʕ|ey: e|ih: ɪ ᵻ ɨ ɪ|iy: i|y: j ʲ|ao: ɔ ɒ|ow: o|uh: ʊ ᵿ|uw: u ɯ ʉ|w: w ʍ ɰ|yr: y ʏ ø œ ɥ ɶ"
).split("|")] for symbol in symbols.split()]
IPA.sort(key=lambda pair: -len(pair[0]))
MARKS = re.compile("[ːˑ:ˈˌ̩̃̆̈̊̚͡ʰʲˠˤʷ̥̬̪̯˞'.\u0303\u0329-]")


def of_ipa(symbol):
    """The class of one espeak phoneme; `None` for what is no sound."""
    bare = MARKS.sub("", symbol) if symbol not in ("ʲ",) else symbol
    if bare in ("", "_", "|"):
        return "sil"
    for start, name in IPA:
        if bare.startswith(start):
            return name
    return None


def split_glides(track):
    """Diphthongs glide in their last 40 %: ay, ey, oy to ih, aw and ow to uh."""
    out = []
    for start, end, name in track:
        if name in GLIDE:
            middle = start + GLIDE_FROM * (end - start)
            out += [(start, middle, name), (middle, end, GLIDE[name])]
        else:
            out.append((start, end, name))
    return out
