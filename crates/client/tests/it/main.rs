//! The SDK against small servers on loopback, and its core against the server's in virtual time.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod server;
mod world;

mod a_failure_is_reported_once_with_all_that_is_known;
mod a_run_survives_what_it_may;
mod a_session_streams_both_ways;
mod servers_with_a_private_authority_are_reached_over_tls;
mod the_server_s_core_over_lossy_links;
