//! The SDK against small servers on loopback.

mod server;

mod a_failure_is_reported_once_with_all_that_is_known;
mod a_session_streams_both_ways;
mod a_run_survives_what_it_may;
