// The drawn face: weights of ARKit's 52 blendshapes and a head pose go in, shapes come out, a canvas shows them.
// face.json is the only definition of the drawing; crates/rig reads the same file and gives the same points.

/** A face with one of its looks, ready to be posed: points with the channels that move them. */
export function createRig(face, lookName) {
  const look = face.looks[lookName];
  if (!look) throw new Error(`no look ${lookName}; there are ${Object.keys(face.looks).join(", ")}`);
  const known = new Set([...face.channels, ...face.morphs]);
  const derived = [];
  for (const one of face.derived) {
    for (const side of one.sided ? ["Left", "Right"] : [""]) {
      const sum = Object.entries(one.sum).map(([name, gain]) => [channels(known, name, side), gain]);
      const times = (one.times ?? []).map((name) => channels(known, name, side));
      derived.push({ name: one.name + side, sum, times, min: one.min ?? 0, max: one.max ?? 1 });
    }
    for (const side of one.sided ? ["Left", "Right"] : [""]) known.add(one.name + side);
  }
  const layers = [];
  for (const layer of face.layers) {
    if (layer.look && layer.look !== lookName) continue;
    layers.push(compile(face, known, layer, false));
    if (layer.mirror) layers.push(compile(face, known, layer, true));
  }
  return { face, look, derived, layers };
}

/**
 * The shapes of one instant, back to front, in units of face.size.
 * `weights` is an array in the order of face.channels; `head` has pitch, yaw, roll in radians and x, y, z in metres.
 */
export function shapes(rig, weights, head) {
  const { face, look } = rig;
  const values = { ...look.morph };
  for (const name of face.morphs) values[name] ??= 0;
  face.channels.forEach((name, index) => (values[name] = weights[index]));
  for (const { name, sum, times, min, max } of rig.derived) {
    let value = 0;
    for (const [names, gain] of sum) value += gain * mean(values, names);
    value = Math.min(max, Math.max(min, value));
    for (const names of times) value *= mean(values, names);
    values[name] = value;
  }
  const turn = turner(face, head);
  return rig.layers.map((layer) => {
    let alpha = layer.alpha;
    for (const [names, gain] of layer.alphaBy) alpha += gain * mean(values, names);
    const points = layer.points.map((point) => {
      let [x, y] = point.at;
      for (const [names, dx, dy] of point.moves) {
        const value = mean(values, names);
        x += dx * value;
        y += dy * value;
      }
      return turn(x, y, point.z, point.follow);
    });
    const { name, closed, clip, width } = layer;
    const [fill, stroke] = [look.palette[layer.fill], look.palette[layer.stroke]];
    return { name, points, closed, clip, fill, stroke, width, alpha: Math.min(1, Math.max(0, alpha)) };
  });
}

/** Draws shapes onto a 2D context whose units are those of face.size. */
export function draw(context, drawn) {
  const byName = new Map(drawn.map((shape) => [shape.name, shape]));
  const paths = new Map(drawn.map((shape) => [shape.name, trace(shape)]));
  context.lineCap = context.lineJoin = "round";
  for (const shape of drawn) {
    if (shape.alpha <= 0 || !(shape.fill || shape.stroke)) continue;
    const path = paths.get(shape.name);
    context.save();
    for (let clip = shape.clip; clip; clip = byName.get(clip).clip) context.clip(paths.get(clip));
    context.globalAlpha = shape.alpha;
    if (shape.fill) {
      context.fillStyle = shape.fill;
      context.fill(path);
    }
    if (shape.stroke) {
      context.strokeStyle = shape.stroke;
      context.lineWidth = shape.width;
      context.stroke(path);
    }
    context.restore();
  }
}

function compile(face, known, layer, mirrored) {
  const layerSide = layer.mirror ? (mirrored ? "Right" : "Left") : "";
  const points = (layer.ellipse ? round(layer.ellipse) : layer.path).map((given) => {
    const named = typeof given === "string";
    const flip = mirrored !== (named && given.startsWith("-"));
    const point = named ? face.points[given.replace(/^-/, "")] : { at: given };
    if (!point) throw new Error(`layer ${layer.name}: no point ${given}`);
    const [x, y, z] = point.at;
    const sign = flip ? -1 : 1;
    const across = (layer.ellipse?.[0] ?? x) * sign;
    const side = across > 0 ? "Left" : across < 0 ? "Right" : "";
    const moves = [point.move, face.groups[point.in], layer.move, face.groups[layer.in]].flatMap((move) =>
      Object.entries(move ?? {}).map(([name, [dx, dy]]) => [channels(known, swap(name, flip), side), dx * sign, dy]),
    );
    const follow = point.follow ?? layer.follow ?? 1;
    return { at: [x * sign, y], z: z ?? layer.z ?? depth(face.ball, x, y), follow, moves };
  });
  const alphaBy = Object.entries(layer.alphaBy ?? {}).map(([name, gain]) => [channels(known, name, layerSide), gain]);
  const tail = mirrored ? "-" : "";
  const clip = layer.clip && layer.clip + (mirrored && face.layers.find(({ name }) => name === layer.clip).mirror ? "-" : "");
  const { fill, stroke, width = 0, alpha = 1, closed = Boolean(layer.fill || !layer.stroke) } = layer;
  return { name: layer.name + tail, points, closed, clip, fill, stroke, width, alpha, alphaBy };
}

/** The channels that a name stands for: itself, or the one of its side, or on the middle line the mean of both. */
function channels(known, name, side) {
  const names = known.has(name) ? [name] : side ? [name + side] : [`${name}Left`, `${name}Right`];
  if (!names.every((one) => known.has(one))) throw new Error(`no channel ${name}`);
  return names;
}

/** A mirrored move that names a side means the other one. */
function swap(name, flip) {
  if (!flip) return name;
  return name.replace(/(Left|Right)$/, (side) => (side === "Left" ? "Right" : "Left"));
}

function mean(values, names) {
  return names.length === 1 ? values[names[0]] : (values[names[0]] + values[names[1]]) / 2;
}

/** How far a point of the face stands out: the face is half an egg. */
function depth([rx, ry, rz], x, y) {
  return rz * Math.sqrt(Math.max(0, 1 - (x / rx) ** 2 - (y / ry) ** 2));
}

function round([x, y, rx, ry]) {
  const [kx, ky] = [rx * 0.5522847498, ry * 0.5522847498];
  return [
    [x + rx, y], [x + rx, y + ky], [x + kx, y + ry], [x, y + ry], [x - kx, y + ry], [x - rx, y + ky],
    [x - rx, y], [x - rx, y - ky], [x - kx, y - ry], [x, y - ry], [x + kx, y - ry], [x + rx, y - ky], [x + rx, y],
  ];
}

/** Turns a point with the head, in the order roll, pitch, yaw, and moves it; `follow` is how much of it. */
function turner({ origin, pivot, metre }, { pitch = 0, yaw = 0, roll = 0, x: mx = 0, y: my = 0, z: mz = 0 }) {
  return (x, y, z, follow) => {
    const [r, p, w] = [roll * follow, pitch * follow, yaw * follow];
    const [ax, ay, az] = [x - pivot[0], y - pivot[1], z - pivot[2]];
    const [bx, by] = [ax * Math.cos(r) + ay * Math.sin(r), ay * Math.cos(r) - ax * Math.sin(r)];
    const [cy, cz] = [by * Math.cos(p) + az * Math.sin(p), az * Math.cos(p) - by * Math.sin(p)];
    const cx = bx * Math.cos(w) + cz * Math.sin(w);
    const scale = 1 + mz * follow;
    return [origin[0] + (pivot[0] + cx) * scale + mx * metre * follow, origin[1] + (pivot[1] + cy) * scale - my * metre * follow];
  };
}

function trace({ points, closed }) {
  const path = new Path2D();
  path.moveTo(...points[0]);
  for (let n = 1; n + 2 < points.length; n += 3) {
    path.bezierCurveTo(...points[n], ...points[n + 1], ...points[n + 2]);
  }
  if (closed) path.closePath();
  return path;
}
