use std::time::Duration;

use serde::Deserialize;
use visavis_signal::{Delivery, Limits};

use crate::signaling::Options;

/// The table `[signaling]`: limits of the signaling service, each with a code for when it is reached.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Signaling {
    /// Seconds of silence after which a client is dropped.
    silence_max_s: u64,
    /// Seconds that a connection may stay without a login.
    login_timeout_s: u64,
    /// Seconds that an expired token stays good for an account whose connection was lost; 0 turns it off.
    relogin_grace_s: u64,
    logins_max: usize,
    channels_per_app_max: usize,
    channel_members_max: usize,
    /// Above this many members, joins and leaves become counts.
    notices_members_max: usize,
    queue_messages_max: u32,
    user_messages_per_s: u32,
    channel_messages_per_s: u32,
    attribute_changes_per_s: u32,
    user_calls_per_s: u32,
    connection_frames_per_s: u32,
    /// Seconds that a message to a peer may wait, whatever its flag says.
    message_ttl_max_s: u64,
    /// Seconds that a channel's attributes outlive its last member.
    channel_ttl_s: u64,
    /// Whether `force` may send into a channel without joining it.
    force_allowed: bool,
    /// Long frames are deflated for clients that allow it.
    deflate: bool,
    /// Frames that wait together become one `multi` for clients that allow binary frames.
    multi: bool,
    /// How messages to peers are delivered and acknowledged.
    delivery: DeliveryMode,
}

/// The delivery modes of the protocol.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum DeliveryMode {
    /// Every message has a version; clients acknowledge all up to one.
    #[default]
    Version,
    /// Messages are pushed, and acknowledged one by one.
    MessageId,
}

impl Default for Signaling {
    fn default() -> Self {
        let limits = Limits::default();
        Self {
            silence_max_s: limits.silence_max.as_secs(),
            login_timeout_s: limits.login_timeout.as_secs(),
            relogin_grace_s: limits.relogin_grace.as_secs(),
            logins_max: limits.logins_max,
            channels_per_app_max: limits.channels_per_app_max,
            channel_members_max: limits.channel_members_max,
            notices_members_max: limits.notices_members_max,
            queue_messages_max: limits.queue_messages_max,
            user_messages_per_s: limits.user_messages_per_s,
            channel_messages_per_s: limits.channel_messages_per_s,
            attribute_changes_per_s: limits.attribute_changes_per_s,
            user_calls_per_s: limits.user_calls_per_s,
            connection_frames_per_s: limits.connection_frames_per_s,
            message_ttl_max_s: limits.message_ttl_max.as_secs(),
            channel_ttl_s: limits.channel_ttl.as_secs(),
            force_allowed: limits.force_allowed,
            deflate: false,
            multi: false,
            delivery: DeliveryMode::default(),
        }
    }
}

impl Signaling {
    /// What the service is started with.
    pub(crate) fn options(&self) -> Options {
        let limits = Limits {
            silence_max: Duration::from_secs(self.silence_max_s),
            login_timeout: Duration::from_secs(self.login_timeout_s),
            relogin_grace: Duration::from_secs(self.relogin_grace_s),
            logins_max: self.logins_max,
            channels_per_app_max: self.channels_per_app_max,
            channel_members_max: self.channel_members_max,
            notices_members_max: self.notices_members_max,
            queue_messages_max: self.queue_messages_max,
            user_messages_per_s: self.user_messages_per_s,
            channel_messages_per_s: self.channel_messages_per_s,
            attribute_changes_per_s: self.attribute_changes_per_s,
            user_calls_per_s: self.user_calls_per_s,
            connection_frames_per_s: self.connection_frames_per_s,
            message_ttl_max: Duration::from_secs(self.message_ttl_max_s),
            channel_ttl: Duration::from_secs(self.channel_ttl_s),
            force_allowed: self.force_allowed,
            delivery: match self.delivery {
                DeliveryMode::Version => Delivery::ByVersion,
                DeliveryMode::MessageId => Delivery::ByMessageId,
            },
            ..Limits::default()
        };
        Options {
            limits,
            deflate: self.deflate,
            multi: self.multi,
        }
    }

    /// The keys where 0 is a mistake, or where a unit is easily confused.
    pub(super) fn check(&self) -> Result<(), String> {
        let positive = [
            ("silence_max_s", self.silence_max_s),
            ("login_timeout_s", self.login_timeout_s),
            ("logins_max", self.logins_max as u64),
            ("channels_per_app_max", self.channels_per_app_max as u64),
            ("channel_members_max", self.channel_members_max as u64),
            ("queue_messages_max", self.queue_messages_max.into()),
            ("user_messages_per_s", self.user_messages_per_s.into()),
            ("channel_messages_per_s", self.channel_messages_per_s.into()),
            ("user_calls_per_s", self.user_calls_per_s.into()),
            (
                "connection_frames_per_s",
                self.connection_frames_per_s.into(),
            ),
        ];
        if let Some((key, _)) = positive.iter().find(|(_, value)| *value == 0) {
            return Err(format!(
                "key signaling.{key}: 0 is not possible; use at least 1"
            ));
        }
        let seconds = [
            ("silence_max_s", self.silence_max_s),
            ("login_timeout_s", self.login_timeout_s),
            ("relogin_grace_s", self.relogin_grace_s),
            ("message_ttl_max_s", self.message_ttl_max_s),
            ("channel_ttl_s", self.channel_ttl_s),
        ];
        match seconds.iter().find(|(_, value)| *value > 31_536_000) {
            Some((key, value)) => Err(format!(
                "key signaling.{key}: {value} is more than a year; the unit is seconds"
            )),
            None => Ok(()),
        }
    }
}
