// The tracks of the timeline: each paints what lies between two times onto its own canvas.
import { visemeColour } from "./data.js";

/** Pixels left of the time axis, for names. */
export const GUTTER = 72;

const HEAT_ROW = 9;

/** Curves that can be shown: a name, a colour, and the value of a frame from 0 to 1. */
export function curvesOf(data) {
  const at = (name) => data.face.channels.indexOf(name);
  const weight = (...names) => {
    const places = names.map(at);
    return (frame) => places.reduce((sum, place) => sum + data.weights[frame * 52 + place], 0) / (255 * places.length);
  };
  const angle = (n) => (frame) => 0.5 + data.head[frame * 6 + n] / 1e4 / 0.5;
  const both = (name) => [`${name}Left`, `${name}Right`];
  return [
    { name: "jawOpen", colour: "#3d8f4f", value: weight("jawOpen"), on: true },
    { name: "mouthClose", colour: "#c8374a", value: weight("mouthClose"), on: true },
    { name: "mouthFunnel", colour: "#a5558f", value: weight("mouthFunnel"), on: true },
    { name: "mouthPucker", colour: "#6b4fc0", value: weight("mouthPucker"), on: true },
    { name: "mouthStretch", colour: "#2d9384", value: weight(...both("mouthStretch")), on: true },
    { name: "mouthSmile", colour: "#b98a1c", value: weight(...both("mouthSmile")), on: false },
    { name: "mouthPress", colour: "#9c3b1f", value: weight(...both("mouthPress")), on: false },
    { name: "mouthRollLower", colour: "#d9772b", value: weight("mouthRollLower"), on: false },
    { name: "brows", colour: "#7d6a58", value: weight("browInnerUp", ...both("browOuterUp")), on: false },
    { name: "blink", colour: "#5a6a72", value: weight(...both("eyeBlink")), on: false },
    { name: "head pitch", colour: "#2a6fbf", value: angle(0), on: false },
    { name: "head yaw", colour: "#1fa3c4", value: angle(1), on: false },
  ];
}

/** The tracks from top to bottom: a height in CSS pixels and how to paint. */
export function tracksOf(data, curves) {
  const tracks = [
    { height: 24, paint: ruler },
    { name: "sound", height: 76, paint: (pen) => waveform(pen, data) },
    { height: HEAT_ROW * data.phone_names.length + 2, paint: (pen) => heat(pen, data) },
    { name: "phone", height: 24, paint: (pen) => blocks(pen, data.runs.phones, (phone) => named(data, phone)) },
  ];
  if (data.truth) {
    const truth = data.truth.map(([value, start, end]) => ({ value, start: start / 1e6, end: end / 1e6 }));
    tracks.push({ name: "given", height: 24, paint: (pen) => blocks(pen, truth, (phone) => named(data, phone)) });
  }
  const viseme = (value) => [data.viseme_names[value], visemeColour(data.viseme_names[value])];
  tracks.push({ name: "viseme", height: 40, paint: (pen) => (blocks(pen, data.runs.visemes, viseme, 8), closures(pen, data.runs.closed)) });
  tracks.push({ name: "curves", height: 170, paint: (pen) => lines(pen, data, curves) });
  return tracks;
}

function named(data, phone) {
  return [data.phone_names[phone], visemeColour(data.viseme_names[data.phone_visemes[phone]])];
}

function ruler({ context, view, x, width, css }) {
  const steps = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60];
  const step = steps.find((seconds) => (seconds / view.span) * (width - GUTTER) > 64) ?? 120;
  context.fillStyle = css("--soft");
  context.strokeStyle = css("--line");
  const first = Math.ceil(view.start / step - 1e-9);
  for (let n = first; n * step <= view.start + view.span; n++) {
    const time = n * step;
    context.fillRect(x(time), 16, 1, 8);
    context.fillText(`${time.toFixed(step < 0.1 ? 2 : step < 1 ? 1 : 0)} s`, x(time) + 4, 13);
  }
}

function waveform({ context, view, time, width, height, css }, data) {
  const middle = height / 2;
  context.fillStyle = css("--wave");
  for (let px = GUTTER; px < width; px++) {
    const [from, to] = [time(px), time(px + 1)].map((at) => Math.floor(at * data.rate));
    if (from >= data.samples.length) break;
    let [low, high] = [0, 0];
    const stride = Math.max(1, Math.floor((to - from) / 400));
    for (let n = Math.max(0, from); n <= Math.min(to, data.samples.length - 1); n += stride) {
      low = Math.min(low, data.samples[n]);
      high = Math.max(high, data.samples[n]);
    }
    const [top, bottom] = [high, low].map((value) => middle - (value / 32768) * data.gain * (middle - 3));
    context.fillRect(px, top, 1, Math.max(1, bottom - top));
  }
}

function heat({ context, view, x, width, css, ratio }, data) {
  const count = data.phone_names.length;
  const first = Math.max(0, Math.floor((view.start * 1000) / data.step_ms));
  const last = Math.min(data.steps - 1, Math.ceil(((view.start + view.span) * 1000) / data.step_ms));
  const bucket = Math.max(1, Math.floor((last - first + 1) / ((width - GUTTER) * ratio)));
  const columns = Math.ceil((last - first + 1) / bucket);
  if (columns > 0) {
    const image = new ImageData(columns, count);
    const [r, g, b] = rgb(css("--heat"));
    for (let column = 0; column < columns; column++) {
      for (let row = 0; row < count; row++) {
        let most = 0;
        for (let n = 0; n < bucket; n++) {
          const step = first + column * bucket + n;
          if (step <= last) most = Math.max(most, data.phones[step * count + row]);
        }
        image.data.set([r, g, b, 255 * (most / 255) ** 0.7], (row * columns + column) * 4);
      }
    }
    const small = new OffscreenCanvas(columns, count);
    small.getContext("2d").putImageData(image, 0, 0);
    context.imageSmoothingEnabled = false;
    const edge = (step) => x(((step - 0.5) * data.step_ms) / 1000);
    context.drawImage(small, edge(first), 1, edge(first + columns * bucket) - edge(first), HEAT_ROW * count);
    context.clearRect(0, 0, GUTTER, HEAT_ROW * count + 2);
  }
  context.font = "9px system-ui, sans-serif";
  data.phone_names.forEach((name, row) => {
    context.fillStyle = named(data, row)[1];
    context.fillRect(GUTTER - 8, 2 + row * HEAT_ROW, 5, HEAT_ROW - 2);
    context.fillStyle = css("--soft");
    context.textAlign = "right";
    context.fillText(name, GUTTER - 13 - (row % 2) * 22, row * HEAT_ROW + HEAT_ROW);
    context.fillStyle = css("--line");
    if (row > 0 && data.phone_visemes[row] !== data.phone_visemes[row - 1]) context.fillRect(GUTTER, row * HEAT_ROW + 1, width, 0.5);
  });
}

function blocks({ context, view, x, height }, runs, look, top = 2) {
  context.font = "600 11px system-ui, sans-serif";
  context.textAlign = "center";
  for (const { value, start, end } of runs) {
    if (end < view.start || start > view.start + view.span) continue;
    const [text, colour] = look(value);
    const [left, right] = [Math.max(GUTTER, x(start)), x(end)];
    if (right <= left) continue;
    context.globalAlpha = text === "sil" ? 0.25 : 1;
    context.fillStyle = colour;
    context.fillRect(left, top, Math.max(1, right - left - 0.75), height - top - 3);
    context.globalAlpha = 1;
    if (text === "sil" || right - left < context.measureText(text).width + 3) continue;
    context.fillStyle = "#ffffff";
    context.fillText(text, (left + right) / 2, top + (height - top) / 2 + 2.5);
  }
}

function closures({ context, view, x, css }, runs) {
  context.fillStyle = css("--ink");
  for (const { start, end } of runs) {
    if (end < view.start || start > view.start + view.span) continue;
    const left = Math.max(GUTTER, x(start));
    if (x(end) > left) context.fillRect(left, 2, Math.max(2, x(end) - left), 4);
  }
}

function lines({ context, view, x, width, height, css }, data, curves) {
  const level = (value) => height - 6 - value * (height - 12);
  context.fillStyle = css("--line");
  for (const value of [0, 0.25, 0.5, 0.75, 1]) context.fillRect(GUTTER, level(value), width - GUTTER, value % 1 ? 0.5 : 1);
  context.fillStyle = css("--soft");
  context.textAlign = "right";
  context.fillText("1", GUTTER - 6, level(1) + 5);
  context.fillText("0", GUTTER - 6, level(0) + 3);
  context.save();
  context.beginPath();
  context.rect(GUTTER, 0, width - GUTTER, height);
  context.clip();
  const first = Math.max(0, Math.floor(view.start * data.fps) - 1);
  const last = Math.min(data.frames - 1, Math.ceil((view.start + view.span) * data.fps) + 1);
  const stride = Math.max(1, Math.floor((last - first) / (2 * (width - GUTTER))));
  context.lineWidth = 1.6;
  context.lineJoin = "round";
  for (const { colour, value, on } of curves) {
    if (!on) continue;
    context.strokeStyle = colour;
    context.beginPath();
    for (let frame = first; frame <= last; frame += stride) context.lineTo(x(frame / data.fps), level(value(frame)));
    context.stroke();
  }
  context.restore();
}

function rgb(hex) {
  const number = parseInt(hex.trim().slice(1), 16);
  return [number >> 16, (number >> 8) & 255, number & 255];
}
