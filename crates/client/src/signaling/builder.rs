use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::pki_types::{CertificateDer, pem::PemObject as _};

use super::client::{Client, Inner};
use super::core::Settings;
use super::{Code, Error};
use crate::net::{Dialer, Endpoint};

/// Where `visavis dev` listens.
const DEV_SERVER: &str = "http://127.0.0.1:7400";

/// Where a server's signaling is when its URL has no path.
const PATH: &str = "/signaling";

/// Builds a [`Client`]. Without a server it is that of `visavis dev`.
#[derive(Clone)]
pub struct ClientBuilder {
    server: Option<String>,
    discovery: Vec<String>,
    settings: Settings,
    events_max: usize,
    roots_pem: Vec<Vec<u8>>,
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("server", &self.server)
            .field("discovery", &self.discovery)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

impl Default for ClientBuilder {
    fn default() -> Self {
        Self {
            server: None,
            discovery: Vec::new(),
            settings: Settings::new(""),
            events_max: 1024,
            roots_pem: Vec::new(),
        }
    }
}

impl ClientBuilder {
    /// Starts with `VISAVIS_SERVER` and `VISAVIS_APP_ID` of the environment, where they are set.
    #[must_use]
    pub fn from_env() -> Self {
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let mut builder = Self {
            server: variable("VISAVIS_SERVER"),
            ..Self::default()
        };
        builder.settings.app_id = variable("VISAVIS_APP_ID").unwrap_or_default();
        builder
    }

    /// The server: `ws://` or `wss://` with the path of its signaling; without a path, and as `http`, `/signaling` is meant.
    #[must_use]
    pub fn server(mut self, url: &str) -> Self {
        self.server = Some(url.into());
        self
    }

    /// Asks the first of these that answers, under `/getaddr`, where the server is. Replaces [`server`](Self::server).
    #[must_use]
    pub fn discover<'a>(mut self, urls: impl IntoIterator<Item = &'a str>) -> Self {
        self.discovery = urls.into_iter().map(str::to_owned).collect();
        self
    }

    /// The app to log in to.
    #[must_use]
    pub fn app_id(mut self, app_id: &str) -> Self {
        self.settings.app_id = app_id.into();
        self
    }

    /// Whether a login may be in several channels; otherwise joining one leaves the other. The usual is that it may.
    #[must_use]
    pub const fn multi_channel(mut self, several: bool) -> Self {
        self.settings.multi_channel = several;
        self
    }

    /// Whether channels are joined again after a lost connection. The usual is that they are.
    #[must_use]
    pub const fn rejoin(mut self, rejoin: bool) -> Self {
        self.settings.rejoin = rejoin;
        self
    }

    /// How long a lost connection is restored before the login ends with 102. The usual is 300 s.
    #[must_use]
    pub const fn reconnect_max(mut self, time: Duration) -> Self {
        self.settings.reconnect_max = time;
        self
    }

    /// How long the server may take to answer a call. The usual is 10 s.
    #[must_use]
    pub const fn call_timeout(mut self, time: Duration) -> Self {
        self.settings.call_timeout = time;
        self
    }

    /// How many events may wait for the app before the session stops reading; 1 or more. The usual is 1024.
    #[must_use]
    pub fn events_max(mut self, events: usize) -> Self {
        self.events_max = events.max(1);
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
    /// 1004 when a setting is missing or wrong; the reason names it.
    pub fn build(self) -> Result<Client, Error> {
        if self.settings.app_id.is_empty() {
            return Err(wrong("the app id (VISAVIS_APP_ID) is missing"));
        }
        let mut discovery = Vec::new();
        for url in &self.discovery {
            discovery.push(endpoint("discovery URL", url)?.join("/getaddr"));
        }
        let mut known = VecDeque::new();
        if discovery.is_empty() {
            let url = self.server.as_deref().unwrap_or(DEV_SERVER);
            let server = endpoint("server (VISAVIS_SERVER)", url)?;
            let bare = server.target("") == "/";
            known.push_back(if bare { server.join(PATH) } else { server });
        }
        Ok(Client::new(Inner {
            discovery,
            known: Mutex::new(known),
            settings: self.settings,
            events_max: self.events_max,
            dialer: Arc::new(Dialer::new(roots(&self.roots_pem)?)),
        }))
    }
}

fn endpoint(what: &str, url: &str) -> Result<Endpoint, Error> {
    Endpoint::parse(url).map_err(|why| wrong(&format!("the {what} {why}")))
}

fn roots(pem: &[Vec<u8>]) -> Result<Vec<CertificateDer<'static>>, Error> {
    let unreadable = || wrong("the root certificates are not in PEM form");
    let mut roots = vec![];
    for pem in pem {
        let before = roots.len();
        for root in CertificateDer::pem_slice_iter(pem) {
            roots.push(root.map_err(|_| unreadable())?);
        }
        if roots.len() == before {
            return Err(unreadable());
        }
    }
    Ok(roots)
}

fn wrong(reason: &str) -> Error {
    Error::new("login", Code::WrongParam, reason, false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_or_wrong_is_named() {
        let build = |builder: ClientBuilder| builder.build().unwrap_err();
        for (error, reason) in [
            (build(ClientBuilder::default()), "the app id"),
            (
                build(ClientBuilder::default().app_id("a").server("ftp://x")),
                "the server",
            ),
            (
                build(ClientBuilder::default().app_id("a").discover(["nowhere"])),
                "the discovery URL",
            ),
            (
                build(ClientBuilder::default().app_id("a").root_certificates(b"x")),
                "the root certificates",
            ),
        ] {
            assert_eq!(error.code(), Code::WrongParam);
            assert!(error.reason().starts_with(reason), "{error}");
        }
    }
}
