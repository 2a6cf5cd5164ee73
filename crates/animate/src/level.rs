//! Where the level stands between the noise floor and the speaker's usual loudness.

use crate::math::ramp;

/// Windows in one block of the floor's memory: 300 ms.
const BLOCK: u32 = 30;
/// Blocks remembered: speech has a gap within three seconds, noise has none.
const BLOCKS: usize = 10;
/// Quieter than this is silence, whatever the floor.
const ABSOLUTE_DB: f32 = -62.0;

#[derive(Clone)]
pub(crate) struct Level {
    /// Lowest level of each recent block, the current one included.
    lows: [f32; BLOCKS],
    block: usize,
    count: u32,
    floor_db: f32,
    reference_db: f32,
}

impl Level {
    pub(crate) fn new() -> Self {
        Self {
            lows: [-75.0; BLOCKS],
            block: 0,
            count: 0,
            floor_db: -75.0,
            reference_db: -24.0,
        }
    }

    /// Takes a level and gives loudness against the reference in decibels, and presence from 0 to 1.
    pub(crate) fn push(&mut self, level_db: f32) -> (f32, f32) {
        self.count += 1;
        if self.count == BLOCK {
            self.count = 0;
            self.block = (self.block + 1) % BLOCKS;
            self.lows[self.block] = level_db;
        }
        self.lows[self.block] = self.lows[self.block].min(level_db);
        let lowest = self.lows.iter().fold(0.0f32, |low, block| low.min(*block));
        self.floor_db += 0.1 * (lowest.max(-75.0) - self.floor_db);

        // A voice louder than the reference raises it at once; a softer one lowers it in seconds.
        let above_floor = level_db - self.floor_db;
        if level_db > self.reference_db {
            self.reference_db += 0.2 * (level_db - self.reference_db);
        } else if above_floor > 12.0 && level_db > self.reference_db - 20.0 {
            self.reference_db += 0.004 * (level_db + 6.0 - self.reference_db);
        } else if above_floor > 15.0 {
            self.reference_db -= 0.03;
        }
        let loudness_db = (level_db - self.reference_db).clamp(-60.0, 12.0);
        let presence = ramp(6.0, 14.0, above_floor)
            * ramp(ABSOLUTE_DB - 4.0, ABSOLUTE_DB + 8.0, level_db)
            * ramp(-46.0, -34.0, loudness_db);
        (loudness_db, presence)
    }
}
