//! The handle of a session, and its events.

mod attributes;
mod channels;
mod general;
mod invitations;
mod messages;

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};
use visavis_codes::signaling::{Cause, Family};
use visavis_wire::Secret;

use super::client::Inner;
use super::core::{Reply, Request};
use super::driver::{Answer, Call, Driver};
use super::shared::Shared;
use super::{Error, Event, LoginOptions, Status};

/// Calls that may wait for the session's task.
const CALLS_MAX: usize = 64;

/// One user of the service, logged in or not, over as many connections as it takes. Cheap to clone.
///
/// Every call of the native SDKs is here, named as there. A call returns its result; the callback that the native SDKs
/// have for it comes as an [`Event`] too. While a lost connection is being restored, calls wait.
///
/// When the last clone is dropped, the connection is dropped and the session's task ends. [`logout`](Self::logout)
/// first, so that others see at once that the account is gone.
#[derive(Debug, Clone)]
pub struct Session {
    caller: Caller,
    _task: Arc<AbortOnDrop>,
}

/// The way to the session's task.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    calls: mpsc::Sender<Call>,
    pub(super) shared: Arc<Shared>,
}

impl Session {
    pub(super) fn spawn(client: &Arc<Inner>) -> (Self, Events) {
        let (calls, calls_out) = mpsc::channel(CALLS_MAX);
        let (events_in, events) = mpsc::channel(client.events_max);
        let shared = Arc::new(Shared::default());
        let driver = Driver::new(
            Arc::clone(client),
            calls_out,
            events_in,
            Arc::clone(&shared),
        );
        let task = tokio::spawn(driver.run());
        let session = Self {
            caller: Caller { calls, shared },
            _task: Arc::new(AbortOnDrop(task)),
        };
        (session, Events(events))
    }

    /// Logs in. Returns the account's number.
    ///
    /// # Errors
    /// 200 to 209; 208 when it is logged in, which leaves that login as it is; 1004.
    pub async fn login(&self, account: &str, token: impl Into<Secret>) -> Result<u32, Error> {
        self.login_with(LoginOptions::new(account, token)).await
    }

    /// Logs in with options: `login2` of the native SDKs.
    ///
    /// # Errors
    /// As [`login`](Self::login).
    pub async fn login_with(&self, options: LoginOptions) -> Result<u32, Error> {
        match self.caller.call("login", Request::Login(options)).await? {
            Reply::LoggedIn(uid) => Ok(uid),
            reply => Err(unexpected("login", &reply)),
        }
    }

    /// Logs out. A login under way fails with 203.
    ///
    /// # Errors
    /// 108 when it is not logged in.
    pub async fn logout(&self) -> Result<(), Error> {
        self.done("logout", Request::Logout).await
    }

    /// How it is logged in: `getStatus`.
    #[must_use]
    pub fn status(&self) -> Status {
        self.caller.shared.status()
    }

    /// Deprecated in the native SDKs: true when [`status`](Self::status) is [`Status::LoggedIn`].
    #[must_use]
    pub fn is_online(&self) -> bool {
        self.status() == Status::LoggedIn
    }

    /// Replaces the token of this login: for the server, and for reconnects.
    ///
    /// # Errors
    /// 204 or 206 when the server does not take it; the login stays as it is.
    pub async fn renew_token(&self, token: impl Into<Secret>) -> Result<(), Error> {
        let token = token.into();
        self.done("renew_token", Request::RenewToken(token)).await
    }

    async fn done(&self, name: &'static str, request: Request) -> Result<(), Error> {
        self.caller.call(name, request).await.map(drop)
    }
}

impl Caller {
    pub(super) async fn call(&self, name: &'static str, request: Request) -> Result<Reply, Error> {
        self.ask(name, request).await.map(|answer| answer.reply)
    }

    pub(super) async fn ask(&self, name: &'static str, request: Request) -> Result<Answer, Error> {
        let (reply, answer) = oneshot::channel();
        let over = || Error::of(name, Cause::NotLoggedIn, Family::General);
        if self.calls.send(Call { request, reply }).await.is_err() {
            return Err(over());
        }
        answer.await.unwrap_or_else(|_| Err(over()))
    }
}

/// A reply that does not belong to its call: a mistake of this SDK.
fn unexpected(call: &'static str, reply: &Reply) -> Error {
    let reason = format!("unexpected reply {reply:?}");
    Error::new(call, super::Code::GeneralUnknown, &reason, false)
}

/// What a session tells, in order.
///
/// The queue is bounded. A session whose events are not read stops reading its connection once it is full, after which
/// the server gives up on it and calls time out; nothing acknowledged is lost by that, since the server keeps peer
/// messages. Events that merely repeat the result of a call, and [`Event::Delivered`], are left out then. An app that wants no events drops this.
#[derive(Debug)]
pub struct Events(mpsc::Receiver<Event>);

impl Events {
    /// The next event; `None` once the session is dropped. Cancel safe.
    pub async fn next(&mut self) -> Option<Event> {
        self.0.recv().await
    }

    /// The next event, if it is there already.
    pub fn try_next(&mut self) -> Option<Event> {
        self.0.try_recv().ok()
    }
}

impl futures_util::Stream for Events {
    type Item = Event;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Event>> {
        self.0.poll_recv(cx)
    }
}

/// No task outlives its session.
#[derive(Debug)]
struct AbortOnDrop(tokio::task::JoinHandle<()>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}
