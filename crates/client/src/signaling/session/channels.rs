use super::{Session, unexpected};
use crate::signaling::core::{Reply, Request};
use crate::signaling::{Error, User};

impl Session {
    /// Joins a channel and returns its users, the latest 200 at most. A login may be in 50.
    ///
    /// # Errors
    /// 300 when the channel is full or reserved; 1003 to 1005.
    pub async fn channel_join(&self, channel: &str) -> Result<Vec<User>, Error> {
        let channel = channel.to_owned();
        let join = Request::ChannelJoin { channel };
        match self.caller.call("channel_join", join).await? {
            Reply::Joined(users) => Ok(users),
            reply => Err(unexpected("channel_join", &reply)),
        }
    }

    /// Leaves a channel. [`Event::ChannelLeaved`](crate::signaling::Event::ChannelLeaved) comes at once.
    ///
    /// # Errors
    /// 1003 to 1005; leaving a channel that one is not in succeeds.
    pub async fn channel_leave(&self, channel: &str) -> Result<(), Error> {
        let channel = channel.to_owned();
        self.done("channel_leave", Request::ChannelLeave { channel })
            .await
    }

    /// How many users a channel has.
    ///
    /// # Errors
    /// 500, 501; 1003 to 1005.
    pub async fn channel_query_user_num(&self, channel: &str) -> Result<u64, Error> {
        let channel = channel.to_owned();
        let count = Request::ChannelQueryUserNum { channel };
        match self.caller.call("channel_query", count).await? {
            Reply::Count(count) => Ok(count),
            reply => Err(unexpected("channel_query", &reply)),
        }
    }

    /// Whether an account is in a channel.
    ///
    /// # Errors
    /// 1000 to 1005.
    pub async fn channel_query_user_is_in(
        &self,
        channel: &str,
        account: &str,
    ) -> Result<bool, Error> {
        let (channel, account) = (channel.to_owned(), account.to_owned());
        let query = Request::ChannelQueryUserIsIn { channel, account };
        match self.caller.call("channel_query", query).await? {
            Reply::Flag(is_in) => Ok(is_in),
            reply => Err(unexpected("channel_query", &reply)),
        }
    }

    /// Sets an attribute of a channel that this session is in. Everyone there, this session included, gets
    /// [`Event::ChannelAttrUpdated`](crate::signaling::Event::ChannelAttrUpdated).
    ///
    /// # Errors
    /// 1000 to 1005; 1001 `not in channel`.
    pub async fn channel_set_attr(
        &self,
        channel: &str,
        name: &str,
        value: &str,
    ) -> Result<(), Error> {
        let (channel, name) = (channel.to_owned(), name.to_owned());
        let value = value.to_owned();
        let set = Request::ChannelSetAttr {
            channel,
            name,
            value,
        };
        self.done("channel_attr", set).await
    }

    /// Removes an attribute of a channel.
    ///
    /// # Errors
    /// As [`channel_set_attr`](Self::channel_set_attr).
    pub async fn channel_del_attr(&self, channel: &str, name: &str) -> Result<(), Error> {
        let (channel, name) = (channel.to_owned(), name.to_owned());
        self.done("channel_attr", Request::ChannelDelAttr { channel, name })
            .await
    }

    /// Removes all attributes of a channel.
    ///
    /// # Errors
    /// As [`channel_set_attr`](Self::channel_set_attr).
    pub async fn channel_clear_attr(&self, channel: &str) -> Result<(), Error> {
        let channel = channel.to_owned();
        self.done("channel_attr", Request::ChannelClearAttr { channel })
            .await
    }
}
