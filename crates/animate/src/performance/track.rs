//! What is known of the instants around the one that is shown.

use crate::hearing::{HEADS, Hearing, Moment, Posterior};
use crate::motion::{SHAPES, Shapes, shape_of};
use crate::{Lookahead, Phone};

/// Steps back from the newest window that are kept: the longest lookahead, and two for smoothing.
const SPAN: usize = 16;

/// The recent instants; each is told of by several heads, and the surer overwrites the hastier.
///
/// Instants are named by their distance from the present, in steps: -2 to [`Track::ahead`].
#[derive(Clone)]
pub(crate) struct Track {
    lookahead: usize,
    /// Windows heard.
    windows: u64,
    phones: [Posterior; SPAN],
    shapes: [Shapes; SPAN],
    moments: [Moment; SPAN],
}

impl Track {
    pub(crate) fn new(lookahead: Lookahead) -> Self {
        let mut silence = [0.0; Phone::COUNT];
        silence[Phone::Sil as usize] = 1.0;
        let quiet = Moment {
            level_db: -100.0,
            loudness_db: -60.0,
            presence: 0.0,
            voicing: 0.0,
            pitch_semitones: 12.0,
            brightness: 0.5,
        };
        Self {
            lookahead: lookahead.steps(),
            windows: 0,
            phones: [silence; SPAN],
            shapes: [shapes(&silence); SPAN],
            moments: [quiet; SPAN],
        }
    }

    /// Takes the next window; gives the step that is the present now, if there is one yet.
    pub(crate) fn hear(&mut self, hearing: &Hearing) -> Option<u64> {
        let window = self.windows;
        self.windows += 1;
        self.moments[window as usize % SPAN] = hearing.moment;
        for (head, steps) in hearing.heads.iter().zip(HEADS) {
            if steps > self.lookahead {
                break;
            }
            // What a head tells of the time before the first window is nothing.
            if let Some(instant) = window.checked_sub(steps as u64) {
                let place = instant as usize % SPAN;
                self.phones[place] = *head;
                self.shapes[place] = shapes(head);
            }
        }
        window.checked_sub(self.lookahead as u64)
    }

    /// Steps after the present whose phones are known.
    pub(crate) const fn ahead(&self) -> usize {
        self.lookahead - HEADS[0]
    }

    /// Steps after the present whose sound is known.
    pub(crate) const fn lookahead(&self) -> isize {
        self.lookahead as isize
    }

    /// Weights of the phones at an instant, -2 to [`ahead`](Self::ahead).
    pub(crate) fn phones(&self, step: isize) -> &Posterior {
        &self.phones[self.place(step)]
    }

    /// Weights of the mouth shapes at an instant, -2 to [`ahead`](Self::ahead).
    pub(crate) fn shapes(&self, step: isize) -> &Shapes {
        &self.shapes[self.place(step)]
    }

    /// The sound at an instant, -2 to the whole lookahead.
    pub(crate) fn moment(&self, step: isize) -> &Moment {
        &self.moments[self.place(step)]
    }

    fn place(&self, step: isize) -> usize {
        // Before the first window the ring is silence all around, so that wrapping does no harm.
        (self.windows as usize)
            .wrapping_sub(1 + self.lookahead)
            .wrapping_add_signed(step)
            % SPAN
    }
}

/// Phones summed by the shape they share.
fn shapes(phones: &Posterior) -> Shapes {
    let mut sums = [0.0; SHAPES];
    for (weight, phone) in phones.iter().zip(Phone::ALL) {
        sums[shape_of(phone)] += weight;
    }
    sums
}
