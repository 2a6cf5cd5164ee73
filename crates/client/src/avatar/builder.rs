use std::time::Duration;

use rustls::pki_types::{CertificateDer, pem::PemObject as _};
use visavis_wire::{AppId, AvatarId, Secret, limits::TOKEN_TTL_S_MAX};

use super::client::{Client, Parts};
use super::retry::{RetryBudget, RetryPolicy};
use crate::Error;
use crate::net::Endpoint;

/// Where `visavis dev` listens.
const DEV_SERVER: &str = "http://127.0.0.1:7400";

/// Builds a [`Client`].
///
/// The defaults are the endpoints of `visavis dev`, tokens of one hour, and the usual [`RetryPolicy`].
#[derive(Debug, Clone, Default)]
pub struct ClientBuilder {
    server: Option<String>,
    console: Option<String>,
    ingress: Option<String>,
    api_key: Option<Secret>,
    app_id: Option<String>,
    avatar_id: Option<String>,
    token_ttl: Option<Duration>,
    retry: RetryPolicy,
    budget: RetryBudget,
    roots_pem: Vec<Vec<u8>>,
}

impl ClientBuilder {
    /// Starts with what the environment says:
    ///
    /// | Variable | Setting |
    /// |---|---|
    /// | `VISAVIS_SERVER` | [`server`](Self::server) |
    /// | `VISAVIS_CONSOLE_ENDPOINT` | [`console_endpoint`](Self::console_endpoint) |
    /// | `VISAVIS_INGRESS_ENDPOINT` | [`ingress_endpoint`](Self::ingress_endpoint) |
    /// | `VISAVIS_API_KEY` | [`api_key`](Self::api_key) |
    /// | `VISAVIS_APP_ID` | [`app_id`](Self::app_id) |
    /// | `VISAVIS_AVATAR_ID` | [`avatar_id`](Self::avatar_id) |
    #[must_use]
    pub fn from_env() -> Self {
        Self::from_variables(|name| std::env::var(name).ok())
    }

    fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Self {
        let variable = |name: &str| variable(name).filter(|value| !value.is_empty());
        Self {
            server: variable("VISAVIS_SERVER"),
            console: variable("VISAVIS_CONSOLE_ENDPOINT"),
            ingress: variable("VISAVIS_INGRESS_ENDPOINT"),
            api_key: variable("VISAVIS_API_KEY").map(Secret::from),
            app_id: variable("VISAVIS_APP_ID"),
            avatar_id: variable("VISAVIS_AVATAR_ID"),
            ..Self::default()
        }
    }

    /// Fills what is still missing with the values of `visavis dev`, which are the same everywhere.
    ///
    /// They are no secret, and good for a dev server on this machine only.
    #[must_use]
    pub fn or_dev(mut self) -> Self {
        self.api_key.get_or_insert_with(|| Secret::from("dev-key"));
        self.app_id.get_or_insert_with(|| "dev-app".into());
        self.avatar_id.get_or_insert_with(|| "vera".into());
        self
    }

    /// The server's root, such as `https://avatars.example`; both endpoints follow from it.
    #[must_use]
    pub fn server(mut self, url: &str) -> Self {
        self.server = Some(url.into());
        self
    }

    /// Where session tokens come from: `https://…/v1/console`.
    #[must_use]
    pub fn console_endpoint(mut self, url: &str) -> Self {
        self.console = Some(url.into());
        self
    }

    /// Where sessions are opened: `wss://…/v2/driveningress`; `https` means the same.
    #[must_use]
    pub fn ingress_endpoint(mut self, url: &str) -> Self {
        self.ingress = Some(url.into());
        self
    }

    /// The API key of the app.
    #[must_use]
    pub fn api_key(mut self, key: impl Into<Secret>) -> Self {
        self.api_key = Some(key.into());
        self
    }

    /// The app that the key belongs to.
    #[must_use]
    pub fn app_id(mut self, app_id: &str) -> Self {
        self.app_id = Some(app_id.into());
        self
    }

    /// The avatar that speaks, unless a session names another.
    #[must_use]
    pub fn avatar_id(mut self, avatar_id: &str) -> Self {
        self.avatar_id = Some(avatar_id.into());
        self
    }

    /// How long session tokens are asked to live: 2 minutes to just under 24 hours. The usual is one hour.
    #[must_use]
    pub const fn token_ttl(mut self, ttl: Duration) -> Self {
        self.token_ttl = Some(ttl);
        self
    }

    /// When and how fast to retry.
    #[must_use]
    pub const fn retry_policy(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// How many retries all calls of this client may make together.
    #[must_use]
    pub const fn retry_budget(mut self, budget: RetryBudget) -> Self {
        self.budget = budget;
        self
    }

    /// Trusts these certificates, in PEM form, beside the system's: for servers with a private authority.
    #[must_use]
    pub fn root_certificates(mut self, pem: &[u8]) -> Self {
        self.roots_pem.push(pem.into());
        self
    }

    /// Checks the settings. Nothing is sent yet.
    ///
    /// # Errors
    /// When a setting is missing or wrong; the message names it and its variable.
    pub fn build(self) -> Result<Client, Error> {
        let server = self.server.as_deref().unwrap_or(DEV_SERVER);
        let server = endpoint("server (VISAVIS_SERVER)", server)?;
        let console = match &self.console {
            Some(url) => endpoint("console endpoint (VISAVIS_CONSOLE_ENDPOINT)", url)?,
            None => server.join("/v1/console"),
        };
        let ingress = match &self.ingress {
            Some(url) => endpoint("ingress endpoint (VISAVIS_INGRESS_ENDPOINT)", url)?,
            None => server.join("/v2/driveningress"),
        };
        let api_key = self
            .api_key
            .ok_or_else(|| missing("API key", "VISAVIS_API_KEY"))?;
        if !api_key.expose().bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Error::misuse(
                "the API key (VISAVIS_API_KEY) has a character that keys do not have",
            ));
        }
        let app_id = self
            .app_id
            .ok_or_else(|| missing("app id", "VISAVIS_APP_ID"))?;
        AppId::new(&app_id)
            .map_err(|why| Error::misuse(format!("the app id (VISAVIS_APP_ID) {why}")))?;
        let avatar_id = self
            .avatar_id
            .ok_or_else(|| missing("avatar id", "VISAVIS_AVATAR_ID"))?;
        check_avatar(&avatar_id)?;
        let token_ttl = self.token_ttl.unwrap_or(Duration::from_secs(3600));
        if !(120..TOKEN_TTL_S_MAX).contains(&token_ttl.as_secs()) {
            return Err(Error::misuse(
                "the token's life must be 2 minutes to just under 24 hours",
            ));
        }
        Ok(Client::new(Parts {
            console,
            ingress,
            api_key,
            app_id,
            avatar_id,
            token_ttl,
            retry: self.retry,
            budget: self.budget,
            roots: roots(&self.roots_pem)?,
        }))
    }
}

pub(super) fn check_avatar(avatar_id: &str) -> Result<(), Error> {
    AvatarId::new(avatar_id)
        .map(|_| ())
        .map_err(|why| Error::misuse(format!("the avatar id (VISAVIS_AVATAR_ID) {why}")))
}

fn endpoint(what: &str, url: &str) -> Result<Endpoint, Error> {
    Endpoint::parse(url).map_err(|why| Error::misuse(format!("the {what} {why}")))
}

fn missing(what: &str, variable: &str) -> Error {
    Error::misuse(format!("the {what} is missing: set it, or {variable}"))
}

fn roots(pems: &[Vec<u8>]) -> Result<Vec<CertificateDer<'static>>, Error> {
    let wrong = || Error::misuse("the root certificates are not PEM certificates");
    let mut roots = vec![];
    for pem in pems {
        let before = roots.len();
        for root in CertificateDer::pem_slice_iter(pem) {
            roots.push(root.map_err(|_| wrong())?);
        }
        if roots.len() == before {
            return Err(wrong());
        }
    }
    Ok(roots)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complete() -> ClientBuilder {
        ClientBuilder::default()
            .api_key("k")
            .app_id("a")
            .avatar_id("v")
    }

    fn message(builder: ClientBuilder) -> String {
        builder.build().unwrap_err().message().to_owned()
    }

    #[test]
    fn a_missing_or_wrong_setting_is_named() {
        assert!(complete().build().is_ok());
        assert!(ClientBuilder::default().or_dev().build().is_ok());
        assert!(message(ClientBuilder::default()).contains("VISAVIS_API_KEY"));
        assert!(message(complete().server("localhost")).contains("VISAVIS_SERVER"));
        assert!(message(complete().ingress_endpoint("ftp://a")).contains("ingress endpoint"));
        assert!(message(complete().app_id("")).contains("app id"));
        assert!(message(complete().token_ttl(Duration::from_secs(86_400))).contains("24 hours"));
        assert!(message(complete().root_certificates(b"x")).contains("PEM"));
        assert!(message(complete().api_key("with space")).contains("API key"));
    }

    #[test]
    fn the_environment_fills_the_settings_and_the_key_stays_hidden() {
        let builder = ClientBuilder::from_variables(|name| match name {
            "VISAVIS_API_KEY" => Some("sk-hidden".into()),
            "VISAVIS_APP_ID" => Some("shop".into()),
            "VISAVIS_AVATAR_ID" => Some("otto".into()),
            "VISAVIS_SERVER" => Some("https://avatars.example/".into()),
            _ => None,
        });
        let client = builder.build().unwrap();
        let debug = format!("{client:?}");
        assert!(
            debug.contains("https://avatars.example/v2/driveningress"),
            "{debug}"
        );
        assert!(!debug.contains("sk-hidden"));
    }
}
