// What npm @met4citizen/headaudio makes of speech, outside a browser.
//
//   node recognise.mjs tracks < SPEECH     one JSON array of [seconds, viseme] per file
//   node recognise.mjs speed < SPEECH      seconds of audio, seconds of work, per file
//
// SPEECH: per file a line with the number of samples, then that many little-endian 32-bit floats at 48 kHz.
// The processor is the package's own, fed as an AudioWorklet feeds it: 128 samples at a time, its defaults.

import { readFileSync } from "node:fs";
import { Processor } from "@met4citizen/headaudio/modules/processor.mjs";
import { Training } from "@met4citizen/headaudio/modules/training.mjs";

const RATE = 48000;
const BLOCK = 128;
const SILENCE = 14;

const { model } = await load();
const input = readFileSync(0);
for (let at = 0; at < input.length; ) {
  const end = input.indexOf(10, at);
  const count = Number(input.toString("latin1", at, end));
  const bytes = input.subarray(end + 1, end + 1 + 4 * count);
  at = end + 1 + 4 * count;
  const samples = new Float32Array(new Uint8Array(bytes).buffer);
  console.log(JSON.stringify(process.argv[2] === "speed" ? speed(samples) : track(samples)));
}

/** The visemes as the package announces them; times are the middles of its windows. */
function track(samples) {
  const changes = [[0, SILENCE]];
  const hear = ({ event, t, viseme }) => {
    if (event === "ended") changes.push([t, SILENCE]);
    if (event === "viseme" && viseme !== null) changes.push([t, viseme]);
  };
  feed(samples, hear);
  return changes;
}

function speed(samples) {
  feed(samples, () => {});
  const began = performance.now();
  feed(samples, () => {});
  return [samples.length / RATE, (performance.now() - began) / 1000];
}

function feed(samples, hear) {
  const worklet = { port: { onmessage: null, postMessage: hear } };
  const processor = new Processor({ sampleRate: RATE }, worklet);
  processor._onmessage({ data: { event: "model", model } });
  for (let at = 0; at < samples.length; at += BLOCK) {
    processor.process(samples.subarray(at, at + BLOCK));
  }
}

/** The package's own model through its own loader, which wants to fetch it. */
async function load() {
  const file = new URL(import.meta.resolve("@met4citizen/headaudio/dist/model-en-mixed.bin"));
  globalThis.fetch = async () => new Response(readFileSync(file));
  return new Training().loadModel(file);
}
