//! Runs the engine over a whole file and keeps what it made and what it heard.

use visavis_animate::{Animator, Frame, Insight, Options, UnsupportedRate};

use super::Wait;

/// Everything about one file.
pub(super) struct Heard {
    /// At the rate of the options.
    pub(super) frames: Vec<Frame>,
    /// One per 10 ms.
    pub(super) insights: Vec<Insight>,
}

pub(super) fn listen(
    samples: &[i16],
    rate: u32,
    options: &Options,
    wait: &mut Wait,
) -> Result<Heard, UnsupportedRate> {
    let mut animator = Animator::new(rate, options)?;
    let (mut frames, mut insights) = (vec![], vec![]);
    let mut observe = |insight: &Insight| insights.push(*insight);
    for (second, chunk) in (1..).zip(samples.chunks(rate as usize)) {
        animator.push_observed(chunk, &mut frames, &mut observe);
        wait.show(second * rate as usize, "heard");
    }
    animator.finish_observed(&mut frames, &mut observe);
    Ok(Heard { frames, insights })
}
