"""Makes the data, trains, evaluates and writes crates/animate/weights/phones.bin. See README.md."""

import argparse
import hashlib
import json
import os
import pickle
import queue
import subprocess
import threading
import time
from concurrent.futures import ProcessPoolExecutor

import jax
import jax.numpy as jnp
import numpy as np
import optax

import augment
import data
import loss
import network
import parity
import phones
import speak

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
BEGAN = time.time()
WEIGHTS = os.path.join(ROOT, "crates/animate/weights/phones.bin")
# How often a frame of each group is drawn, whatever its share of the data: what the voices sound like is what is scarce.
SHARES = {"flite-slt": 4.0, "flite-awb": 4.0, "flite-kal16": 2.5, "festival-ked_diphone": 2.5, "festival-kal_diphone": 1.5,
          "flite-kal": 0.3, "hts": 15.0, "festival": 3.0, "espeak-en": 2.5, "espeak": 1.5, "noise": 1.0}


def main():
    options = arguments()
    os.makedirs(options.work, exist_ok=True)
    corpus, manifest = prepared(options)
    chosen = np.arange(len(corpus))
    watched = np.array([number % data.WATCHED == 0 for number in corpus.numbers])
    left_out = np.array([any(part in voice for part in options.leave_out) for voice in corpus.voices])
    within = np.array(corpus.numbers) < options.sentences
    training = chosen[within & ~watched & ~left_out]
    print(f"{len(training)} utterances, {sum(length(corpus, n) for n in training) / 360000:.1f} h with their copies", flush=True)
    prior = data.prior_of(corpus, training, np.random.default_rng(0))
    strangers = set(chosen[left_out])
    parameters, watched = fit(corpus, training, chosen[watched | left_out], strangers, prior, options)
    network.write(options.out, parameters, prior, manifest)
    tell(corpus, training, parameters, watched, options)
    prove(options)


def tell(corpus, training, parameters, watched, options):
    """training.json: what the model card says about the training."""
    voices = {}
    for n in training:
        system, _, speakers = corpus.voices[n].partition("-")
        for speaker in (speakers := speakers.split("+")):
            name = f"{system}-{speaker}"
            voices[name] = voices.get(name, 0) + length(corpus, n) / 360_000 / len(speakers)
    facts = {"utterances": len(training), "hours": sum(voices.values()), "voices": voices, "parameters": network.size(parameters),
             "width": options.width, "steps": options.steps, "seconds": time.time() - BEGAN,
             "weights_bytes": os.path.getsize(options.out), "watched": watched}
    with open(os.path.join(options.work, "training.json"), "w") as file:
        json.dump(facts, file, indent=1)
    print(f"{options.out}: {facts['weights_bytes']} bytes, {facts['parameters']} parameters, {facts['seconds'] / 60:.0f} min in all")


def prove(options):
    """Builds the engine with the new weights and compares what it computes."""
    if options.out != WEIGHTS:
        return
    subprocess.run(["cargo", "build", "--release", "--package", "visavis-animate", "--examples"], cwd=ROOT, check=True)
    folder = os.path.join(options.work, "speech")
    names = sorted(name for name in os.listdir(folder) if name.endswith("-00000.wav"))
    parity.main(os.path.join(ROOT, "target/release/examples"), WEIGHTS, *(os.path.join(folder, name) for name in names))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", default=os.path.join(ROOT, "target/train"), help="folder for speech and checkpoints")
    parser.add_argument("--out", default=WEIGHTS, help="where the weights go")
    parser.add_argument("--sentences", type=int, default=9000, help="English sentences")
    parser.add_argument("--width", type=int, default=128, help="channels of the network")
    parser.add_argument("--steps", type=int, default=11000, help="steps of 32 times 3.2 s")
    parser.add_argument("--leave-out", nargs="*", default=["anatol"], help="parts of the names of voices to keep from training")
    parser.add_argument("--resume", help="a checkpoint to go on from")
    return parser.parse_args()


def prepared(options):
    """The corpus, and the SHA-256 of its manifest; made once and kept in the work folder."""
    cache = os.path.join(options.work, "corpus.pickle")
    if not os.path.exists(cache):
        events, features = os.path.join(options.work, "events"), os.path.join(ROOT, "target/release/examples/features")
        subprocess.run(["cc", "-O2", os.path.join(HERE, "events.c"), "-lespeak-ng", "-o", events], check=True)
        subprocess.run(["cargo", "build", "--release", "--package", "visavis-animate", "--example", "features"], cwd=ROOT, check=True)
        began = time.time()
        stems = speak.everything(os.path.join(options.work, "speech"), options.sentences, seed=1)
        print(f"spoke {len(stems)} utterances in {time.time() - began:.0f} s", flush=True)
        stems += augment.scenes(os.path.join(options.work, "speech"), options.sentences // 15, seed=1)
        copies, stretches = varied(stems)
        print(f"varied them by {time.time() - began:.0f} s", flush=True)
        corpus = data.load(features, stems + copies, [1.0] * len(stems) + stretches)
        print(f"measured them by {time.time() - began:.0f} s", flush=True)
        with open(cache, "wb") as file:
            pickle.dump((corpus.mel, corpus.labels, corpus.starts, corpus.names), file)
    with open(cache, "rb") as file:
        corpus = data.Corpus(*pickle.load(file))
    manifest = "".join(f"{os.path.basename(name)} {length(corpus, n)}\n" for n, name in enumerate(corpus.names))
    return corpus, hashlib.sha256(manifest.encode()).digest()


def length(corpus, n):
    return int(corpus.starts[n + 1] - corpus.starts[n])


def varied(stems):
    """A worse copy of a third of the utterances, STEM~1.wav, and the stretch of each."""
    chosen = stems[::3]
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        stretches = list(pool.map(vary_one, chosen, chunksize=64))
    return [stem + "~1" for stem in chosen], stretches


BABBLE = []


def vary_one(stem):
    seed = int(hashlib.sha256(os.path.basename(stem).encode()).hexdigest()[:8], 16)
    draw = np.random.default_rng(seed)
    if not BABBLE:
        folder = os.path.dirname(stem)
        names = sorted(name for name in os.listdir(folder) if name.endswith(".wav") and "~" not in name)
        BABBLE.extend(augment.read(os.path.join(folder, name)) for name in names[:: max(1, len(names) // 60)])
    samples, stretch = augment.vary(augment.read(stem + ".wav"), draw, BABBLE)
    augment.write(stem + "~1.wav", samples)
    return stretch


def fit(corpus, training, watched, strangers, prior, options):
    groups = [max((group for group in SHARES if corpus.voices[n].startswith(group)), key=len) for n in training]
    frames = {group: sum(length(corpus, n) for n, mine in zip(training, groups) if mine == group) for group in set(groups)}
    odds = [SHARES[group] * length(corpus, n) / frames[group] for n, group in zip(training, groups)]
    cost = loss.make(loss.weights_of(corpus.labels))
    settled = int(options.steps * 0.65)
    schedule = optax.join_schedules([optax.linear_schedule(0, 2e-3, 300), optax.constant_schedule(2e-3),
                                     optax.cosine_decay_schedule(2e-3, options.steps - settled, 0.01)], [300, settled])
    optimiser = optax.chain(optax.clip_by_global_norm(1.0), optax.adamw(schedule, b2=0.98, weight_decay=0.02))
    parameters = network.create(options.width, jax.random.PRNGKey(1))
    state, mean, first = optimiser.init(parameters), parameters, 0
    if options.resume:
        with open(options.resume, "rb") as file:
            parameters, state, mean, first = pickle.load(file)
    batches = prefetched(data.Batches(corpus, training, odds, 32, 320, prior, seed=(len(training), first)))

    @jax.jit
    def step(parameters, state, mean, inputs, labels, key):
        value, slope = jax.value_and_grad(lambda p: cost(network.logits(p, inputs, key), labels, network.HEADS))(parameters)
        change, state = optimiser.update(slope, state, parameters)
        parameters = optax.apply_updates(parameters, change)
        return parameters, state, jax.tree.map(lambda a, b: a + 0.002 * (b - a), mean, parameters), value

    began, recent = time.time(), []
    for n in range(first, options.steps):
        parameters, state, mean, value = step(parameters, state, mean, *next(batches), jax.random.PRNGKey(n))
        recent.append(value)
        if (n + 1) % 100 == 0:
            left = (time.time() - began) / (n + 1 - first) * (options.steps - n - 1)
            print(f"step {n + 1} of {options.steps}, loss {np.mean([float(v) for v in recent]):.4f}, {left / 60:.0f} min left", flush=True)
            recent = []
        if (n + 1) % 1000 == 0 or n + 1 == options.steps:
            saved = jax.tree.map(np.asarray, (parameters, state, mean))
            with open(os.path.join(options.work, "checkpoint.pickle"), "wb") as file:
                pickle.dump((*saved, n + 1), file)
            network.write(os.path.join(options.work, "latest.bin"), mean, prior, bytes(32))
            figures = watch(mean, corpus, watched, strangers, prior)
    return mean, figures


def prefetched(batches):
    """Batches made beside the training."""
    ready = queue.Queue(4)

    def work():
        while True:
            ready.put(batches.next())

    threading.Thread(target=work, daemon=True).start()
    while True:
        inputs, labels = ready.get()
        yield jnp.asarray(inputs), jnp.asarray(labels)


def watch(parameters, corpus, watched, strangers, prior):
    """Accuracy on sentences (and voices) that are kept from training, per group of voices."""
    run = jax.jit(network.logits)
    groups = {}
    for n in watched[np.linspace(0, len(watched) - 1, min(len(watched), 400)).astype(int)]:
        mel, labels = corpus.utterance(n)
        count = 600
        mel, labels = mel[:count], labels[:count]
        padded = np.full((1, count, data.BANDS), data.FLOOR_DB, np.float32)
        padded[0, : len(mel)] = mel
        odds = np.asarray(run(parameters, jnp.asarray(data.normalise(padded, prior, np.zeros(1)))))[0]
        share = np.exp(odds - odds.max(-1, keepdims=True))
        share /= share.sum(-1, keepdims=True)
        visemes = (share @ np.eye(15)[phones.TO_VISEME]).argmax(-1)
        truth = np.array(phones.TO_VISEME)[labels]
        voice = corpus.voices[n]
        name = "left out" if n in strangers else voice if voice in speak.ENGLISH else voice.split("-")[0]
        entry = groups.setdefault(name + ("~" if "~" in corpus.names[n] else ""), np.zeros(4))
        entry += [len(truth) - 8, *((visemes[8 : len(truth), h] == truth[8 - d : len(truth) - d]).sum() for h, d in enumerate(network.HEADS))]
    for name, (count, *right) in sorted(groups.items()):
        print(f"  {name:24} {count:7.0f} frames   " + "  ".join(f"{100 * r / count:.1f}" for r in right), flush=True)
    return {name: [r / count for r in right] for name, (count, *right) in groups.items()}


if __name__ == "__main__":
    main()
