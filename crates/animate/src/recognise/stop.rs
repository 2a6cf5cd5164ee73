/// Windows after which a silence is a rest: 120 ms.
const LONGEST: u32 = 12;
/// The last of them fade from stop to rest.
const FADE: u32 = 3;
/// A fall this deep within 40 ms is no fading voice, decibels.
const FALL_DB: f32 = 16.0;
/// Loudness of the voice that may be cut off, and of the silence that cuts it off.
const VOICE_DB: f32 = -14.0;
const SILENCE_DB: f32 = -20.0;

/// Tells the silence of a stop from the silence of a pause, as long as that can be told.
#[derive(Clone)]
pub(super) struct Stop {
    /// Loudness of the latest windows, the newest last.
    loudness_db: [f32; 5],
    /// Windows since speech was cut off.
    since: u32,
    /// A voice was there to be cut off.
    armed: bool,
}

impl Stop {
    pub(super) fn new() -> Self {
        Self {
            loudness_db: [-60.0; 5],
            since: LONGEST,
            armed: false,
        }
    }

    pub(super) fn push(&mut self, loudness_db: f32) {
        self.loudness_db.rotate_left(1);
        self.loudness_db[4] = loudness_db;
        let before = self.loudness_db[..4]
            .iter()
            .fold(-60.0f32, |loudest, db| loudest.max(*db));
        self.since = (self.since + 1).min(LONGEST);
        if loudness_db > VOICE_DB {
            (self.armed, self.since) = (true, LONGEST);
        } else if self.armed && loudness_db < SILENCE_DB {
            if before - loudness_db > FALL_DB {
                self.since = 0;
            }
            self.armed = false;
        }
    }

    /// How much of a silence at the latest window belongs to a stop: 0 to 1.
    pub(super) fn share(&self) -> f32 {
        ((LONGEST - self.since) as f32 / FADE as f32).min(1.0)
    }
}
