//! A real cause for every code that is not obsolete.

mod calls;
mod channels;
mod logins;
mod steps;

use visavis_client::signaling::Code;
use visavis_signal::Limits;

use crate::world::World;

/// Makes it happen, and says which client sees it.
type Act = fn(&mut World) -> usize;

/// Every cause, in the order of the codes.
pub(crate) fn causes() -> impl Iterator<Item = &'static (Code, &'static str, Act)> {
    [logins::CAUSES, channels::CAUSES, calls::CAUSES]
        .into_iter()
        .flatten()
}

pub(crate) fn limits() -> Limits {
    Limits::default()
}
