use super::{Session, unexpected};
use crate::signaling::core::{Reply, Request};
use crate::signaling::{ChannelSendOptions, Error, SendOptions};

impl Session {
    /// Sends to an account, which gets it now or at its next login. Returns the id of the message.
    ///
    /// Success means that the server has stored it. A message that the connection took along goes out again under the
    /// same id after a reconnect, and the server keeps it once.
    ///
    /// # Errors
    /// 400, 401; 1003 to 1005.
    pub async fn message_instant_send(&self, account: &str, msg: &str) -> Result<String, Error> {
        self.message_instant_send2(account, msg, "", SendOptions::default())
            .await
    }

    /// The same with an id of one's own, where it is not empty, and options: `messageInstantSend2`.
    ///
    /// Sent again under the same id within 5 minutes, after a 401 for instance, a message is stored once.
    ///
    /// # Errors
    /// As [`message_instant_send`](Self::message_instant_send); 400 `peer offline` with
    /// [`online_only`](SendOptions::online_only).
    pub async fn message_instant_send2(
        &self,
        account: &str,
        msg: &str,
        message_id: &str,
        options: SendOptions,
    ) -> Result<String, Error> {
        let send = Request::MessageInstantSend {
            account: account.to_owned(),
            msg: msg.to_owned(),
            message_id: message_id.to_owned(),
            options,
        };
        self.sent("send_instant_msg", send).await
    }

    /// Sends to everyone in a channel, this session included. Returns the id of the message.
    ///
    /// A channel keeps nothing: who is not in it misses the message. One whose acknowledgement was lost with the
    /// connection goes out again under the same id, which a restarted server does not know:
    /// it then comes once more, which sessions of this SDK pass over and published clients show.
    ///
    /// # Errors
    /// 400 `not in channel` or `rate limited`, 401; 1003 to 1005.
    pub async fn message_channel_send(&self, channel: &str, msg: &str) -> Result<String, Error> {
        self.message_channel_send2(channel, msg, "", ChannelSendOptions::default())
            .await
    }

    /// The same without being in the channel, where the server allows it.
    ///
    /// # Errors
    /// As [`message_channel_send`](Self::message_channel_send).
    pub async fn message_channel_send_force(
        &self,
        channel: &str,
        msg: &str,
    ) -> Result<String, Error> {
        let options = ChannelSendOptions::default().force();
        self.message_channel_send2(channel, msg, "", options).await
    }

    /// The same with an id of one's own, where it is not empty, and options: `messageChannelSend2`.
    ///
    /// # Errors
    /// As [`message_channel_send`](Self::message_channel_send).
    pub async fn message_channel_send2(
        &self,
        channel: &str,
        msg: &str,
        message_id: &str,
        options: ChannelSendOptions,
    ) -> Result<String, Error> {
        let send = Request::MessageChannelSend {
            channel: channel.to_owned(),
            msg: msg.to_owned(),
            message_id: message_id.to_owned(),
            options,
        };
        self.sent("send_channel_msg", send).await
    }

    async fn sent(&self, name: &'static str, send: Request) -> Result<String, Error> {
        match self.caller.call(name, send).await? {
            Reply::Sent(message_id) => Ok(message_id),
            reply => Err(unexpected(name, &reply)),
        }
    }
}
