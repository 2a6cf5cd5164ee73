use crate::definition::Face;

/// Where a head is: axes as in ARKit and FLAME, x to the subject's left, y up, z out of the face.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Head {
    /// Pitch (positive nods down), yaw (positive turns to the subject's left) and roll (positive
    /// raises the subject's left side), in radians, applied in the order roll, pitch, yaw.
    pub rotation: [f32; 3],
    /// Offset from the neutral place, in metres.
    pub translation: [f32; 3],
}

/// How points of a face move with its head.
pub(crate) struct Turner<'a> {
    face: &'a Face,
    rotation: [f64; 3],
    translation: [f64; 3],
}

impl<'a> Turner<'a> {
    pub(crate) fn new(face: &'a Face, head: &Head) -> Self {
        Self {
            face,
            rotation: head.rotation.map(f64::from),
            translation: head.translation.map(f64::from),
        }
    }

    /// A point in units of the drawing; `follow` is how much of the head's motion it takes part in.
    pub(crate) fn turn(&self, [x, y, z]: [f64; 3], follow: f64) -> [f64; 2] {
        let Face {
            origin,
            pivot,
            metre,
            ..
        } = self.face;
        let [p, w, r] = self.rotation.map(|angle| angle * follow);
        let [mx, my, mz] = self.translation.map(|metres| metres * follow);
        let (ax, ay, az) = (x - pivot[0], y - pivot[1], z - pivot[2]);
        let (bx, by) = (ax * r.cos() + ay * r.sin(), ay * r.cos() - ax * r.sin());
        let (cy, cz) = (by * p.cos() + az * p.sin(), az * p.cos() - by * p.sin());
        let cx = bx * w.cos() + cz * w.sin();
        let scale = 1.0 + mz;
        [
            origin[0] + (pivot[0] + cx) * scale + mx * metre,
            origin[1] + (pivot[1] + cy) * scale - my * metre,
        ]
    }
}

/// How far a point of the face stands out: the face is half an egg.
pub(crate) fn depth([rx, ry, rz]: [f64; 3], x: f64, y: f64) -> f64 {
    rz * (1.0 - (x / rx).powi(2) - (y / ry).powi(2)).max(0.0).sqrt()
}

/// Points of an ellipse in four curves.
pub(crate) fn round([x, y, rx, ry]: [f64; 4]) -> [[f64; 2]; 13] {
    let (kx, ky) = (rx * 0.552_284_749_8, ry * 0.552_284_749_8);
    [
        [x + rx, y],
        [x + rx, y + ky],
        [x + kx, y + ry],
        [x, y + ry],
        [x - kx, y + ry],
        [x - rx, y + ky],
        [x - rx, y],
        [x - rx, y - ky],
        [x - kx, y - ry],
        [x, y - ry],
        [x + kx, y - ry],
        [x + rx, y - ky],
        [x + rx, y],
    ]
}
