//! The signaling SDK against the hub: its core over connections that delay and break, in virtual time and under a seed,
//! and its sessions over real sockets. The store is in memory.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod causes;
mod loopback;
mod queue;
mod store;
mod world;

mod every_code_has_a_real_cause;
mod no_message_is_lost_repeated_or_out_of_order;
mod sessions_over_real_sockets;
