//! A contact sheet: the face at many moments.

use std::str::FromStr;

use tiny_skia::{Color, Paint, Pixmap, Rect, Transform};
use visavis_animate::{Frame, Insight, Phone};
use visavis_rig::{Head, Rig, RigError, paint, text};

use super::{Failure, Made, Show};

/// Cells in a row, and at most on a sheet.
const COLUMNS: usize = 10;
const CELLS_MAX: usize = 600;

/// Pixels: a face, what is written under it, the title, the edge.
const FACE: u32 = 168;
const CAPTION: u32 = 40;
const TITLE: u32 = 44;
const EDGE: u32 = 12;

/// The part of the drawing that a cell shows, in its units: left, top, and how much of it.
const CROP: [f64; 3] = [96.0, 118.0, 288.0];

/// A run of phones shorter than this is a slip of the ear.
const RUN_STEPS_MIN: usize = 3;

const INK: [u8; 3] = [31, 37, 40];
const SOFT: [u8; 3] = [110, 121, 127];
const CLOSED: [u8; 3] = [200, 55, 74];

/// Which moments a sheet shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Every {
    /// The middle of every recognised phone.
    Phone,
    /// Every so many milliseconds.
    Millis(u32),
}

impl FromStr for Every {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.parse() {
            _ if text == "phones" => Ok(Self::Phone),
            Ok(millis @ 10..=10_000) => Ok(Self::Millis(millis)),
            _ => Err("use phones, or milliseconds from 10 to 10000".into()),
        }
    }
}

/// The sheet as PNG.
pub(super) fn sheet(show: &Show<'_>, every: Every) -> Result<Made, Failure> {
    let mut moments = moments(&show.heard.insights, every);
    let all = moments.len();
    moments.truncate(CELLS_MAX);
    let warning = (moments.len() < all).then(|| {
        format!(
            "the sheet shows the first {CELLS_MAX} of {all} moments; cut the file to see the rest"
        )
    });
    let rig = Rig::new(show.look).map_err(|error| impossible(&error))?;
    let rows = moments.len().div_ceil(COLUMNS).max(1) as u32;
    let columns = moments.len().clamp(4, COLUMNS) as u32;
    let (width, height) = (
        2 * EDGE + columns * FACE,
        TITLE + EDGE + rows * (FACE + CAPTION),
    );
    let mut pixels = paint::blank(width, height).map_err(|error| impossible(&error))?;
    pixels.fill(Color::WHITE);
    let title = format!("{}   {}   {:.2} s", show.title, show.look, show.seconds());
    text::write(&mut pixels, &title, [EDGE as f32 + 6.0, 30.0], 13.0, INK);
    for (n, insight) in moments.iter().enumerate() {
        let at = [
            EDGE + (n % COLUMNS) as u32 * FACE,
            TITLE + (n / COLUMNS) as u32 * (FACE + CAPTION),
        ];
        if let Some(frame) = nearest(&show.heard.frames, insight.time_us) {
            let face = face(&rig, frame).map_err(|error| impossible(&error))?;
            pixels.draw_pixmap(
                at[0] as i32,
                at[1] as i32,
                face.as_ref(),
                &Default::default(),
                Transform::identity(),
                None,
            );
        }
        caption(&mut pixels, insight, [at[0] as f32, (at[1] + FACE) as f32]);
    }
    let bytes = pixels
        .encode_png()
        .map_err(|error| Failure::text(format!("the picture cannot be encoded: {error}")))?;
    Ok(Made {
        bytes,
        what: format!("{} faces, {width} x {height} pixels", moments.len()),
        warning,
    })
}

/// What is known of each moment to show, in order.
fn moments(insights: &[Insight], every: Every) -> Vec<&Insight> {
    match every {
        Every::Millis(millis) => {
            let last = insights.last().map_or(0, |insight| insight.time_us);
            (0..=last)
                .step_by(millis as usize * 1000)
                .filter_map(|time_us| {
                    let after =
                        insights.partition_point(|insight| insight.time_us + 5000 <= time_us);
                    insights.get(after)
                })
                .collect()
        }
        Every::Phone => insights
            .chunk_by(|a, b| a.phone() == b.phone())
            .filter(|run| run.len() >= RUN_STEPS_MIN)
            .map(|run| &run[run.len() / 2])
            .collect(),
    }
}

fn nearest(frames: &[Frame], time_us: u64) -> Option<&Frame> {
    frames
        .iter()
        .min_by_key(|frame| frame.time_us.abs_diff(time_us))
}

fn face(rig: &Rig, frame: &Frame) -> Result<Pixmap, RigError> {
    let head = Head {
        rotation: frame.head.rotation,
        translation: frame.head.translation,
    };
    let mut pixels = paint::blank(FACE - 4, FACE)?;
    let [left, top, size] = CROP;
    let scale = f64::from(FACE) / size;
    let shapes = rig.shapes(&frame.blendshapes, &head);
    paint::draw(&shapes, &mut pixels, [-left * scale, -top * scale], scale);
    Ok(pixels)
}

/// The phone, large; its viseme and the time, small; a bar where the lips were decided to meet.
fn caption(pixels: &mut Pixmap, insight: &Insight, [x, y]: [f32; 2]) {
    let phone = insight.phone();
    let shape = insight.viseme.name();
    let colour = if phone == Phone::Sil { SOFT } else { INK };
    text::write(pixels, phone.name(), [x + 6.0, y + 20.0], 12.0, colour);
    let at = x + 6.0 + text::width(phone.name(), 12.0) + 9.0;
    text::write(pixels, shape, [at, y + 20.0], 9.0, SOFT);
    let time = format!("{:.2}", insight.time_us as f64 / 1e6);
    let right = x + FACE as f32 - 12.0 - text::width(&time, 9.0);
    text::write(pixels, &time, [right, y + 20.0], 9.0, SOFT);
    if insight.closed
        && let Some(bar) = Rect::from_xywh(x, y + 1.0, FACE as f32 - 4.0, 3.0)
    {
        let mut paint = Paint::default();
        paint.set_color_rgba8(CLOSED[0], CLOSED[1], CLOSED[2], 255);
        pixels.fill_rect(bar, &paint, Transform::identity(), None);
    }
}

fn impossible(error: &RigError) -> Failure {
    Failure::text(format!("the face cannot be drawn: {error}"))
}
