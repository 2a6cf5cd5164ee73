"""What a mistake costs: more the more different the mouths look, most where lips or teeth must touch."""

import jax
import jax.numpy as jnp
import numpy as np

import phones

#           jaw  close funnel pucker upper lower stretch smile rollL rollU press tongue
SHAPES = {
    "sil": (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), "PP": (0.05, 1, 0, 0, 0, 0, 0, 0, 0.25, 0.2, 0.45, 0),
    "FF": (0.08, 0.5, 0, 0, 0.2, 0.05, 0, 0, 0.55, 0, 0, 0), "TH": (0.15, 0, 0, 0, 0.1, 0.2, 0, 0, 0, 0, 0, 0.25),
    "DD": (0.12, 0, 0, 0, 0.1, 0.2, 0.1, 0, 0, 0, 0, 0), "kk": (0.18, 0, 0, 0, 0, 0.12, 0.08, 0, 0, 0, 0, 0),
    "CH": (0.1, 0, 0.5, 0.25, 0.15, 0.15, 0, 0, 0, 0, 0, 0), "SS": (0.05, 0, 0, 0, 0.15, 0.25, 0.3, 0.1, 0, 0, 0, 0),
    "nn": (0.12, 0, 0, 0, 0.1, 0.2, 0.1, 0, 0, 0, 0, 0), "RR": (0.12, 0, 0.3, 0.3, 0, 0, 0, 0, 0, 0, 0, 0),
    "aa": (0.6, 0, 0, 0, 0.15, 0.25, 0, 0, 0, 0, 0, 0), "E": (0.3, 0, 0, 0, 0, 0.2, 0.25, 0.15, 0, 0, 0, 0),
    "I": (0.15, 0, 0, 0, 0, 0.15, 0.35, 0.3, 0, 0, 0, 0), "O": (0.4, 0, 0.45, 0.3, 0, 0, 0, 0, 0, 0, 0, 0),
    "U": (0.18, 0, 0.3, 0.65, 0, 0, 0, 0, 0, 0, 0, 0),
}
SMOOTHING = 0.03
HEAD_WEIGHTS = np.array([0.25, 0.45, 0.3], np.float32)
TOUCHING = {"PP": 1.5, "FF": 1.5}


def distances():
    """[classes, classes] from 0 (the same phone) to 1."""
    shapes = np.array([SHAPES[phones.VISEME[name]] for name in phones.CLASSES], np.float32)
    apart = np.sqrt(((shapes[:, None] - shapes[None]) ** 2).sum(-1))
    visemes = np.array(phones.TO_VISEME)
    different = visemes[:, None] != visemes[None]
    return (0.25 * different + 0.75 * apart / apart.max()) * different


def weights_of(labels):
    """A weight per class: rare ones count somewhat more, so that macro averages do not starve."""
    counts = np.bincount(labels, minlength=len(phones.CLASSES)) + 100.0
    weights = (counts.mean() / counts) ** 0.25
    weights *= [TOUCHING.get(phones.VISEME[name], 1.0) for name in phones.CLASSES]
    weights[0] *= 0.8
    return (weights / (weights * counts / counts.sum()).sum()).astype(np.float32)


def make(weights):
    """`loss(logits [B, T, heads, classes], labels [B, T])`."""
    cost = jnp.asarray(distances(), jnp.float32)
    groups = jnp.asarray(np.eye(len(phones.VISEMES))[phones.TO_VISEME], jnp.float32)
    smoothed = np.eye(len(phones.CLASSES)) * (1 - SMOOTHING) + SMOOTHING / len(phones.CLASSES)
    smoothed = jnp.asarray(smoothed, jnp.float32)
    weights = jnp.asarray(weights)

    def loss(logits, labels, heads):
        total = 0.0
        for n, delay in enumerate(heads):
            odds = jax.nn.log_softmax(logits[:, delay:, n])
            truth = labels[:, : labels.shape[1] - delay]
            share = jnp.exp(odds)
            phone = -(smoothed[truth] * odds).sum(-1)
            viseme = -jnp.log((share @ groups).clip(1e-7))
            viseme = jnp.take_along_axis(viseme, (groups.argmax(-1))[truth][..., None], -1)[..., 0]
            mouth = (cost[truth] * share).sum(-1)
            total += HEAD_WEIGHTS[n] * (weights[truth] * (0.5 * phone + 0.5 * viseme + mouth)).mean()
        return total

    return loss
