// What the page carries: frames, what was heard, the sound. Compact arrays are base64 of little-endian numbers.

/** Colours of the 15 visemes, alike within a class of mouths: closed, lip to teeth, narrow, open, mid, round. */
const VISEME_COLOURS = {
  sil: "#8b969a", PP: "#c8374a", FF: "#d9772b", TH: "#5d7fa3", DD: "#4f7299", kk: "#6b7fb0", CH: "#7a6aa8", SS: "#3f6d8c",
  nn: "#5a86ad", RR: "#8a6f9e", aa: "#3d8f4f", E: "#6f9b3c", I: "#2d9384", O: "#a5558f", U: "#8747a0",
};
const VISEME_MEANINGS = {
  sil: "silence", PP: "p b m", FF: "f v", TH: "th", DD: "t d", kk: "k g ng", CH: "ch j sh", SS: "s z", nn: "n l", RR: "r",
  aa: "a", E: "e", I: "i", O: "o", U: "u w",
};

/** Everything in the page, decoded. */
export function readPage() {
  const text = (id) => document.getElementById(id).textContent;
  const data = JSON.parse(text("data"));
  const arrays = {
    weights: new Uint8Array(bytes(data.weights)),
    head: new Int16Array(bytes(data.head)),
    phones: new Uint8Array(bytes(data.phones)),
    visemes: new Uint8Array(bytes(data.visemes)),
    closed: new Uint8Array(bytes(data.closed)),
    loudness: new Int8Array(bytes(data.loudness)),
    presence: new Uint8Array(bytes(data.presence)),
    voicing: new Uint8Array(bytes(data.voicing)),
    pitch: new Uint8Array(bytes(data.pitch)),
  };
  const wav = bytes(text("audio"));
  const face = JSON.parse(text("definition"));
  return { ...data, ...arrays, face, wav, samples: new Int16Array(wav, 44), runs: runsOf(data, arrays) };
}

/** Weights and head at a time, between the two nearest frames. */
export function frameAt(data, time) {
  const last = data.frames - 1;
  const place = Math.min(last, Math.max(0, time * data.fps));
  const [from, part] = [Math.floor(place), place - Math.floor(place)];
  const to = Math.min(last, from + 1);
  const between = (array, width, n) => array[from * width + n] * (1 - part) + array[to * width + n] * part;
  const weights = Array.from({ length: 52 }, (_, n) => between(data.weights, 52, n) / 255);
  const [pitch, yaw, roll, x, y, z] = Array.from({ length: 6 }, (_, n) => between(data.head, 6, n) / (n < 3 ? 1e4 : 1e5));
  return { weights, head: { pitch, yaw, roll, x, y, z } };
}

/** Number of the 10 ms step that a time lies nearest to. */
export function stepAt(data, time) {
  return Math.min(data.steps - 1, Math.max(0, Math.round((time * 1000) / data.step_ms)));
}

export function visemeColour(name) {
  return VISEME_COLOURS[name];
}

export function visemeMeaning(name) {
  return VISEME_MEANINGS[name];
}

/** Stretches of steps with the same viseme, with the same likeliest phone, and with the lips decided shut. */
function runsOf(data, { phones, visemes, closed }) {
  const count = data.phone_names.length;
  const likeliest = (step) => {
    let best = 0;
    for (let n = 1; n < count; n++) if (phones[step * count + n] > phones[step * count + best]) best = n;
    return best;
  };
  const stretch = (valueOf) => {
    const runs = [];
    for (let step = 0; step < data.steps; step++) {
      const value = valueOf(step);
      const last = runs.at(-1);
      if (last && last.value === value) last.end = step + 1;
      else runs.push({ value, start: step, end: step + 1 });
    }
    // A step tells of the time around it.
    const seconds = (step) => Math.max(0, ((step - 0.5) * data.step_ms) / 1000);
    return runs.map(({ value, start, end }) => ({ value, start: seconds(start), end: Math.min(data.seconds, seconds(end)) }));
  };
  return {
    phones: stretch(likeliest),
    visemes: stretch((step) => visemes[step]),
    closed: stretch((step) => closed[step]).filter(({ value }) => value),
  };
}

function bytes(base64) {
  const text = atob(base64.trim());
  const out = new Uint8Array(text.length);
  for (let n = 0; n < text.length; n++) out[n] = text.charCodeAt(n);
  return out.buffer;
}
