use crate::{Phone, Viseme};

/// What was decided about one instant, for those who measure or draw the engine's work.
///
/// One is given per 10 ms of sound, in order, from time zero on, whatever the frame rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Insight {
    /// The instant, in microseconds of media time.
    pub time_us: u64,
    /// Weights of the phones in the order of [`Phone::ALL`], 0 to 1, together 1, smoothed as the decoder reads them.
    pub phones: [f32; Phone::COUNT],
    /// The mouth shape that was decided on.
    pub viseme: Viseme,
    /// Whether the lips were decided to meet: exactly when `viseme` is [`Viseme::Pp`].
    pub closed: bool,
    /// Decibels above the voice's usual loudness, about -60 to 12.
    pub loudness_db: f32,
    /// Whether the sound stands out of the noise floor, 0 to 1.
    pub presence: f32,
    /// Whether the sound is voiced, 0 to 1.
    pub voicing: f32,
    /// Pitch in semitones above 55 Hz; meaningless without voicing.
    pub pitch_semitones: f32,
}

impl Insight {
    /// The phone that weighs most; the first of equals.
    #[must_use]
    pub fn phone(&self) -> Phone {
        let mut best = Phone::Sil;
        for phone in Phone::ALL {
            if self.phones[phone as usize] > self.phones[best as usize] {
                best = phone;
            }
        }
        best
    }
}
