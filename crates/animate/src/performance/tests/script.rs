//! Labelled speech, and what a network makes of it.

use crate::hearing::{HEADS, Hearing, Moment, Posterior};
use crate::performance::Performance;
use crate::{ARKIT, Frame, Insight, Options, Phone, Viseme};

/// Phones with their lengths in milliseconds, multiples of 10.
pub(super) type Script = Vec<(Phone, u32)>;

/// A script from names and lengths: `"sil 200 ah 120 p 80"`.
pub(super) fn script(text: &str) -> Script {
    let words: Vec<&str> = text.split_whitespace().collect();
    words
        .chunks(2)
        .map(|pair| {
            let phone = Phone::named(pair[0]).expect("a phone");
            (phone, pair[1].parse().expect("a length"))
        })
        .collect()
}

/// "Papa, my mum may move five of them; we saw sheep sing for you", about.
pub(super) fn sentence() -> Script {
    script(
        "sil 300 p 90 aa 120 p 80 ah 90 m 60 ay 110 ih 60 m 70 ah 100 m 60 m 50 ey 90 ih 60 \
         m 60 uw 130 v 60 f 80 ay 100 ih 70 v 50 ah 60 v 50 dh 50 eh 80 m 80 sil 350 \
         w 60 iy 110 s 100 ao 140 sh 90 iy 120 p 70 s 90 ih 70 ng 80 f 80 ao 90 r 60 y 50 uw 160 \
         b 50 iy 100 z 80 sil 500",
    )
}

/// The label of every 10 ms.
pub(super) fn labels(script: &Script) -> Vec<Phone> {
    let steps = |&(phone, millis): &(Phone, u32)| std::iter::repeat_n(phone, millis as usize / 10);
    script.iter().flat_map(steps).collect()
}

/// Evenly spread numbers for noise.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn roll(&mut self) -> f32 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 40) as f32 / (1u64 << 24) as f32
    }
}

/// Loudness of a phone against the voice's usual.
fn loudness_db(phone: Phone) -> f32 {
    match phone.viseme() {
        Viseme::Sil => -55.0,
        Viseme::Aa | Viseme::O => 0.0,
        Viseme::E | Viseme::I | Viseme::U | Viseme::Rr => -3.0,
        Viseme::Nn | Viseme::Th => -10.0,
        Viseme::Pp if phone == Phone::M => -9.0,
        Viseme::Pp | Viseme::Dd | Viseme::Kk => -26.0,
        Viseme::Ff | Viseme::Ss | Viseme::Ch => -16.0,
    }
}

/// What is heard of `labels`: blurred the more the less a head waits, with `noise` of confusion from 0 to 1.
pub(super) fn hear(labels: &[Phone], noise: f32, seed: u64) -> Vec<Hearing> {
    let count = labels.len() as isize;
    let label = |step: isize| match labels.get(step.clamp(0, count - 1) as usize) {
        Some(phone) if step >= 0 && step < count => *phone,
        _ => Phone::Sil,
    };
    let mut dice = Dice(seed);
    // A run of frames in which one wrong phone is believed in, at most so much.
    let mut wrong: Vec<(Phone, f32)> = Vec::new();
    while wrong.len() < labels.len() + 32 {
        let phone = Phone::ALL[(dice.roll() * 43.99) as usize];
        let (length, weight) = (1 + (dice.roll() * 4.0) as usize, noise * dice.roll());
        wrong.extend(std::iter::repeat_n((phone, weight), length));
    }
    let told = |instant: isize, width: isize| {
        let mut weights: Posterior = [0.0; Phone::COUNT];
        let reach = (2 * width + 1) as f32;
        for near in -width..=width {
            weights[label(instant + near) as usize] += 1.0 / reach;
        }
        let (phone, share) = wrong[instant.clamp(0, count) as usize];
        weights
            .iter_mut()
            .for_each(|weight| *weight *= 0.94 * (1.0 - share));
        weights[phone as usize] += 0.94 * share;
        weights.map(|weight| weight + 0.06 / Phone::COUNT as f32)
    };
    let mut level = -55.0f32;
    (0..count + HEADS[2] as isize + 2)
        .map(|window| {
            let phone = label(window);
            level += 0.6 * (loudness_db(phone) - level);
            let voiced = level > -14.0 && phone.viseme() != Viseme::Ss;
            Hearing {
                heads: std::array::from_fn(|head| {
                    told(window - HEADS[head] as isize, [2, 1, 1][head])
                }),
                moment: Moment {
                    level_db: level - 25.0,
                    loudness_db: level,
                    presence: crate::math::ramp(-48.0, -36.0, level),
                    voicing: f32::from(u8::from(voiced)),
                    pitch_semitones: 14.0 + 4.0 * (window as f32 * 0.06).sin()
                        - 0.004 * window as f32,
                    brightness: if phone.viseme() == Viseme::Ss {
                        0.8
                    } else {
                        0.4
                    },
                },
            }
        })
        .collect()
}

/// Performs all of `hearings`.
pub(super) fn perform(hearings: &[Hearing], options: &Options) -> (Vec<Frame>, Vec<Insight>) {
    let mut performance = Performance::new(options);
    let (mut frames, mut insights) = (Vec::new(), Vec::new());
    for hearing in hearings {
        performance.hear(hearing, u64::MAX, 16_000, &mut frames, &mut |insight| {
            insights.push(*insight);
        });
    }
    (frames, insights)
}

/// Weight of one blendshape.
pub(super) fn weight(frame: &Frame, name: &str) -> f32 {
    let place = ARKIT.iter().position(|known| *known == name);
    frame.blendshapes[place.expect("a blendshape")]
}

/// How far the lips are apart.
pub(super) fn gap(frame: &Frame) -> f32 {
    weight(frame, "jawOpen") - weight(frame, "mouthClose")
}

/// Segments with their begin and end in microseconds.
pub(super) fn segments(script: &Script) -> Vec<(Phone, u64, u64)> {
    let mut end = 0;
    script
        .iter()
        .map(|&(phone, millis)| {
            let begin = end;
            end += u64::from(millis) * 1000;
            (phone, begin, end)
        })
        .collect()
}

/// The frame nearest to a time.
pub(super) fn nearest(frames: &[Frame], time_us: u64) -> &Frame {
    frames
        .iter()
        .min_by_key(|frame| frame.time_us.abs_diff(time_us))
        .expect("frames")
}

/// Frames from one time to another.
pub(super) fn between(frames: &[Frame], from_us: u64, to_us: u64) -> &[Frame] {
    let at = |time: u64| frames.partition_point(|frame| frame.time_us < time);
    &frames[at(from_us)..at(to_us)]
}
