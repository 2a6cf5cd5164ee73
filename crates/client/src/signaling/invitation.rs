use tokio::sync::watch;

use super::core::Request;
use super::session::Caller;
use super::{Error, InvitationEnd, InvitationState, Side};

/// One invitation, on either side of it.
///
/// It comes to exactly one end on each side, whatever happens in between.
/// Dropping it does not end it.
#[derive(Debug, Clone)]
pub struct Invitation {
    caller: Caller,
    side: Side,
    channel: String,
    account: String,
    state: watch::Receiver<InvitationState>,
}

impl Invitation {
    pub(super) fn new(
        caller: Caller,
        side: Side,
        channel: &str,
        account: &str,
        state: watch::Receiver<InvitationState>,
    ) -> Self {
        Self {
            caller,
            side,
            channel: channel.to_owned(),
            account: account.to_owned(),
            state,
        }
    }

    /// Which side this is.
    #[must_use]
    pub const fn side(&self) -> Side {
        self.side
    }

    /// The channel that it is for.
    #[must_use]
    pub fn channel(&self) -> &str {
        &self.channel
    }

    /// The other side.
    #[must_use]
    pub fn account(&self) -> &str {
        &self.account
    }

    /// How far it has come.
    #[must_use]
    pub fn state(&self) -> InvitationState {
        *self.state.borrow()
    }

    /// Waits until it is in another state than when this was last called, and returns that.
    /// An invitation that is over is returned at once.
    pub async fn changed(&mut self) -> InvitationState {
        if !self.state().is_over() {
            // An error means that the session is gone; the last state stands.
            let _ = self.state.changed().await;
        }
        *self.state.borrow_and_update()
    }

    /// Waits until the callee accepted, or until it is over in another way.
    ///
    /// # Errors
    /// How it ended.
    pub async fn accepted(&mut self) -> Result<(), InvitationEnd> {
        loop {
            match self.state() {
                InvitationState::Accepted => return Ok(()),
                InvitationState::Ended(end) => return Err(end),
                InvitationState::Calling | InvitationState::Waiting | InvitationState::Ringing => {
                    if self.state.changed().await.is_err() {
                        return Err(InvitationEnd::ByMyself);
                    }
                }
            }
        }
    }

    /// Waits until it is over.
    pub async fn ended(&mut self) -> InvitationEnd {
        loop {
            if let InvitationState::Ended(end) = self.state() {
                return end;
            }
            if self.state.changed().await.is_err() {
                return InvitationEnd::ByMyself;
            }
        }
    }

    /// The callee accepts; `extra` reaches the caller unchanged.
    ///
    /// # Errors
    /// 700 `no such invitation` when it came too late; 1003 to 1005.
    pub async fn accept(&self, extra: &str) -> Result<(), Error> {
        self.caller
            .accept(&self.channel, &self.account, extra)
            .await
    }

    /// The callee refuses. Busy is `{"reason":"busy"}`.
    ///
    /// # Errors
    /// 700 `no such invitation` when it came too late; 1003 to 1005.
    pub async fn refuse(&self, extra: &str) -> Result<(), Error> {
        self.caller
            .refuse(&self.channel, &self.account, extra)
            .await
    }

    /// Ends it from this side, at any time. It is over here at once, whatever the server answers.
    ///
    /// # Errors
    /// 700 `no such invitation` when the other side was faster; 1003 to 1005.
    pub async fn end(&self) -> Result<(), Error> {
        self.caller.end(&self.channel, &self.account, "").await
    }

    /// Sends digits, 0 to 9, `*` and `#`, to the other side.
    ///
    /// # Errors
    /// 700 `no such invitation`; 1003; 1004 for other digits.
    pub async fn dtmf(&self, digits: &str) -> Result<(), Error> {
        self.caller.dtmf(&self.channel, &self.account, digits).await
    }
}

impl Caller {
    pub(super) async fn accept(
        &self,
        channel: &str,
        account: &str,
        extra: &str,
    ) -> Result<(), Error> {
        let request = Request::InviteAccept {
            channel: channel.into(),
            account: account.into(),
            extra: extra.into(),
        };
        self.call("invite_accept", request).await.map(drop)
    }

    pub(super) async fn refuse(
        &self,
        channel: &str,
        account: &str,
        extra: &str,
    ) -> Result<(), Error> {
        let request = Request::InviteRefuse {
            channel: channel.into(),
            account: account.into(),
            extra: extra.into(),
        };
        self.call("invite_refuse", request).await.map(drop)
    }

    pub(super) async fn end(&self, channel: &str, account: &str, extra: &str) -> Result<(), Error> {
        let request = Request::InviteEnd {
            channel: channel.into(),
            account: account.into(),
            extra: extra.into(),
        };
        self.call("invite_end", request).await.map(drop)
    }

    pub(super) async fn dtmf(
        &self,
        channel: &str,
        account: &str,
        digits: &str,
    ) -> Result<(), Error> {
        let request = Request::InviteDtmf {
            channel: channel.into(),
            account: account.into(),
            digits: digits.into(),
        };
        self.call("invite_dtmf", request).await.map(drop)
    }
}
