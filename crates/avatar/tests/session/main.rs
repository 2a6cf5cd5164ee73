//! What a session does, in virtual time: one file per behaviour, one binary for all of them.

#![expect(
    clippy::needless_pass_by_value,
    reason = "`check(script, expect![[...]])` reads best"
)]

mod pair;
mod render;
mod rules;

mod a_closed_session_waits_for_its_peer;
mod a_refusal_waits_until_the_client_can_read_it;
mod a_session_is_confirmed_before_anything_else;
mod a_slow_engine_stops_the_reading;
mod any_sequence_keeps_the_rules;
mod bad_input_gets_its_code;
mod credits_are_reserved_committed_and_refunded;
mod egress_settings_are_checked;
mod holding_a_request_stops_its_clock;
mod requests_end_exactly_once;
mod server_faults_get_their_code;
mod something_goes_wrong_on_purpose;
mod timers_end_a_session_with_their_code;
