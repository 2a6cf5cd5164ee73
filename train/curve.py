"""How accuracy on speakers kept from training grows with the network, the data and the steps: curve.py WORK [STEPS]. See README.md.

WORK has the corpus of train.py in it; each point is trained anew, with `awb` and `anatol` left out, and printed as a row.
"""

import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
# Channels, and sentences of English.
POINTS = [(32, 9000), (64, 9000), (64, 2000), (64, 400), (128, 9000)]


def main(work, steps="1500"):
    print("| channels | parameters | hours | frames right at 20, 40 and 80 ms |\n| --- | --- | --- | --- |", flush=True)
    for width, sentences in POINTS:
        folder = os.path.join(os.path.abspath(work), f"curve-{width}-{sentences}-{steps}")
        os.makedirs(folder, exist_ok=True)
        if not os.path.exists(corpus := os.path.join(folder, "corpus.pickle")):
            os.symlink("../corpus.pickle", corpus)
        words = {"--work": folder, "--out": os.path.join(folder, "phones.bin"), "--width": width, "--sentences": sentences, "--steps": steps}
        with open(os.path.join(folder, "log"), "w") as log:
            command = [sys.executable, os.path.join(HERE, "train.py"), *(str(word) for pair in words.items() for word in pair)]
            subprocess.run([*command, "--leave-out", "awb", "anatol"], check=True, stdout=log, stderr=log)
        with open(os.path.join(folder, "training.json")) as file:
            facts = json.load(file)
        right = " / ".join(f"{100 * share:.1f}" for share in facts["watched"]["left out"])
        print(f"| {width} | {facts['parameters']:,} | {facts['hours']:.1f} | {right} |", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
