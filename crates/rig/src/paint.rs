//! Shapes become pixels.

use std::collections::BTreeMap;

use tiny_skia::{
    Color, FillRule, LineCap, LineJoin, Mask, Paint, Path, PathBuilder, Pixmap, Stroke, Transform,
};

use crate::rig::SIZE;
use crate::{RigError, Shape};

/// Most pixels of a picture: a gigabyte of memory.
const PIXELS_MAX: u64 = 1 << 28;

/// A picture of `shapes` on nothing, `side` pixels high and wide.
///
/// # Errors
///
/// [`RigError::Size`] without pixels or with too many.
pub fn square(shapes: &[Shape], side: u32) -> Result<Pixmap, RigError> {
    let mut pixels = blank(side, side)?;
    draw(shapes, &mut pixels, [0.0; 2], f64::from(side) / SIZE);
    Ok(pixels)
}

/// A picture on which everything is transparent.
///
/// # Errors
///
/// [`RigError::Size`] without pixels or with too many.
pub fn blank(width: u32, height: u32) -> Result<Pixmap, RigError> {
    if u64::from(width) * u64::from(height) > PIXELS_MAX {
        return Err(RigError::Size);
    }
    Pixmap::new(width, height).ok_or(RigError::Size)
}

/// Draws `shapes` with their origin at pixel `at`, `scale` pixels a unit.
pub fn draw(shapes: &[Shape], pixels: &mut Pixmap, at: [f64; 2], scale: f64) {
    let transform = Transform::from_row(
        scale as f32,
        0.0,
        0.0,
        scale as f32,
        at[0] as f32,
        at[1] as f32,
    );
    let named: BTreeMap<&str, &Shape> = shapes.iter().map(|it| (it.name.as_str(), it)).collect();
    let mut masks: BTreeMap<&str, Option<Mask>> = BTreeMap::new();
    for shape in shapes {
        let (true, Some(path)) = (shape.alpha > 0.0, path(shape)) else {
            continue;
        };
        if let Some(clip) = &shape.clip {
            let size = (pixels.width(), pixels.height());
            masks
                .entry(clip)
                .or_insert_with(|| mask(clip, &named, size, transform));
        }
        let mask = shape
            .clip
            .as_ref()
            .and_then(|clip| masks.get(clip.as_str())?.as_ref());
        if let Some(fill) = shape.fill {
            let paint = paint(fill, shape.alpha);
            pixels.fill_path(&path, &paint, FillRule::Winding, transform, mask);
        }
        if let Some(colour) = shape.stroke {
            let stroke = Stroke {
                width: shape.width as f32,
                line_cap: LineCap::Round,
                line_join: LineJoin::Round,
                ..Stroke::default()
            };
            let paint = paint(colour, shape.alpha);
            pixels.stroke_path(&path, &paint, &stroke, transform, mask);
        }
    }
}

/// One colour, smooth at the edges.
pub(crate) fn paint([red, green, blue]: [u8; 3], alpha: f64) -> Paint<'static> {
    let mut paint = Paint {
        anti_alias: true,
        ..Paint::default()
    };
    let alpha = (alpha.clamp(0.0, 1.0) * 255.0).round() as u8;
    paint.set_color(Color::from_rgba8(red, green, blue, alpha));
    paint
}

/// What a clip leaves visible: its own shape and those that cut it.
fn mask(
    clip: &str,
    named: &BTreeMap<&str, &Shape>,
    (width, height): (u32, u32),
    transform: Transform,
) -> Option<Mask> {
    let mut mask: Option<Mask> = None;
    let mut next = Some(clip);
    // A chain is shorter than the list of shapes, unless it bites its tail.
    for _ in 0..named.len() {
        let Some(shape) = next.and_then(|name| named.get(name)) else {
            break;
        };
        let path = path(shape)?;
        match &mut mask {
            Some(mask) => mask.intersect_path(&path, FillRule::Winding, true, transform),
            None => {
                let mut first = Mask::new(width, height)?;
                first.fill_path(&path, FillRule::Winding, true, transform);
                mask = Some(first);
            }
        }
        next = shape.clip.as_deref();
    }
    mask
}

fn path(shape: &Shape) -> Option<Path> {
    let mut builder = PathBuilder::new();
    let mut points = shape.points.iter().map(|point| point.map(|it| it as f32));
    let [x, y] = points.next()?;
    builder.move_to(x, y);
    while let (Some(a), Some(b), Some(c)) = (points.next(), points.next(), points.next()) {
        builder.cubic_to(a[0], a[1], b[0], b[1], c[0], c[1]);
    }
    if shape.closed {
        builder.close();
    }
    builder.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Head, Rig};

    #[test]
    fn an_open_mouth_is_darker_inside_and_nothing_else_of_the_badge_changes_outside() {
        let rig = Rig::new("vera").unwrap();
        let at = |name: &str| rig.channels().iter().position(|it| it == name).unwrap();
        let mut weights = [0.0; 52];
        let shut = square(&rig.shapes(&weights, &Head::default()), 240).unwrap();
        weights[at("jawOpen")] = 0.7;
        let open = square(&rig.shapes(&weights, &Head::default()), 240).unwrap();
        let brightness = |picture: &Pixmap, x, y| {
            let pixel = picture.pixel(x, y).unwrap();
            u32::from(pixel.red()) + u32::from(pixel.green()) + u32::from(pixel.blue())
        };
        // Below the lips of the shut mouth, within those of the open one.
        assert!(brightness(&open, 120, 159) + 200 < brightness(&shut, 120, 159));
        assert_eq!(open.pixel(60, 30), shut.pixel(60, 30));
        assert_eq!(open.pixel(0, 0).unwrap().alpha(), 0);
    }

    #[test]
    fn a_picture_has_pixels_and_not_too_many() {
        assert!(matches!(blank(0, 4), Err(RigError::Size)));
        assert!(matches!(blank(1 << 20, 1 << 20), Err(RigError::Size)));
    }
}
