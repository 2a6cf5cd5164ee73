use super::{Session, unexpected};
use crate::signaling::core::{Reply, Request};
use crate::signaling::{Error, Invitation, Side};

impl Session {
    /// Invites an account to a channel. Neither side joins it by that.
    ///
    /// # Errors
    /// 700 to 703; 1003 to 1005. Later failures end the [`Invitation`].
    pub async fn channel_invite_user(
        &self,
        channel: &str,
        account: &str,
    ) -> Result<Invitation, Error> {
        self.channel_invite_user2(channel, account, "").await
    }

    /// The same with an extra, JSON text: `_require_peer_online` 1 fails at once when the peer is offline, `_timeout`
    /// is in seconds, the rest is for the peer.
    ///
    /// # Errors
    /// As [`channel_invite_user`](Self::channel_invite_user).
    pub async fn channel_invite_user2(
        &self,
        channel: &str,
        account: &str,
        extra: &str,
    ) -> Result<Invitation, Error> {
        let invite = Request::Invite {
            channel: channel.to_owned(),
            account: account.to_owned(),
            extra: extra.to_owned(),
        };
        let answer = self.caller.ask("invite", invite).await?;
        match (answer.reply, answer.invitation) {
            (Reply::Invited(_), Some(state)) => Ok(Invitation::new(
                self.caller.clone(),
                Side::Caller,
                channel,
                account,
                state,
            )),
            (reply, _) => Err(unexpected("invite", &reply)),
        }
    }

    /// The open invitation between this account and another for a channel, such as the one that
    /// [`Event::InviteReceived`](crate::signaling::Event::InviteReceived) tells of; `None` when it is over.
    #[must_use]
    pub fn invitation(&self, channel: &str, account: &str) -> Option<Invitation> {
        [Side::Callee, Side::Caller].into_iter().find_map(|side| {
            let key = (side, channel.to_owned(), account.to_owned());
            let state = self.caller.shared.find(&key)?;
            Some(Invitation::new(
                self.caller.clone(),
                side,
                channel,
                account,
                state,
            ))
        })
    }

    /// Accepts, as [`Invitation::accept`] does.
    ///
    /// # Errors
    /// 700 `no such invitation`; 1003 to 1005.
    pub async fn channel_invite_accept(
        &self,
        channel: &str,
        account: &str,
        extra: &str,
    ) -> Result<(), Error> {
        self.caller.accept(channel, account, extra).await
    }

    /// Refuses, as [`Invitation::refuse`] does.
    ///
    /// # Errors
    /// 700 `no such invitation`; 1003 to 1005.
    pub async fn channel_invite_refuse(
        &self,
        channel: &str,
        account: &str,
        extra: &str,
    ) -> Result<(), Error> {
        self.caller.refuse(channel, account, extra).await
    }

    /// Ends, as [`Invitation::end`] does.
    ///
    /// # Errors
    /// 700 `no such invitation`; 1003 to 1005.
    pub async fn channel_invite_end(&self, channel: &str, account: &str) -> Result<(), Error> {
        self.caller.end(channel, account, "").await
    }

    /// Sends digits, as [`Invitation::dtmf`] does.
    ///
    /// # Errors
    /// 700 `no such invitation`; 1003, 1004.
    pub async fn channel_invite_dtmf(
        &self,
        channel: &str,
        account: &str,
        digits: &str,
    ) -> Result<(), Error> {
        self.caller.dtmf(channel, account, digits).await
    }
}
