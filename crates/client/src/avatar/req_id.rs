use std::time::Duration;

/// The alphabet of nanoid; any 6 bits choose a character.
const ALPHABET: &[u8; 64] = b"useandom-26T198340PX75pxJACKVERYMINDBUSHWOLF_GQZbfghjklqvwyzrict";

/// Makes request ids: `YYYYMMDDHHMMSS_` in UTC, then 12 random characters.
#[derive(Debug, Clone)]
pub(crate) struct RequestIds {
    random: u64,
}

impl RequestIds {
    pub(crate) const fn new(seed: u64) -> Self {
        Self { random: seed }
    }

    /// The next id, at this time since 1970.
    pub(crate) fn next(&mut self, unix: Duration) -> String {
        let unix_s = unix.as_secs();
        let (year, month, day) = date(unix_s / 86_400);
        let (hour, minute, second) = (unix_s / 3600 % 24, unix_s / 60 % 60, unix_s % 60);
        let mut id = format!("{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}_");
        let mut bits = u128::from(self.random()) << 64 | u128::from(self.random());
        for _ in 0..12 {
            id.push(char::from(ALPHABET[(bits & 63) as usize]));
            bits >>= 6;
        }
        id
    }

    /// `SplitMix64` (Steele, Lea, Flood 2014).
    fn random(&mut self) -> u64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.random;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

/// The Gregorian date of a day since 1970 (Hinnant, `civil_from_days`).
const fn date(day: u64) -> (u64, u64, u64) {
    let z = day + 719_468;
    let era = z / 146_097;
    let day_of_era = z % 146_097;
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = year_of_era + era * 400 + (month <= 2) as u64;
    (year, month, day_of_year - (153 * shifted + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_the_second_and_twelve_characters() {
        let mut ids = RequestIds::new(7);
        let id = ids.next(Duration::from_secs(1_709_210_096));
        assert_eq!(&id[..15], "20240229123456_");
        assert_eq!(id.len(), 27);
        let later = ids.next(Duration::from_secs(1_709_210_100));
        assert_eq!(&later[..15], "20240229123500_");
        assert_ne!(id[15..], later[15..]);
    }

    #[test]
    fn dates_are_gregorian() {
        assert_eq!(date(0), (1970, 1, 1));
        assert_eq!(date(11_016), (2000, 2, 29));
        assert_eq!(date(20_453), (2025, 12, 31));
    }
}
