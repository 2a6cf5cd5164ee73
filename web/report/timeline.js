// The time axis that all tracks share: what part is seen, where the cursor stands, and how both are moved.
import { GUTTER, tracksOf } from "./tracks.js";

/** Seconds that can be seen at least. */
const SPAN_MIN = 0.1;

/** Builds the tracks; `seek` is called with a time when somebody points at one. */
export function createTimeline(data, curves, seek) {
  const holder = document.getElementById("tracks");
  const cursor = document.getElementById("cursor");
  const overview = document.getElementById("overview");
  const view = { start: 0, span: Math.min(data.seconds, Math.max(2.5, data.seconds / 8)) };
  const tracks = tracksOf(data, curves).map((track) => {
    const canvas = document.createElement("canvas");
    canvas.style.height = `${track.height}px`;
    holder.append(canvas);
    return { ...track, canvas };
  });
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name);
  let [asked, shown] = [false, 0];

  const breadth = () => holder.clientWidth;
  const x = (time) => GUTTER + ((time - view.start) / view.span) * (breadth() - GUTTER);
  const time = (px) => view.start + ((px - GUTTER) / (breadth() - GUTTER)) * view.span;

  function pen(canvas, height) {
    const ratio = devicePixelRatio || 1;
    const width = canvas.clientWidth;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    const context = canvas.getContext("2d");
    context.scale(ratio, ratio);
    context.font = "11px system-ui, sans-serif";
    return { context, view, x, time, width, height, ratio, css };
  }

  function paint() {
    asked = false;
    for (const { canvas, height, name, paint } of tracks) {
      const tools = pen(canvas, height);
      tools.context.save();
      paint(tools);
      tools.context.restore();
      if (!name) continue;
      tools.context.fillStyle = css("--soft");
      tools.context.fillText(name, 4, Math.min(height / 2 + 4, 20));
    }
    paintOverview();
    place();
  }

  function paintOverview() {
    const { context, width, height } = pen(overview, 34);
    const per = data.samples.length / width;
    context.fillStyle = css("--wave");
    for (let px = 0; px < width; px++) {
      let most = 0;
      const stride = Math.max(1, Math.floor(per / 60));
      for (let n = Math.floor(px * per); n < (px + 1) * per && n < data.samples.length; n += stride) most = Math.max(most, Math.abs(data.samples[n]));
      const half = Math.max(0.5, (most / 32768) * data.gain * (height / 2 - 2));
      context.fillRect(px, height / 2 - half, 1, 2 * half);
    }
    const [left, right] = [view.start, view.start + view.span].map((at) => (at / data.seconds) * width);
    context.globalAlpha = 0.16;
    context.fillStyle = css("--accent");
    context.fillRect(left, 0, right - left, height);
    context.globalAlpha = 1;
    context.strokeStyle = css("--accent");
    context.strokeRect(left + 0.5, 0.5, Math.max(2, right - left - 1), height - 1);
    context.fillStyle = css("--cursor");
    context.fillRect((shown / data.seconds) * width - 0.5, 0, 1.5, height);
  }

  function place() {
    const at = x(shown);
    cursor.style.transform = `translateX(${at}px)`;
    cursor.style.visibility = at >= GUTTER - 1 && at <= breadth() + 1 ? "visible" : "hidden";
  }

  function look(start, span = view.span) {
    view.span = Math.min(data.seconds, Math.max(SPAN_MIN, span));
    view.start = Math.min(data.seconds - view.span, Math.max(0, start));
    repaint();
  }

  function repaint() {
    if (asked) return;
    asked = true;
    requestAnimationFrame(paint);
  }

  /** Makes the seen part smaller (factor below 1) or larger around a time. */
  function zoom(factor, around = shown) {
    const fixed = around >= view.start && around <= view.start + view.span ? around : view.start + view.span / 2;
    const span = Math.min(data.seconds, Math.max(SPAN_MIN, view.span * factor));
    look(fixed - ((fixed - view.start) / view.span) * span, span);
  }

  /** Puts the cursor at a time; follows it when it leaves what is seen. */
  function show(at) {
    shown = at;
    const end = view.start + view.span;
    if (at > end - 0.02 * view.span && end < data.seconds - 1e-6) look(at - 0.08 * view.span);
    else if (at < view.start || at > end) look(at - 0.4 * view.span);
    else place();
  }

  drag(holder, (event) => seek(Math.min(data.seconds, Math.max(0, time(event.clientX - holder.getBoundingClientRect().left)))));
  drag(overview, (event) => {
    const box = overview.getBoundingClientRect();
    look(((event.clientX - box.left) / box.width) * data.seconds - view.span / 2);
  });
  holder.addEventListener(
    "wheel",
    (event) => {
      const along = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX;
      if (event.ctrlKey || event.metaKey) zoom(Math.exp(event.deltaY * 0.004), time(event.clientX - holder.getBoundingClientRect().left));
      else if (Math.abs(along) > 0) look(view.start + (along / breadth()) * view.span);
      else return;
      event.preventDefault();
    },
    { passive: false },
  );
  new ResizeObserver(repaint).observe(holder);
  return { show, zoom, repaint, paintOverview, all: () => look(0, data.seconds) };
}

function drag(element, move) {
  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    element.setPointerCapture(event.pointerId);
    move(event);
    element.addEventListener("pointermove", move);
    const stop = () => element.removeEventListener("pointermove", move);
    element.addEventListener("pointerup", stop, { once: true });
    element.addEventListener("pointercancel", stop, { once: true });
  });
}
