//! The animation engine. Its work runs on the runtime's blocking threads, of which there is one per worker.

mod convert;
mod feed;

pub(crate) use feed::{Feed, Worked};
