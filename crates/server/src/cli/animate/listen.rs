//! Runs the engine over a whole file and keeps what it made and what it heard.

use visavis_animate::{Animator, Fps, Frame, Options, Phone, UnsupportedRate, Viseme};

use super::Wait;

/// Everything about one file.
pub(super) struct Heard {
    /// At the rate of the options.
    pub(super) frames: Vec<Frame>,
    /// One per 10 ms.
    pub(super) insights: Vec<Insight>,
}

/// What was decided about one instant.
#[derive(Clone, Debug)]
pub(super) struct Insight {
    pub(super) time_us: u64,
    pub(super) phones: [f32; Phone::COUNT],
    pub(super) viseme: Viseme,
    pub(super) closed: bool,
    pub(super) loudness_db: f32,
    pub(super) presence: f32,
    pub(super) voicing: f32,
    pub(super) pitch_semitones: f32,
}

pub(super) fn listen(
    samples: &[i16],
    rate: u32,
    options: &Options,
    wait: &mut Wait,
) -> Result<Heard, UnsupportedRate> {
    let mut animator = Animator::new(rate, options)?;
    let mut frames = vec![];
    for (second, chunk) in (1..).zip(samples.chunks(rate as usize)) {
        animator.push(chunk, &mut frames);
        wait.show(second * rate as usize, "heard");
    }
    animator.finish(&mut frames);
    let insights = insights(samples, rate, options)?;
    Ok(Heard { frames, insights })
}

fn insights(
    samples: &[i16],
    rate: u32,
    options: &Options,
) -> Result<Vec<Insight>, UnsupportedRate> {
    let options = Options {
        fps: Fps::F100,
        ..*options
    };
    let mut animator = Animator::new(rate, &options)?;
    let mut frames = vec![];
    animator.push(samples, &mut frames);
    animator.finish(&mut frames);
    Ok(frames.iter().map(insight).collect())
}

fn insight(frame: &Frame) -> Insight {
    let mut phones = [0.0; Phone::COUNT];
    for viseme in Viseme::ALL {
        let first = Phone::ALL
            .into_iter()
            .find(|phone| phone.viseme() == viseme);
        if let Some(phone) = first {
            phones[phone as usize] = frame.visemes[viseme as usize];
        }
    }
    Insight {
        time_us: frame.time_us,
        phones,
        viseme: frame.viseme,
        closed: frame.viseme == Viseme::Pp,
        loudness_db: 0.0,
        presence: 1.0 - frame.visemes[0],
        voicing: 0.0,
        pitch_semitones: 0.0,
    }
}
