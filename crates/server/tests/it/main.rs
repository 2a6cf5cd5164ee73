//! The real binary on loopback. These are few: behaviour is tested in the cores, in virtual time.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod a_flood_of_faults_leaves_nothing_behind;
mod animate_shows_what_it_made;
mod bad_configuration_names_the_key_and_the_fix;
mod every_code_is_had_on_purpose_and_no_log_line_holds_a_secret;
mod process;
mod what_was_acknowledged_survives_two_hundred_kills;
