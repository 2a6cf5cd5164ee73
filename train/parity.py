"""Whether the engine computes what was trained: its posteriors against those of network.py, on the same sound.

usage: parity.py EXAMPLES WEIGHTS WAV...    EXAMPLES is the folder with the built examples `features` and `posteriors`
"""

import subprocess
import sys

import jax
import numpy as np

import data
import network

MEAN_MAX, P99_MAX = 0.001, 0.01


def run(program, paths, width):
    out = subprocess.run([program], input="".join(path + "\n" for path in paths).encode(), capture_output=True, check=True).stdout
    place, tables = 0, []
    for _ in paths:
        count = int(np.frombuffer(out, "<u4", 1, place)[0])
        tables.append(np.frombuffer(out, "<f4", count * width, place + 4).reshape(count, width))
        place += 4 + count * width * 4
    return tables


def main(examples, weights, *paths):
    parameters, prior = network.read(weights)
    apart = []
    for rows, engine in zip(run(f"{examples}/features", paths, 42), run(f"{examples}/posteriors", paths, 132)):
        inputs = data.normalise(rows[None, :, : data.BANDS], prior, np.zeros(1))
        odds = network.logits(parameters, inputs)[0]
        apart.append(np.abs(np.asarray(jax.nn.softmax(odds)).reshape(len(rows), -1) - engine)[8:])
    apart = np.concatenate(apart)
    mean, p99 = apart.max(1).mean(), np.quantile(apart.max(1), 0.99)
    print(f"largest difference of a weight per 10 ms: mean {mean:.5f}, p99 {p99:.5f}, over {len(apart) / 100:.0f} s")
    if mean > MEAN_MAX or p99 > P99_MAX:
        sys.exit("the engine computes something else than what was trained")


if __name__ == "__main__":
    main(*sys.argv[1:])
