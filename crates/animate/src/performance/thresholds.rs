/// Declares [`Thresholds`] with its defaults, and its names for programs that tune it.
macro_rules! thresholds {
    ($($(#[doc = $doc:literal])+ $name:ident = $value:literal;)+) => {
        /// Where the decoder draws its lines; all in one place, since a program tunes them.
        ///
        /// The defaults are starting values of the product's specification, tuned on voices that
        /// are not used to report figures. Weights are 0 to 1, steps are of 10 ms.
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub struct Thresholds {
            $($(#[doc = $doc])+ pub $name: f32,)+
        }

        impl Default for Thresholds {
            fn default() -> Self {
                Self { $($name: $value,)+ }
            }
        }

        impl Thresholds {
            /// Every name that [`set`](Self::set) knows.
            pub const NAMES: &[&str] = &[$(stringify!($name),)+];

            /// Sets the value called `name`; says whether there is one.
            pub fn set(&mut self, name: &str, value: f32) -> bool {
                match name {
                    $(stringify!($name) => self.$name = value,)+
                    _ => return false,
                }
                true
            }
        }
    };
}

thresholds! {
    /// Share of the previous instant in a smoothed posterior.
    before = 0.265;
    /// Share of the next instant in it, where the lookahead already tells of that one.
    after = 0.20;
    /// Added to the weight of the mouth shape decided last, against flicker.
    stay = 0.0;

    /// Weight of p and b at which lips close.
    stop_enter = 0.57;
    /// Weight of m at which lips close.
    murmur_enter = 0.572;
    /// Weight of f and v at which the lip goes to the teeth.
    teeth_enter = 0.495;
    /// Share of the weight to enter with at which a run begins that will reach it within the lookahead.
    begin = 0.775;
    /// Weight below which a contact ends.
    leave = 0.41;
    /// Mean weight, as a share of that to enter with, over the known part of a run that may begin.
    mean = 0.80;
    /// Steps that a contact lasts at least.
    least = 2.0;
    /// Steps between two runs that are joined, as far as the lookahead tells.
    join = 1.0;
    /// How much more weight lips need to close in a sound as loud as the loudest of late.
    loud = 0.245;

    /// Weight of sounds other than silence, over two instants, at which a mouth at rest begins to speak.
    wake = 0.50;
    /// Presence that it needs beside.
    heard = 0.02;
    /// Weight of silence above which speech may have ended.
    hush = 0.50;
    /// Steps of silence below the noise floor's margin after which the mouth rests; a stop is shorter.
    rest = 12.0;
    /// Steps of silence by weight alone after which it rests, though something sounds: breath, noise.
    rest_in_noise = 20.0;
    /// Steps without presence after which it rests whatever the weights say.
    rest_unheard = 50.0;

    /// Highest weight of a phone below which an instant counts as not understood.
    unsure = 0.30;
    /// Steps of such instants after which loudness and brightness alone move the mouth.
    unsure_steps = 50.0;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_sets_its_own_value() {
        for (n, name) in Thresholds::NAMES.iter().enumerate() {
            let mut lines = Thresholds::default();
            assert!(lines.set(name, 100.0 + n as f32));
            assert_ne!(lines, Thresholds::default());
        }
        assert!(!Thresholds::default().set("nothing", 1.0));
    }
}
