use super::{FRAME_US, Labels};
use crate::Frame;
use crate::arkit::{JAW_OPEN, MOUTH_CLOSE};

/// Looks at the curves of a face at 100 frames per second, over any number of files.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Curves {
    jerks: f64,
    steps: u64,
    gaps: f64,
    closures: u64,
}

/// What [`Curves`] found; `None` where there was nothing to look at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CurvesReport {
    /// Mean absolute second difference of `jawOpen` from frame to frame: how restless the mouth is.
    pub jitter: Option<f64>,
    /// Mean of `jawOpen` less `mouthClose`, not below zero, in the frame nearest to the middle of
    /// each true closure: what is left open where the lips must meet.
    pub closure_gap: Option<f64>,
}

impl Curves {
    /// Adds a file: all frames of [`Fps::F100`](crate::Fps::F100) from the first one on.
    pub fn add(&mut self, labels: &Labels, frames: &[Frame]) {
        let jaw = |frame: &Frame| f64::from(frame.blendshapes[JAW_OPEN]);
        for three in frames.windows(3) {
            self.jerks += (jaw(&three[0]) - 2.0 * jaw(&three[1]) + jaw(&three[2])).abs();
            self.steps += 1;
        }
        for closure in labels.closures() {
            let middle_us = closure.start + (closure.end - closure.start) / 2;
            let nearest = (middle_us + FRAME_US / 2) / FRAME_US;
            if let Some(frame) = frames.get(nearest as usize) {
                let close = f64::from(frame.blendshapes[MOUTH_CLOSE]);
                self.gaps += (jaw(frame) - close).max(0.0);
                self.closures += 1;
            }
        }
    }

    /// Adds what another one has looked at.
    pub fn merge(&mut self, other: &Self) {
        self.jerks += other.jerks;
        self.steps += other.steps;
        self.gaps += other.gaps;
        self.closures += other.closures;
    }

    /// The figures of what has been added so far.
    #[must_use]
    pub fn report(&self) -> CurvesReport {
        let mean = |sum: f64, count: u64| (count > 0).then(|| sum / count as f64);
        CurvesReport {
            jitter: mean(self.jerks, self.steps),
            closure_gap: mean(self.gaps, self.closures),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Pose, Viseme};

    fn frame(jaw: f32, close: f32) -> Frame {
        let mut blendshapes = [0.0; 52];
        blendshapes[JAW_OPEN] = jaw;
        blendshapes[MOUTH_CLOSE] = close;
        Frame {
            index: 0,
            sample: 0,
            time_us: 0,
            viseme: Viseme::Sil,
            visemes: [0.0; Viseme::COUNT],
            blendshapes,
            head: Pose::default(),
            left_eye: [0.0; 2],
            right_eye: [0.0; 2],
        }
    }

    #[test]
    fn jitter_and_gap_of_five_frames() {
        let frames = [(0.0, 0.0), (0.5, 0.0), (0.5, 0.25), (0.5, 0.75), (0.0, 0.0)];
        let frames = frames.map(|(jaw, close)| frame(jaw, close));
        let mut curves = Curves::default();
        // The middles are at 20 and at 34 ms, nearest to frames 2 and 3; one lies beyond the frames.
        let labels = "0.01 0.03 m\n0.031 0.037 b\n1 2 p".parse().unwrap();
        curves.add(&labels, &frames);
        let report = curves.report();
        // Second differences: 0.5, 0, 0.5.
        assert_eq!(report.jitter, Some(1.0 / 3.0));
        // Gaps: 0.25 and, closed beyond need, 0.
        assert_eq!(report.closure_gap, Some(0.125));
        let mut twice = curves.clone();
        twice.merge(&curves);
        assert_eq!(twice.report(), report);
        assert_eq!(Curves::default().report().jitter, None);
    }
}
