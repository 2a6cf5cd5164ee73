use std::fmt;

/// Displays a number with this many digits after the point, and what rounds to zero without a sign.
///
/// ```
/// use visavis_animate::export::Fixed;
///
/// assert_eq!(Fixed::<3>(-0.0004).to_string(), "0.000");
/// assert_eq!(Fixed::<3>(-0.0006).to_string(), "-0.001");
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fixed<const PLACES: usize>(pub f32);

impl<const PLACES: usize> fmt::Display for Fixed<PLACES> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let half_a_digit = 0.5 * 0.1f64.powi(PLACES as i32);
        let rounds_to_zero = f64::from(self.0).abs() < half_a_digit;
        let value = if rounds_to_zero { 0.0 } else { self.0 };
        write!(f, "{value:.PLACES$}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_sign_of_zero_is_dropped() {
        let around_the_edge = (-50..=50).map(|step: i32| {
            let bits = 0.000_000_5f32.to_bits().wrapping_add_signed(step);
            f32::from_bits(bits)
        });
        for value in around_the_edge.chain([0.0, 1e-30, 0.25, 1.0, 1e9]) {
            for value in [value, -value] {
                let plain = format!("{value:.6}");
                let expected = if plain == "-0.000000" {
                    "0.000000"
                } else {
                    &plain
                };
                assert_eq!(Fixed::<6>(value).to_string(), expected);
            }
        }
    }
}
