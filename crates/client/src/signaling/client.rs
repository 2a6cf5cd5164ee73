use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex};

use visavis_wire::Secret;

use super::builder::ClientBuilder;
use super::core::Settings;
use super::session::{Events, Session};
use super::{Error, LoginOptions};
use crate::net::{Dialer, Endpoint};

/// An app and where its server is: the way to sessions. Cheap to clone.
///
/// ```no_run
/// # async fn chat() -> Result<(), visavis_client::signaling::Error> {
/// use visavis_client::signaling::{Client, Event};
///
/// let client = Client::builder().server("http://127.0.0.1:7400").app_id("dev-app").build()?;
/// let (session, mut events) = client.login("alice", "_no_need_token").await?;
/// session.message_instant_send("bob", "hello").await?;
/// while let Some(event) = events.next().await {
///     if let Event::MessageInstantReceive { account, msg, .. } = event {
///         println!("{account}: {msg}");
///         break;
///     }
/// }
/// session.logout().await
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Client(Arc<Inner>);

/// What the builder has checked.
pub(super) struct Inner {
    pub(super) discovery: Vec<Endpoint>,
    /// Servers to try, the next one first.
    pub(super) known: Mutex<VecDeque<Endpoint>>,
    pub(super) settings: Settings,
    pub(super) events_max: usize,
    pub(super) dialer: Arc<Dialer>,
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inner")
            .field("app_id", &self.settings.app_id)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Starts with the server of `visavis dev` and no app.
    #[must_use]
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// A client made from the environment: [`ClientBuilder::from_env`].
    ///
    /// # Errors
    /// 1004 when a variable is missing or wrong; the reason names it.
    pub fn from_env() -> Result<Self, Error> {
        ClientBuilder::from_env().build()
    }

    pub(super) fn new(inner: Inner) -> Self {
        Self(Arc::new(inner))
    }

    /// A session that is not logged in yet. Must be called within a tokio runtime.
    #[must_use]
    pub fn session(&self) -> (Session, Events) {
        Session::spawn(&self.0)
    }

    /// Opens a session and logs in.
    ///
    /// # Errors
    /// When the login fails: 200 to 209, or 1004.
    pub async fn login(
        &self,
        account: &str,
        token: impl Into<Secret>,
    ) -> Result<(Session, Events), Error> {
        self.login_with(LoginOptions::new(account, token)).await
    }

    /// Opens a session and logs in with options: `login2` of the native SDKs.
    ///
    /// # Errors
    /// When the login fails: 200 to 209, or 1004.
    pub async fn login_with(&self, options: LoginOptions) -> Result<(Session, Events), Error> {
        let (session, events) = self.session();
        session.login_with(options).await?;
        Ok((session, events))
    }
}
