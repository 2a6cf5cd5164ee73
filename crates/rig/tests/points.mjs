// Reads [{look, weights, head}] from standard input and prints the points that web/rig/rig.js gives for each.
import { readFileSync } from "node:fs";
import { createRig, shapes } from "../../../web/rig/rig.js";

const face = JSON.parse(readFileSync(new URL("../../../web/rig/face.json", import.meta.url)));
const asked = JSON.parse(readFileSync(0));
const answers = asked.map(({ look, weights, head }) =>
  shapes(createRig(face, look), weights, head).map(({ name, points, alpha, clip, closed, fill, stroke }) => ({
    name, points, alpha, closed, clip: clip ?? null, fill: fill ?? null, stroke: stroke ?? null,
  })),
);
console.log(JSON.stringify(answers));
