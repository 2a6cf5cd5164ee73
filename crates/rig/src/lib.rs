//! The drawn face of visavis: weights of ARKit's 52 blendshapes and the pose of a head go in,
//! shapes come out, and pixels if wanted.
//!
//! `web/rig/face.json` is the only definition of the drawing. `web/rig/rig.js` reads it in
//! browsers, this crate everywhere else, and both give the same points. What it deliberately does
//! not know: speech, time, files and encoders.
//!
//! ```
//! use visavis_rig::{Head, Rig, paint};
//!
//! let vera = Rig::new("vera")?;
//! let mut weights = [0.0; 52];
//! weights[17] = 0.6; // jawOpen
//! let shapes = vera.shapes(&weights, &Head::default());
//! let picture = paint::square(&shapes, 120)?;
//! assert_eq!(picture.width(), 120);
//! # Ok::<(), visavis_rig::RigError>(())
//! ```

mod compile;
mod definition;
mod error;
pub mod paint;
mod pose;
mod rig;
pub mod text;

/// The definition of the drawing, as JSON: what `SCRIPT` is given in a browser.
pub const FACE: &str = definition::FACE;
/// The interpreter for browsers, an ES module: `createRig`, `shapes` and `draw`.
pub const SCRIPT: &str = include_str!("../../../web/rig/rig.js");

pub use error::RigError;
pub use pose::Head;
pub use rig::{Rig, SIZE, Shape};
