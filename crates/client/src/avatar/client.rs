use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustls::pki_types::CertificateDer;
use visavis_wire::Secret;

use super::builder::ClientBuilder;
use super::retry::{RetryBudget, RetryPolicy};
use super::session::SessionBuilder;
use super::token::{self, SessionToken, TokenCache};
use crate::Error;
use crate::net::{Dialer, Endpoint};

/// Credentials and endpoints: the way to sessions. Cheap to clone; clones share the token and the retry budget.
///
/// ```
/// # fn main() -> Result<(), visavis_client::Error> {
/// use visavis_client::avatar::Client;
///
/// let client = Client::builder()
///     .console_endpoint("https://avatars.example/v1/console")
///     .ingress_endpoint("wss://avatars.example/v2/driveningress")
///     .api_key("key-of-the-shop")
///     .app_id("shop")
///     .avatar_id("vera")
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Client(Arc<Inner>);

pub(super) struct Inner {
    pub(super) console: Endpoint,
    pub(super) ingress: Endpoint,
    pub(super) api_key: Secret,
    pub(super) app_id: String,
    pub(super) avatar_id: String,
    pub(super) token_ttl: Duration,
    pub(super) retry: RetryPolicy,
    pub(super) dialer: Dialer,
    tokens: tokio::sync::Mutex<TokenCache>,
    budget: Mutex<RetryBudget>,
}

/// What the builder has checked.
pub(super) struct Parts {
    pub(super) console: Endpoint,
    pub(super) ingress: Endpoint,
    pub(super) api_key: Secret,
    pub(super) app_id: String,
    pub(super) avatar_id: String,
    pub(super) token_ttl: Duration,
    pub(super) retry: RetryPolicy,
    pub(super) budget: RetryBudget,
    pub(super) roots: Vec<CertificateDer<'static>>,
}

impl Client {
    /// Starts with the endpoints of `visavis dev` and nothing else.
    #[must_use]
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// A client made from the environment: [`ClientBuilder::from_env`].
    ///
    /// # Errors
    /// When a variable is missing or wrong; the message names it.
    pub fn from_env() -> Result<Self, Error> {
        ClientBuilder::from_env().build()
    }

    pub(super) fn new(parts: Parts) -> Self {
        Self(Arc::new(Inner {
            console: parts.console,
            ingress: parts.ingress,
            api_key: parts.api_key,
            app_id: parts.app_id,
            avatar_id: parts.avatar_id,
            token_ttl: parts.token_ttl,
            retry: parts.retry,
            dialer: Dialer::new(parts.roots),
            tokens: tokio::sync::Mutex::default(),
            budget: Mutex::new(parts.budget),
        }))
    }

    /// Prepares a session.
    #[must_use]
    pub fn session(&self) -> SessionBuilder {
        SessionBuilder::new(self.clone())
    }

    /// A session token that is good for a while yet: from the cache, or fetched.
    ///
    /// Sessions get theirs by themselves; this is for apps that hand tokens to their own clients.
    /// The call is idempotent and is retried as the client's [`RetryPolicy`] says.
    ///
    /// # Errors
    /// In phase `session_token`, when the server cannot be reached or refuses.
    pub async fn session_token(&self) -> Result<SessionToken, Error> {
        let mut cache = self.0.tokens.lock().await;
        if let Some(token) = cache.fresh(unix()) {
            return Ok(token);
        }
        let token = self.retrying(|| token::fetch(&self.0)).await?;
        cache.keep(&token);
        Ok(token)
    }

    /// Forgets a token that the server would not take.
    pub(super) async fn forget(&self, token: &SessionToken) {
        self.0.tokens.lock().await.forget(token);
    }

    /// Forgets whatever token there is.
    pub(super) async fn forget_all(&self) {
        *self.0.tokens.lock().await = TokenCache::default();
    }

    pub(super) fn inner(&self) -> &Inner {
        &self.0
    }

    /// Takes a retry out of the budget; false when there is none left.
    pub(super) fn may_retry(&self) -> bool {
        self.budget(|budget| budget.take(unix()))
    }

    /// Pays back for a success.
    pub(super) fn succeeded(&self) {
        self.budget(|budget| budget.succeeded(unix()));
    }

    fn budget<T>(&self, call: impl FnOnce(&mut RetryBudget) -> T) -> T {
        call(&mut self.0.budget.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Makes an idempotent call until it succeeds, the advice forbids, or attempts or budget are used up.
    async fn retrying<T, F>(&self, call: impl Fn() -> F) -> Result<T, Error>
    where
        F: Future<Output = Result<T, Error>>,
    {
        let mut failures = 0;
        loop {
            let error = match call().await {
                Ok(done) => {
                    self.succeeded();
                    return Ok(done);
                }
                Err(error) => error,
            };
            failures += 1;
            let delay = self.0.retry.delay(&error, failures, super::random());
            match delay {
                Some(delay) if self.may_retry() => tokio::time::sleep(delay).await,
                _ => return Err(error),
            }
        }
    }
}

impl std::fmt::Debug for Inner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inner")
            .field("console", &self.console.to_string())
            .field("ingress", &self.ingress.to_string())
            .field("api_key", &self.api_key)
            .field("app_id", &self.app_id)
            .field("avatar_id", &self.avatar_id)
            .finish_non_exhaustive()
    }
}

/// Time since 1970.
pub(super) fn unix() -> Duration {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
}
