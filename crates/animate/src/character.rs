/// A manner of moving: how lively a face is, not what it looks like.
///
/// Two characters that say the same sentence make the same mouth shapes, larger or smaller, and
/// differ in everything around the mouth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Character {
    /// Blinks per minute at rest; speaking adds a quarter.
    pub(crate) blinks_per_minute: f32,
    /// Factor on head rotation and translation.
    pub(crate) head: f32,
    /// Factor on nods.
    pub(crate) nod: f32,
    /// Roll of the head at rest, radians, positive raises the subject's left side.
    pub(crate) tilt: f32,
    /// Factor on how listening and thinking hold the face.
    pub(crate) bearing: f32,
    /// Factor on brow accents.
    pub(crate) brows: f32,
    /// Factor on the jaw, closures excepted.
    pub(crate) jaw: f32,
    /// Factor on rounding and spreading of the lips.
    pub(crate) lips: f32,
    /// Smile weight at rest.
    pub(crate) smile: f32,
    /// How much more the left half of the face moves than the right, -1 to 1.
    pub(crate) asymmetry: f32,
    /// Factor on the size of gaze shifts.
    pub(crate) gaze: f32,
    /// Lids lowered at rest.
    pub(crate) lids: f32,
    /// Brows lowered at rest.
    pub(crate) frown: f32,
}

impl Character {
    /// Lively and warm: wide mouth, quick brows, a head that joins in.
    pub const VERA: Self = Self {
        blinks_per_minute: 18.0,
        head: 1.0,
        nod: 1.0,
        tilt: 0.012,
        bearing: 1.0,
        brows: 1.0,
        jaw: 1.0,
        lips: 1.0,
        smile: 0.10,
        asymmetry: 0.05,
        gaze: 1.0,
        lids: 0.03,
        frown: 0.0,
    };

    /// Calm and dry: small mouth, heavy lids, a still head, a crooked left side.
    pub const OTTO: Self = Self {
        blinks_per_minute: 15.0,
        head: 0.45,
        nod: 0.4,
        tilt: -0.03,
        bearing: 0.6,
        brows: 0.45,
        jaw: 0.78,
        lips: 0.82,
        smile: 0.0,
        asymmetry: -0.16,
        gaze: 0.55,
        lids: 0.14,
        frown: 0.10,
    };

    /// The character called `name`, in any case: `vera` or `otto`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let all = [("vera", Self::VERA), ("otto", Self::OTTO)];
        all.into_iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, it)| it)
    }
}

impl Default for Character {
    fn default() -> Self {
        Self::VERA
    }
}
