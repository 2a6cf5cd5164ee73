//! What the hub does, in virtual time: one file per behaviour, one binary for all of them.

#![expect(
    clippy::needless_pass_by_value,
    reason = "`call(conn, func, json!({…}))` reads best"
)]

mod render;
mod rules;
mod store;
mod world;

mod any_sequence_keeps_the_rules;
mod apps_do_not_see_each_other;
mod attributes_are_kept_and_told;
mod channel_messages_reach_every_member;
mod channels_are_joined_and_left;
mod every_call_has_one_answer;
mod invitations_ring_and_end;
mod logins_are_checked_in_order;
mod messages_to_peers_wait_for_them;
mod one_login_per_account;
mod operators_see_and_do;
mod questions_are_answered;
mod rates_have_their_codes;
mod silent_connections_are_dropped;
mod something_goes_wrong_on_purpose;
mod the_store_may_fail;
mod tokens_expire;
mod webhooks_are_told;
