//! The animation engine. Its work runs on the runtime's blocking threads, of which there is one per worker; what waits
//! is done together.

mod convert;
mod feed;
mod workbench;

pub(crate) use feed::{Feed, Worked};
pub(crate) use workbench::Workbench;
