// Plays the sound and shows everything at its time.
import { createRig, draw, shapes } from "../rig/rig.js";
import { frameAt, readPage, stepAt, visemeColour, visemeMeaning } from "./data.js";
import { createTimeline } from "./timeline.js";
import { curvesOf } from "./tracks.js";

const SPEEDS = [0.25, 0.5, 0.75, 1];

const byId = (id) => document.getElementById(id);
const make = (tag, text = "") => Object.assign(document.createElement(tag), { textContent: text });
const data = readPage();
const rig = createRig(data.face, data.look);
const audio = new Audio(URL.createObjectURL(new Blob([data.wav], { type: "audio/wav" })));
const curves = curvesOf(data);
const timeline = createTimeline(data, curves, seek);
let now = 0;

data.facts.forEach((fact) => byId("facts").append(make("li", fact)));
if (data.score) {
  byId("score").hidden = false;
  byId("score").querySelector("pre").textContent = data.score;
}
const face = byId("face");
const likely = Array.from({ length: 4 }, () => {
  const [name, bar, share] = [make("b"), make("i"), make("span")];
  const row = make("li");
  const track = make("span");
  track.append(bar);
  row.append(name, track, share);
  byId("likely").append(row);
  return { name, bar, share };
});
const voice = ["loudness", "speech", "voiced", "pitch", "lips", ...(data.truth ? ["given phone"] : [])].map((name) => {
  const value = make("dd");
  byId("voice").append(make("dt", name), value);
  return value;
});

for (const speed of SPEEDS) {
  const button = make("button", `${speed}×`);
  button.onclick = () => {
    audio.playbackRate = speed;
    for (const other of byId("speeds").children) other.classList.toggle("on", other === button);
  };
  byId("speeds").append(button);
  if (speed === 1) button.classList.add("on");
}
for (const curve of curves) {
  const button = make("button");
  const dot = make("i");
  dot.style.background = dot.style.borderColor = curve.colour;
  dot.style.border = `2px solid ${curve.colour}`;
  button.append(dot, curve.name);
  const press = () => button.setAttribute("aria-pressed", curve.on);
  button.onclick = () => ((curve.on = !curve.on), press(), timeline.repaint());
  press();
  byId("curves").append(button);
}
byId("play").onclick = face.onclick = toggle;
byId("in").onclick = () => timeline.zoom(1 / 1.6);
byId("out").onclick = () => timeline.zoom(1.6);
byId("all").onclick = timeline.all;
byId("theme").onclick = () => dark(!document.documentElement.classList.contains("dark"));
audio.onplay = () => (byId("play").textContent = "Pause");
audio.onpause = () => ((byId("play").textContent = "Play"), remember());

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === " " && event.target.closest?.("button, summary")) return;
  const actions = {
    " ": toggle,
    ArrowLeft: () => seek(now - (event.shiftKey ? 0.1 : 0.01)),
    ArrowRight: () => seek(now + (event.shiftKey ? 0.1 : 0.01)),
    Home: () => seek(0),
    End: () => seek(data.seconds),
    "+": () => timeline.zoom(1 / 1.6),
    "=": () => timeline.zoom(1 / 1.6),
    "-": () => timeline.zoom(1.6),
    0: timeline.all,
  };
  if (!Object.hasOwn(actions, event.key)) return;
  event.preventDefault();
  actions[event.key]();
});
// A button that was clicked gives the keyboard back, so that space plays; one that was reached by keys keeps it.
addEventListener("click", (event) => event.detail > 0 && document.activeElement?.blur());
addEventListener("hashchange", fromAddress);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", (event) => dark(event.matches));

dark(matchMedia("(prefers-color-scheme: dark)").matches);
show(0);
fromAddress();

function toggle() {
  if (!audio.paused) return audio.pause();
  if (now >= data.seconds - 0.02) seek(0);
  audio.play().then(tick, (error) => (byId("clock").textContent = `cannot play: ${error.message}`));
}

function tick() {
  if (audio.paused) return;
  show(Math.min(data.seconds, audio.currentTime));
  requestAnimationFrame(tick);
}

function seek(time) {
  const at = Math.min(data.seconds, Math.max(0, time));
  audio.currentTime = at;
  show(at);
  if (audio.paused) remember();
}

/** Where one stands is kept in the address, so that it can be passed on: #t=1.25. */
function remember() {
  try {
    history.replaceState(null, "", `#t=${now.toFixed(3)}`);
  } catch {
    // Some viewers give the page no address of its own.
  }
}

function fromAddress() {
  const wanted = new URLSearchParams(location.hash.slice(1));
  if (wanted.get("look")) dark(wanted.get("look") === "dark");
  const time = Number.parseFloat(wanted.get("t"));
  if (Number.isFinite(time)) seek(time);
}

function show(time) {
  now = time;
  byId("clock").textContent = `${time.toFixed(3)} / ${data.seconds.toFixed(2)} s`;
  timeline.show(time);
  showFace(time);
  showStep(stepAt(data, time));
}

function showFace(time) {
  const side = Math.round(face.clientWidth * (devicePixelRatio || 1));
  if (face.width !== side) face.width = face.height = side;
  const context = face.getContext("2d");
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, side, side);
  context.scale(side / data.face.size[0], side / data.face.size[1]);
  const { weights, head } = frameAt(data, time);
  draw(context, shapes(rig, weights, head));
}

function showStep(step) {
  const viseme = data.viseme_names[data.visemes[step]];
  byId("viseme").textContent = viseme;
  byId("meaning").textContent = visemeMeaning(viseme);
  byId("shape").style.background = visemeColour(viseme);
  const count = data.phone_names.length;
  const weights = [...data.phones.subarray(step * count, (step + 1) * count)];
  const order = weights.map((_, phone) => phone).sort((a, b) => weights[b] - weights[a] || a - b);
  likely.forEach(({ name, bar, share }, place) => {
    const phone = order[place];
    name.textContent = data.phone_names[phone];
    bar.style.width = `${(weights[phone] / 255) * 100}%`;
    bar.style.background = visemeColour(data.viseme_names[data.phone_visemes[phone]]);
    share.textContent = `${Math.round((weights[phone] / 255) * 100)} %`;
  });
  const truth = data.truth?.find(([, start, end]) => now * 1e6 >= start && now * 1e6 < end);
  const voiced = data.voicing[step] / 255;
  const hertz = 55 * 2 ** (data.pitch[step] / 4 / 12);
  const said = [
    `${data.loudness[step]} dB`,
    `${Math.round((data.presence[step] / 255) * 100)} %`,
    `${Math.round(voiced * 100)} %`,
    voiced > 0.5 ? `${hertz.toFixed(0)} Hz` : "–",
    data.closed[step] ? "meet" : "apart",
    truth ? data.phone_names[truth[0]] : "sil",
  ];
  voice.forEach((value, n) => (value.textContent = said[n]));
}

function dark(on) {
  document.documentElement.classList.toggle("dark", on);
  timeline.repaint();
}
