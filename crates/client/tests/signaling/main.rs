//! The signaling SDK's core against the hub, with a store in memory and connections that delay and break, in virtual
//! time and under a seed.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod causes;
mod queue;
mod store;
mod world;

mod every_code_has_a_real_cause;
mod no_message_is_lost_repeated_or_out_of_order;
