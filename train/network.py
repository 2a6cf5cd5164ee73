"""The network: a causal dilated convolution net with one linear head per lookahead, and the file that the engine reads."""

import struct

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

import phones

INPUTS = 41
CLASSES = len(phones.CLASSES)
HEADS = (2, 4, 8)  # frames between the newest window and the instant that a head tells of
DILATIONS = (1, 2, 4, 8, 16)
MAGIC, VERSION, KERNEL = b"VISAPHN1", 1, 3


def create(width, key):
    """Random parameters; a layer is (weights [columns, rows], bias [rows])."""
    def layer(columns, rows, gain):
        nonlocal key
        key, draw = jax.random.split(key)
        return jax.random.normal(draw, (columns, rows)) * gain / columns**0.5, jnp.zeros(rows)

    blocks = [(layer(KERNEL * width, width, 1.4), layer(width, width, 0.5)) for _ in DILATIONS]
    return {"input": layer(KERNEL * INPUTS, width, 1.0), "blocks": blocks, "heads": layer(width, len(HEADS) * CLASSES, 0.5)}


def rms(x):
    return x * lax.rsqrt(jnp.mean(x * x, -1, keepdims=True) + 1e-6)


def convolve(x, layer, dilation):
    weights, bias = layer
    kernel = weights.reshape(KERNEL, -1, weights.shape[1])
    padding = [((KERNEL - 1) * dilation, 0)]
    return lax.conv_general_dilated(x, kernel, (1,), padding, rhs_dilation=(dilation,), dimension_numbers=("NWC", "WIO", "NWC")) + bias


def logits(parameters, inputs, drop=None):
    """[B, T, 41] to [B, T, heads, classes]. `drop` is a key when channels are to be dropped."""
    x = convolve(inputs, parameters["input"], 1)
    for n, (wide, narrow) in enumerate(parameters["blocks"]):
        h = jnp.clip(convolve(jnp.clip(rms(x), -8, 8), wide, DILATIONS[n]), 0, 16)
        if drop is not None:
            keep = jax.random.bernoulli(jax.random.fold_in(drop, n), 0.92, (h.shape[0], 1, h.shape[2]))
            h = h * keep / 0.92
        x = x + (h @ narrow[0] + narrow[1])  # without the brackets XLA needs a third more time for a step
    out = jnp.clip(rms(x), -8, 8) @ parameters["heads"][0] + parameters["heads"][1]
    return out.reshape(*out.shape[:2], len(HEADS), CLASSES)


def size(parameters):
    return sum(leaf.size for leaf in jax.tree.leaves(parameters))


def write(path, parameters, prior, manifest):
    """The weights in eight bits, with a scale per row. `manifest` is the SHA-256 of what they were trained on."""
    width = parameters["input"][1].shape[0]
    out = [MAGIC, struct.pack("<7I", VERSION, INPUTS, width, len(DILATIONS), CLASSES, len(HEADS), KERNEL)]
    out.append(struct.pack(f"<{len(DILATIONS)}I", *DILATIONS))
    out += [manifest, *(name.encode().ljust(8, b"\0") for name in phones.CLASSES), prior.astype("<f4").tobytes()]
    out.append(layer_bytes(parameters["input"]))
    for wide, narrow in parameters["blocks"]:
        out += [layer_bytes(wide), layer_bytes(narrow)]
    out.append(layer_bytes(parameters["heads"]))
    with open(path, "wb") as file:
        file.write(b"".join(out))


def quantise(layer):
    """Rows of eight-bit weights, and the scale of each row."""
    weights = np.asarray(layer[0], np.float32).T
    scale = np.maximum(np.abs(weights).max(1), 1e-8) / 127
    return np.round(weights / scale[:, None]).astype(np.int8), scale.astype(np.float32)


def layer_bytes(layer):
    weights, scale = quantise(layer)
    return struct.pack("<2I", *weights.shape) + scale.tobytes() + np.asarray(layer[1], "<f4").tobytes() + weights.tobytes()


def read(path):
    """The parameters and the prior of a file that `write` made, as the engine sees them."""
    with open(path, "rb") as file:
        content = file.read()
    assert content[:8] == MAGIC
    place = 8
    take = lambda kind, count: np.frombuffer(content, kind, count, place)
    _, _, _, blocks, classes, _, _ = take("<u4", 7)
    place += 28 + 4 * blocks + 32 + 8 * classes
    prior = take("<f4", INPUTS - 1)
    place += 4 * (INPUTS - 1)
    layers = []
    for _ in range(2 + 2 * blocks):
        rows, columns = (int(n) for n in take("<u4", 2))
        place += 8
        scale = take("<f4", rows)
        place += 4 * rows
        bias = take("<f4", rows)
        place += 4 * rows
        weights = take("i1", rows * columns).reshape(rows, columns)
        place += rows * columns
        layers.append((jnp.asarray((weights * scale[:, None]).T), jnp.asarray(bias)))
    assert place == len(content)
    pairs = list(zip(layers[1:-1:2], layers[2:-1:2]))
    return {"input": layers[0], "blocks": pairs, "heads": layers[-1]}, prior
